from __future__ import annotations

import pytest

from adapter.files.mojibake import has_controls, is_chinese, is_latin, is_utf_8, single_byte

CHINESE = "注射部位,结果\n左三角肌,已给药\n朱镕基,否\n".encode("gb18030")


def test_encodings_are_told_by_what_they_make_of_each_byte() -> None:
    names = ("iso8859-1", "cp1252", "koi8-r", "gb18030", "utf-8", "ascii")
    assert [name for name in names if single_byte(name)] == ["iso8859-1", "cp1252", "koi8-r"]
    assert [name for name in names if is_latin(name)] == ["iso8859-1", "cp1252"]


def test_chinese_is_told_by_its_pairs() -> None:
    assert is_chinese(CHINESE)
    assert is_chinese(b"x" * 9 + "左三角肌".encode("gb18030"))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Müßiggang, ÄÖÜ, crème brûlée, Zoé, naïve, façade\n", "iso8859-1"),
        ("“Zoé” – crème\n", "cp1252"),
        ("plain", "ascii"),
        ("é", "iso8859-1"),
    ],
)
def test_languages_of_the_latin_alphabet_are_not_chinese(text: str, encoding: str) -> None:
    assert not is_chinese(text.encode(encoding))


def test_utf_8_is_told_though_its_last_character_is_cut() -> None:
    raw = "左三".encode()
    assert [is_utf_8(raw), is_utf_8(raw[:-1]), is_utf_8(b"plain"), is_utf_8("é,".encode("latin-1"))] == [
        True,
        True,
        False,
        False,
    ]
    assert not is_utf_8(b"plain" + raw[:1])


def test_control_characters_are_none_where_the_encoding_has_letters_for_them() -> None:
    quoted = "“x”".encode("cp1252")
    assert has_controls(quoted, "iso8859-1")
    assert not has_controls(quoted, "cp1252")
