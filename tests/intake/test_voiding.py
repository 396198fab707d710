from __future__ import annotations

from adapter.pipeline import Pipeline
from adapter.store.sight import BLIND
from tests.api.trial import INJECTION
from tests.intake.pushes import EDC, EPIC, HOUSE, held, hidden, injection

VISIT = {"subject": "01-001", "visit": "W2", "date": "2025-04-15", "attendance": "attended", "crp": 3, "weight": 70}


def test_a_resource_entered_in_error_voids_its_record(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "injection", [INJECTION | {"kit": "K-1"}])
    receipt = pipeline.push_resources(HOUSE, [("", injection(pipeline) | {"status": "entered-in-error"})])
    assert [entry.outcome for entry in receipt.entries] == ["voided"]
    for type_ in ("MedicationAdministration", "QuestionnaireResponse"):
        id_ = "01-001-c1d1" if type_[0] == "M" else "injection-01-001-c1d1"
        gone = pipeline.store.read(BLIND, type_, id_)
        assert gone is not None
        assert gone.deleted
    assert hidden(pipeline) == {}


def test_what_was_voided_can_be_stated_again(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "injection", [INJECTION])
    pipeline.remove(HOUSE, "MedicationAdministration", "01-001-c1d1")
    pipeline.push_records(HOUSE, "injection", [INJECTION])
    assert held(pipeline) == INJECTION | {"version": 3}


def test_one_value_of_many_takes_itself_back_alone(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "visit", [VISIT])
    receipt = pipeline.remove(HOUSE, "Observation", "01-001-W2-crp")
    assert [entry.outcome for entry in receipt.entries] == ["changed"]
    left = {item: value for item, value in VISIT.items() if item != "crp"}
    assert held(pipeline, "visit", "01-001-W2") == left | {"version": 2}
    gone = pipeline.store.read(BLIND, "Observation", "01-001-W2-crp")
    assert gone is not None
    assert gone.deleted


def test_what_is_not_there_cannot_be_removed(pipeline: Pipeline) -> None:
    receipt = pipeline.remove(HOUSE, "Observation", "01-001-W2-crp")
    assert (receipt.refused, [issue.code for issue in receipt.issues]) == (True, ["not-found"])


def test_taking_back_what_never_came_changes_nothing(pipeline: Pipeline) -> None:
    receipt = pipeline.push_resources(HOUSE, [("", injection(pipeline) | {"status": "entered-in-error"})])
    assert not receipt.refused
    assert list(receipt.entries) == []
    assert held(pipeline) is None


def test_another_systems_record_is_not_voided(pipeline: Pipeline) -> None:
    pipeline.push_records(EPIC, "injection", [INJECTION])
    receipt = pipeline.push_resources(EDC, [("", injection(pipeline) | {"status": "entered-in-error"})])
    assert [entry.outcome for entry in receipt.entries] == ["queried"]
    assert held(pipeline) == INJECTION | {"version": 1}


def test_what_is_computed_cannot_be_taken_back(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "visit", [VISIT | dict.fromkeys(("uct_1", "uct_2", "uct_3", "uct_4"), 2)])
    receipt = pipeline.remove(HOUSE, "Observation", "01-001-W2-uct")
    assert [issue.code for issue in receipt.issues] == ["business-rule"]


def test_taking_back_a_restricted_value_is_told_like_any_coming_of_it(pipeline: Pipeline) -> None:
    kit = pipeline.desk.engine.to_fhir("injection", INJECTION | {"kit": "K-1"})[1]  # type: ignore[attr-defined]
    void = kit | {"status": "entered-in-error"}
    pipeline.push_records(HOUSE, "injection", [INJECTION])
    without = pipeline.push_resources(HOUSE, [("", void)])
    pipeline.push_records(HOUSE, "injection", [INJECTION | {"kit": "K-1"}])
    taken = pipeline.push_resources(HOUSE, [("", void)])
    assert [entry.json() for entry in without.entries] == [entry.json() for entry in taken.entries]
    assert hidden(pipeline) == {}
    assert held(pipeline) == INJECTION | {"version": 1}
