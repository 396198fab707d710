"""What was read of one entry becomes one entry; what it says beside stays a saying of the record."""

from __future__ import annotations

from typing import Any

import pytest

from adapter.crf.study import Item
from adapter.mapping.taken import ANSWER, CONFLICT, ENTRY, ROWS, Taken, closer, gather

SUBJECT = ((ANSWER, "subject", False), "01")
BEFORE = ((ANSWER, "site", False), "7")


def closed(each: Item, *entries: list[Any]) -> Any:
    taken = Taken()
    taken.log.append(BEFORE)
    close = closer(each)
    for entry in entries:
        start = len(taken.log)
        taken.log += entry
        close(taken, start)
    found = gather(taken.log)
    assert found.answers == {"site": "7", **({"subject": "01"} if any(SUBJECT in entry for entry in entries) else {})}
    return found.entries, found.conflicts


def day(text: Any, kind: int = ANSWER) -> Any:
    return ((kind, "days", False), text)


DAYS, GROUP = Item("days", "fulldate", many=True), Item("drugs", "group", many=True)


@pytest.mark.parametrize(
    ("entries", "found", "conflicts"),
    [
        ([[SUBJECT, day("a")], [SUBJECT, day("b")]], ["a", "b"], set()),
        ([[day("a"), SUBJECT, day("a")]], ["a"], set()),
        ([[day("a"), day("b")]], ["a"], {"days"}),
        ([[day(frozenset({"a", "b"}), ROWS), day(frozenset({"b", "c"}), ROWS)]], ["b"], set()),
        ([[day(frozenset({"a"}), ROWS)]], ["a"], set()),
    ],
)
def test_an_entry_has_one_answer(entries: list[Any], found: list[Any], conflicts: set[str]) -> None:
    assert closed(DAYS, *entries) == ({"days": found}, conflicts)


def test_an_entry_without_an_answer_is_none() -> None:
    assert closed(DAYS, [SUBJECT]) == ({}, set())


def test_an_entry_of_a_group_has_its_members() -> None:
    drug, dose = ((ANSWER, "drugs.drug", False), "x"), ((ANSWER, "drugs.dose", False), 1)
    assert closed(GROUP, [drug, SUBJECT, dose], [drug]) == ({"drugs": [{"drug": "x", "dose": 1}, {"drug": "x"}]}, set())


def test_the_log_of_entries_says_what_they_are() -> None:
    taken = Taken()
    taken.log.append(day("a"))
    closer(DAYS)(taken, 0)
    assert taken.log == [((ENTRY, "days", False), "a")]
    assert CONFLICT not in [slot[0] for slot, _ in taken.log]
