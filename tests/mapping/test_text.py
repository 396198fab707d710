"""Interpolated strings: which have one inverse, and what it reads."""

from __future__ import annotations

from decimal import Decimal

import pytest

from adapter.crf.study import Item
from adapter.mapping import text
from adapter.mapping.plan import Hole, Text

SUBJECT = Hole(Item("subject", "subject", key=True), "string", "text")
CYCLE = Hole(Item("cycle", "integer", low=Decimal(1), high=Decimal(3), key=True), "string", "text")
COUNT = Hole(Item("count", "integer", low=Decimal(1), high=Decimal(999), key=True), "string", "text")
WORDS = Hole(Item("words", "text"), "string", "text")
DAY = Hole(Item("day", "fulldate", key=True), "string", "text")
LOOSE = {"subject": "[A-Z0-9]+(-[A-Z0-9]+)*"}
FIXED = {"subject": "[0-9]{2}-[0-9]{3}"}


def read(parts: tuple[str | Hole, ...], patterns: dict[str, str], value: str) -> list[str | None] | None:
    written = Text(parts)
    found = text.inverter(written, patterns).fullmatch(value)
    return None if found is None else list(text.parts_found(written)(found))


def test_holes_of_fixed_length_need_nothing_between_them() -> None:
    assert read((SUBJECT, CYCLE, DAY), FIXED, "01-00132025-06-01") == ["01-001", "3", "2025-06-01"]


def test_one_hole_of_any_length_is_found_from_both_ends() -> None:
    assert read((SUBJECT, "-", COUNT), LOOSE, "AB-7-12") == ["AB-7", "12"]
    assert read(("x ", WORDS, " on ", DAY), LOOSE, "x on on 2025 on 2025-06-01") == ["on on 2025", "2025-06-01"]


def test_a_text_that_could_be_read_in_two_ways_is_refused() -> None:
    other = Hole(Item("visit", "visit", key=True), "string", "text")
    with pytest.raises(ValueError, match=r"\{subject\} may be of any length and is followed by '-'"):
        text.inverter(Text((SUBJECT, "-", other)), {**LOOSE, "visit": "[A-Z-]+"})
    with pytest.raises(ValueError, match="another hole"):
        text.inverter(Text((WORDS, SUBJECT)), LOOSE)


def test_a_pattern_may_have_groups_of_its_own() -> None:
    assert read((SUBJECT, ":", CYCLE), {"subject": "(A|B)(0|1)"}, "A1:2") == ["A1", "2"]


def test_an_answer_that_is_no_key_may_be_missing_within_a_text() -> None:
    assert read((CYCLE, " ", WORDS), FIXED, "2 ") == ["2", None]
    assert read((SUBJECT, "-c", CYCLE), FIXED, "01-001-c9x") is None


@pytest.mark.parametrize(
    ("pattern", "characters", "width"),
    [("[0-9]{2}-[A-C]", set("0123456789-ABC"), 4), ("a|bc", set("abc"), 2), (r"\d", set("0123456789"), 1)],
)
def test_what_a_pattern_can_match_is_known(pattern: str, characters: set[str], width: int) -> None:
    assert (text.characters(pattern), text.width(pattern)) == (characters, width)


@pytest.mark.parametrize("pattern", [".+", "[^a]", r"\S+", r"\w"])
def test_in_doubt_the_characters_of_a_pattern_are_not_known(pattern: str) -> None:
    assert text.characters(pattern) is None


def test_a_part_of_a_text_is_typed_as_its_item_is() -> None:
    assert text.parser(Item("a", "integer"))("07") == 7
    assert str(text.parser(Item("a", "decimal"))("1.10")) == "1.10"
    assert text.parser(Item("a", "boolean"))("false") is False
    assert text.parser(Item("a", "token"))("x") == "x"


def test_what_stands_before_a_name_in_a_text_that_ends_in_it() -> None:
    name = Text((SUBJECT, "-c", CYCLE))
    assert text.head(Text(("Patient/", *name.parts)), name) == "Patient/"
    assert text.head(Text(("Patient/", SUBJECT)), SUBJECT) == "Patient/"
    assert text.head(Text(("Group/of-x-", SUBJECT)), Text(("x-", SUBJECT))) == "Group/of-"
    assert text.head(Text(("Patient/", SUBJECT)), name) is None
    assert text.head(Text(("Patient/", SUBJECT, "-d", CYCLE)), name) is None
    assert text.head(Text((SUBJECT, CYCLE)), CYCLE) is None
    assert text.head(Text(("Patient/", SUBJECT)), Text(("x-", SUBJECT))) is None
