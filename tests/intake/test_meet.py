from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from adapter.fhir import json
from adapter.intake.desk import Desk
from adapter.intake.meet import meet, split
from adapter.intake.shapes import Draft
from adapter.store.shapes import Key, Stored
from tests.api.trial import INJECTION

NOW = datetime(2026, 1, 1, tzinfo=UTC)
KEY = Key("injection", "01-001-c1d1", "01-001")
KEYS = {"subject": "01-001", "cycle": 1, "day": 1}


def stored(open_: dict[str, Any] | None, restricted: dict[str, Any] | None = None) -> Stored:
    texts = [json.encode(part).decode() if part is not None else None for part in (open_, restricted)]
    return Stored(*texts)


def test_a_fragment_merges_into_what_is_held(desk: Desk) -> None:
    write, issues = meet(desk, Draft(KEY, KEYS | {"volume": 0}, whole=False), stored(INJECTION), NOW)
    assert issues == []
    assert write is not None
    assert json.parse(write.open) == INJECTION | {"volume": 0}
    assert write.restricted is None


def test_a_whole_record_replaces_the_open_part_and_keeps_the_restricted_one(desk: Desk) -> None:
    held = stored(INJECTION | {"local_reaction": True}, {"kit": "K-1"})
    write, _ = meet(desk, Draft(KEY, INJECTION, whole=True), held, NOW)
    assert write is not None
    assert json.parse(write.open) == INJECTION
    assert write.restricted is None
    assert [entry.id for entry in write.resources if entry.restricted and entry.type == "Observation"]


def test_restricted_content_that_comes_along_is_written_apart(desk: Desk) -> None:
    write, _ = meet(desk, Draft(KEY, INJECTION | {"kit": "K-2"}, whole=True), stored(None, {"kit": "K-1"}), NOW)
    assert write is not None
    assert json.parse(write.restricted or "") == {"kit": "K-2"}
    assert "kit" not in write.open


def test_what_breaks_a_check_is_not_written_and_names_its_form(desk: Desk) -> None:
    late = Draft(KEY, INJECTION | {"time": "2027-01-01T00:00:00Z"}, whole=False)
    write, issues = meet(desk, late, stored(None), NOW)
    assert write is None
    assert [(issue.code, issue.form) for issue in issues] == [("business-rule", "injection")]


def test_a_fragment_without_its_record_lacks_what_is_required(desk: Desk) -> None:
    write, issues = meet(desk, Draft(KEY, KEYS | {"volume": 1}, whole=False), stored(None), NOW)
    assert write is None
    assert "required" in [issue.code for issue in issues]


def test_a_record_is_split_without_loss(desk: Desk) -> None:
    whole = INJECTION | {"kit": "K-1"}
    open_, hidden = split(desk, "injection", whole)
    assert (hidden, open_ | hidden) == ({"kit": "K-1"}, whole)
