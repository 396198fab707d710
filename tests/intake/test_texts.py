from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.intake.deciding import replay
from adapter.intake.desk import Desk
from adapter.intake.names import Names
from adapter.intake.redacting import redacted
from adapter.intake.texts import WITHHELD, without_texts
from adapter.outcome import Issue
from adapter.pipeline import Pipeline
from tests.intake.pushes import EPIC, HOUSE

NAMES = Names(b"a key of the tests")
CODES: dict[str, Any] = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "http://site01.example/labs", "version": "2", "code": "x"}]},
    "subject": {"reference": "Patient/01-001"},
    "effectiveDateTime": "2025-04-15",
    "component": [
        {
            "code": {"coding": [{"system": "http://loinc.org", "code": "1988-5"}]},
            "valueQuantity": {"value": 1, "unit": "mg"},
        }
    ],
}
ZHANG: list[dict[str, Any]] = [
    {"note": [{"text": "Zhang San", "time": "2025-04-15"}]},
    {"code": CODES["code"] | {"text": "Zhang San"}},
    {"code": {"coding": [CODES["code"]["coding"][0] | {"display": "Zhang San"}]}},
    {"extension": [{"url": "http://site01.example/e", "valueString": "Zhang San"}]},
    {"_status": {"extension": [{"url": "http://site01.example/e", "valueMarkdown": "Zhang San"}]}},
]


def test_codes_dates_quantities_and_references_stay() -> None:
    assert without_texts(CODES, ()) == CODES


@pytest.mark.parametrize("more", ZHANG, ids=str)
def test_what_no_form_reads_is_kept_without_texts_and_is_fhir_still(desk: Desk, more: dict[str, Any]) -> None:
    kept = redacted(desk, NAMES, EPIC, CODES | more)
    assert "Zhang" not in str(kept)
    assert not [issue for issue in desk.validator.check(kept) if issue.refuses]
    assert {name: kept[name] for name in CODES} == CODES


def test_a_text_that_a_form_could_read_is_withheld_in_place(desk: Desk) -> None:
    assert redacted(desk, NAMES, EPIC, CODES | {"valueString": "Zhang San"})["valueString"] == WITHHELD


def test_what_lost_a_text_that_a_form_could_read_is_not_stored_without_it(pipeline: Pipeline) -> None:
    given = [("", CODES | {"valueString": "Zhang San"})]
    (number,) = pipeline.quarantine(HOUSE, given, [Issue("error", "not-supported", "no form reads it")]).quarantined
    decided = replay(pipeline, number, "dm")
    assert decided.receipt is None
    assert "Observation.value" in str([issue.expression for issue in decided.issues])


def test_a_resource_that_a_form_reads_keeps_what_the_store_would(desk: Desk) -> None:
    from tests.api.trial import INJECTION

    *_, kit = desk.engine.to_fhir("injection", INJECTION | {"kit": "K-1"})  # type: ignore[attr-defined]
    assert redacted(desk, NAMES, EPIC, kit)["valueString"] == "K-1"


SHAPES = st.recursive(
    st.sampled_from(["Zhang", 1, True, None]),
    lambda below: (
        st.lists(below, max_size=2)
        | st.dictionaries(st.sampled_from(["text", "valueString", "code", "note", "coding"]), below, max_size=3)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["code", "note", "component", "valueString", "_status"]), SHAPES))
def test_whatever_comes_is_kept_as_an_object_of_its_type(members: dict[str, Any]) -> None:
    assert without_texts({"resourceType": "Observation"} | members, {("value",)})["resourceType"] == "Observation"
