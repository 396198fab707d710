"""DELETE of what may reveal the arm: it has its effect, and nobody sees whether it had one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapter.fhir import json
from adapter.intake.desk import Desk
from adapter.intake.receipt import Receipt
from adapter.pipeline import Pipeline
from adapter.store.sight import BLIND
from adapter.store.store import open_store
from tests.api.trial import INJECTION, Clock
from tests.intake.pushes import EDC, EPIC, HOUSE, MONITOR, asked, held, hidden, injection

KIT = "Observation", "01-001-c1d1-kit"
WITH_KIT = INJECTION | {"kit": "K-1"}


def removed(pipeline: Pipeline, sender: Any, *addresses: tuple[str, str]) -> Receipt:
    return pipeline.push_resources(sender, [], gone=addresses)


def test_a_sender_takes_back_what_it_may_not_see(pipeline: Pipeline) -> None:
    pipeline.push_records(EPIC, "injection", [WITH_KIT])
    receipt = removed(pipeline, EPIC, KIT)
    assert (list(receipt.entries), receipt.issues, hidden(pipeline)) == ([], [], {})
    assert held(pipeline) == INJECTION | {"version": 1}


def test_another_hospital_systems_restricted_word_stands(pipeline: Pipeline) -> None:
    pipeline.push_records(EPIC, "injection", [WITH_KIT])
    receipt = removed(pipeline, EDC, KIT)
    assert (list(receipt.entries), receipt.issues, hidden(pipeline)) == ([], [], {"kit": "K-1"})
    assert asked(pipeline) == []


def test_what_is_deleted_again_after_it_came_back_is_gone_again(pipeline: Pipeline) -> None:
    removed(pipeline, EPIC, KIT)
    for _ in range(2):
        pipeline.push_records(EPIC, "injection", [WITH_KIT])
        assert hidden(pipeline) == {"kit": "K-1"}
        removed(pipeline, EPIC, KIT)
        assert hidden(pipeline) == {}


def told(pipeline: Pipeline, values: dict[str, Any], *addresses: tuple[str, str]) -> list[Any]:
    """All that senders learn of a DELETE and after it, where `values` were held."""
    found: list[Any] = []
    pipeline.push_records(EPIC, "visit" if "visit" in values else "injection", [values])
    for sender in (EDC, EPIC, MONITOR, HOUSE):
        receipt = removed(pipeline, sender, *addresses)
        again = pipeline.push_resources(EPIC, [("", injection(pipeline))])
        found += [receipt.text(), receipt.id, again.text(), again.id, again.replayed]
    for type_, id_ in (*addresses, ("MedicationAdministration", "01-001-c1d1"), ("Encounter", "01-001-W2")):
        found.append(pipeline.store.read(BLIND, type_, id_))
    return [*found, held(pipeline), held(pipeline, "visit", "01-001-W2"), asked(pipeline)]


VISIT = {"subject": "01-001", "visit": "W2", "date": "2025-04-15", "attendance": "attended"}
EOSINOPHILS = "Observation", "01-001-W2-eosinophils"


@pytest.mark.parametrize(
    ("values", "more", "addresses"),
    [
        (INJECTION, {"kit": "K-1"}, [KIT]),
        (INJECTION, {"kit": "K-1"}, [("MedicationAdministration", "01-001-c1d1"), KIT]),
        (VISIT, {"eosinophils": 0.1}, [EOSINOPHILS]),
        (VISIT, {"eosinophils": 0.1}, [("Observation", "01-001-W2-none"), EOSINOPHILS]),
    ],
    ids=["alone", "beside its record", "a laboratory value", "beside what never was"],
)
def test_nobody_learns_whether_there_was_what_may_reveal_the_arm(
    desk: Desk, tmp_path: Path, values: dict[str, Any], more: dict[str, Any], addresses: list[tuple[str, str]]
) -> None:
    found = []
    for name, given in (("without", values), ("with", values | more)):
        store = open_store(f"sqlite:///{tmp_path / name}", "+08:00", b"a key of the tests")
        pipeline = Pipeline(desk, store, Clock())
        found.append(told(pipeline, given, *addresses))
        pipeline.store.close()
    assert found[0] == found[1]


def test_a_record_that_holds_only_what_may_reveal_the_arm_stays_as_it_was_seen(pipeline: Pipeline) -> None:
    resources = pipeline.desk.engine.to_fhir("visit", VISIT | {"eosinophils": 0.1})  # type: ignore[attr-defined]
    pipeline.push_resources(EPIC, [(str(n), one) for n, one in enumerate(resources)])
    before = json.encode(held(pipeline, "visit", "01-001-W2"))
    removed(pipeline, EPIC, EOSINOPHILS)
    assert json.encode(held(pipeline, "visit", "01-001-W2")) == before
