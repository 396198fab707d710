from __future__ import annotations

from adapter.intake.beginning import tellers
from adapter.intake.desk import Desk
from adapter.pipeline import Pipeline
from tests.intake.pushes import EPIC, held

VISIT = {"subject": "01-001", "visit": "W2", "date": "2025-04-15", "attendance": "attended", "crp": 3}


def test_a_value_of_a_visit_that_has_not_begun_is_told_what_must_come_first(pipeline: Pipeline) -> None:
    resources = pipeline.desk.engine.to_fhir("visit", VISIT)  # type: ignore[attr-defined]
    (crp,) = (one for one in resources if one.get("id") == "01-001-W2-crp")
    (encounter,) = (one for one in resources if one["resourceType"] == "Encounter")
    refused = pipeline.push_resources(EPIC, [("", crp)])
    (issue,) = (one for one in refused.issues if one.refuses)
    assert (issue.code, issue.item, issue.key) == ("required", "attendance", "begins")
    assert "Send the Encounter first" in issue.diagnostics
    assert "asked-unknown" not in issue.diagnostics
    assert not pipeline.push_resources(EPIC, [("", encounter)]).refused
    assert not pipeline.push_resources(EPIC, [("", crp)]).refused
    assert held(pipeline, "visit", "01-001-W2") == VISIT | {"version": 2}


def test_both_in_one_push_are_stored(pipeline: Pipeline) -> None:
    resources = pipeline.desk.engine.to_fhir("visit", VISIT)  # type: ignore[attr-defined]
    pushed = [one for one in resources if one["resourceType"] in ("Encounter", "Observation")]
    receipt = pipeline.push_resources(EPIC, [(f"Bundle.entry[{n}].resource", one) for n, one in enumerate(pushed)])
    assert [entry.outcome for entry in receipt.entries] == ["created"]


def test_a_person_who_leaves_out_what_is_required_is_told_how_to_say_so(pipeline: Pipeline) -> None:
    whole = {item: value for item, value in VISIT.items() if item != "attendance"}
    (issue,) = pipeline.push_records(EPIC, "visit", [whole]).issues
    assert "~asked-unknown" in issue.diagnostics


def test_an_item_is_told_by_its_clinical_resource_and_else_by_its_form(desk: Desk) -> None:
    assert tellers(desk, "visit", "attendance") == ["Encounter"]
    assert tellers(desk, "visit", "no such item") == []
