from __future__ import annotations

from datetime import UTC, datetime

from adapter.fhir import json
from adapter.intake.desk import Desk
from adapter.intake.entries import joined
from adapter.intake.meet import meet
from adapter.intake.shapes import Draft
from adapter.store.shapes import Key, Stored

TOLD = {"drugs": frozenset({"name"}), "signs": frozenset[str]()}


def test_one_entry_of_a_group_leaves_the_others_as_they_are() -> None:
    held = {"subject": "1", "drugs": [{"name": "a", "dose": 1}, {"name": "b", "dose": 2}]}
    found = joined(held, {"subject": "1", "drugs": [{"name": "b", "dose": 3}]}, TOLD)
    assert found["drugs"] == [{"name": "a", "dose": 1}, {"name": "b", "dose": 3}]


def test_a_new_entry_comes_behind_and_what_an_entry_does_not_name_stays() -> None:
    held = {"drugs": [{"name": "a", "dose": 1, "since": "2025"}]}
    found = joined(held, {"drugs": [{"name": "b"}, {"name": "a", "dose": 2}]}, TOLD)
    assert found["drugs"] == [{"name": "a", "dose": 2, "since": "2025"}, {"name": "b"}]


def test_one_of_many_answers_leaves_the_others() -> None:
    assert joined({"signs": ["x", "y"]}, {"signs": ["y", "z"]}, TOLD)["signs"] == ["x", "y", "z"]


def test_what_one_resource_tells_whole_is_replaced() -> None:
    assert joined({"days": [1, 2], "drugs": [{}]}, {"days": [3]}, TOLD) == {"days": [3], "drugs": [{}]}


def test_a_repeated_resource_that_comes_alone_removes_no_other(desk: Desk) -> None:
    drugs = [{"drug": "cetirizine", "tablets": 1}, {"drug": "loratadine", "tablets": 2}]
    held = {"subject": "01-001", "site": "01", "status": "screening", "antihistamines": drugs}
    brought = {"subject": "01-001", "antihistamines": [{"drug": "loratadine", "tablets": 3}]}
    draft = Draft(Key("subject", "01-001", "01-001"), brought, whole=False)
    write, issues = meet(desk, draft, Stored(json.encode(held).decode(), None), datetime(2026, 1, 1, tzinfo=UTC))
    assert issues == []
    assert write is not None
    assert json.parse(write.open)["antihistamines"] == [drugs[0], {"drug": "loratadine", "tablets": 3}]
