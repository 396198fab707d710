import io

import pytest

from adapter.errors import UsageError
from adapter.files.encoding import Transcoded, advice, ascii_like, named, wrong_guess

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
