from __future__ import annotations

from adapter.intake.since import later
from adapter.pipeline import Pipeline
from adapter.store.shapes import Key
from tests.api.trial import INJECTION
from tests.intake.pushes import EDC, EPIC, injection

KEY = Key("injection", "01-001-c1d1", "01-001")


def told(pipeline: Pipeline, waited: int) -> dict[str, str | None]:
    with pipeline.store.push("look", "look", "2026-01-02T00:00:00.000Z") as push:
        push.claim([KEY])
        return dict(later(pipeline.desk, push, EPIC, KEY, waited).told)


def test_a_resource_tells_the_items_that_it_answers_with_their_age(pipeline: Pipeline) -> None:
    pipeline.push_resources(EPIC, [("", injection(pipeline, lastUpdated="2025-04-02T00:00:00Z"))])
    found = told(pipeline, 0)
    assert found["volume"] == "2025-04-02T00:00:00.000Z"
    assert "local_reaction" not in found
    assert told(pipeline, 1) == {}


def test_a_record_tells_all_that_it_leaves_out_too(pipeline: Pipeline) -> None:
    pipeline.push_records(EPIC, "injection", [INJECTION])
    found = told(pipeline, 0)
    assert found["local_reaction"] is None
    assert {"volume", "local_reaction"} <= found.keys()
    assert "kit" not in found


def test_another_sender_tells_nothing_for_this_one(pipeline: Pipeline) -> None:
    pipeline.push_records(EDC, "injection", [INJECTION])
    assert told(pipeline, 0) == {}


def test_of_what_is_not_held_nothing_was_told(pipeline: Pipeline) -> None:
    assert told(pipeline, 0) == {}
