import io

import pytest

from adapter.errors import UsageError
from adapter.files.encoding import Transcoded, advice, ascii_like, named, not_wide, to_try, wrong_guess

CHINESE = "受试者,注射部位\n01-001,左三角肌\n"


def test_an_unknown_encoding_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean gb18030"):
        named("gb18O30")


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (CHINESE.encode("gb18030"), "gb18030"),
        (CHINESE.encode("utf-16"), "utf-16"),
        ("a,b\n1,2\n".encode("utf-16-le"), "utf-16-le"),
        ("a,b\n1,2\n".encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_the_advice_is_the_encoding_that_explains_the_bytes(raw: bytes, encoding: str) -> None:
    assert advice(raw) == encoding


def test_utf_8_read_as_gb18030_is_a_wrong_guess() -> None:
    flaw = wrong_guess(CHINESE.encode(), "gb18030")
    assert flaw is not None
    assert "leave --encoding out" in flaw.why


def test_gb18030_read_as_gb18030_is_a_right_guess() -> None:
    assert wrong_guess(CHINESE.encode("gb18030"), "gb18030") is None


def test_utf_16_read_as_utf_8_is_a_wrong_guess() -> None:
    flaw = wrong_guess(CHINESE.encode("utf-16"), "utf-8")
    assert flaw is not None
    assert "--encoding utf-16" in flaw.why


def test_only_some_encodings_split_like_ascii() -> None:
    assert [ascii_like(name) for name in ("utf-8", "gb18030", "cp1252", "utf-16")] == [
        True,
        True,
        True,
        False,
    ]


def test_utf_16_is_read_as_utf_8() -> None:
    stream = io.BufferedReader(Transcoded(io.BytesIO(CHINESE.encode("utf-16")), "utf-16"))
    assert stream.read().decode() == CHINESE


@pytest.mark.parametrize(
    ("raw", "encoding", "told"),
    [
        (CHINESE.encode("gb18030"), "iso8859-1", "this looks like GB18030, not ISO8859-1: give --encoding gb18030"),
        (CHINESE.encode("gb18030"), "cp1252", "give --encoding gb18030"),
        (CHINESE.encode(), "koi8-r", "this is UTF-8, not KOI8-R: leave --encoding out"),
        ("Zoé,crème\n".encode(), "iso8859-1", "leave --encoding out"),
        ("“Zoé”,crème\n".encode("cp1252"), "iso8859-1", "give --encoding cp1252"),
    ],
)
def test_an_encoding_that_has_a_character_for_each_byte_is_seen_through(raw: bytes, encoding: str, told: str) -> None:
    flaw = wrong_guess(raw, encoding)
    assert flaw is not None
    assert told in flaw.why
    assert flaw.fatal


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Zoé,crème,ÄÖÜ\n", "iso8859-1"), ("“Zoé”\n", "cp1252"), ("имя,слово,мама\n", "koi8-r"), (CHINESE, "big5hkscs")],
)
def test_a_right_guess_is_left_alone(text: str, encoding: str) -> None:
    assert wrong_guess(text.encode(encoding, "replace"), encoding) is None


@pytest.mark.parametrize(
    ("raw", "encoding", "told"),
    [
        (CHINESE.encode("gb18030"), "utf-16", "this is not UTF-16: try --encoding gb18030"),
        (CHINESE.encode(), "utf-16-le", "this is not UTF-16-LE: it is UTF-8: leave --encoding out"),
        (b"a,b\n", "utf-32", "leave --encoding out"),
        (CHINESE.encode("utf-16"), "utf-16-be", "give --encoding utf-16-le"),
        ("a,b\n".encode("utf-16-be"), "utf-16-le", "give --encoding utf-16-be"),
    ],
)
def test_what_is_no_utf_16_is_told_before_it_is_read(raw: bytes, encoding: str, told: str) -> None:
    flaw = not_wide(raw, encoding)
    assert flaw is not None
    assert told in flaw.why


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_what_is_utf_16_is_left_alone(encoding: str) -> None:
    assert not_wide(CHINESE.encode(encoding), encoding) is None


def test_what_nobody_can_explain_is_to_be_found_out() -> None:
    assert to_try(b"\xff\xff\x81", "gb18030") == "find out how the file was saved and give --encoding"


def test_what_is_no_encoding_of_texts_is_refused() -> None:
    for name in ("rot13", "hex", "nothing"):
        with pytest.raises(UsageError, match="no text encoding"):
            named(name)
    assert (named("UTF8"), named("utf-8-sig"), named("utf-32")) == ("utf-8", "utf-8", "utf-32")
