from __future__ import annotations

from typing import Any

import pytest

from adapter.intake.withheld import withheld

GOOD = {
    "resourceType": "MedicationAdministration",
    "id": "a",
    "status": "completed",
    "_status": {"id": "s", "extension": [{"url": "urn:x", "valueString": "y"}]},
    "contained": [{"resourceType": "Medication", "id": "m", "code": {"text": "x"}}],
    "medicationReference": {"reference": "#m"},
    "subject": {"reference": "Patient/1"},
    "note": [{"text": "sore"}],
    "dosage": {"dose": {"value": 1, "unit": "mL"}},
}


def test_what_is_fhir_is_kept_as_it_is() -> None:
    assert withheld(GOOD) == GOOD


@pytest.mark.parametrize(
    "wrong",
    [
        {"nmae": [{"text": "Zhang San"}]},
        {"subject": "Zhang San"},
        {"status": {"text": "Zhang San"}},
        {"Zhang San": True},
        {"contained": [{"resourceType": "Zhang San", "name": "Zhang San"}]},
        {"contained": ["Zhang San", {"name": "Zhang San"}]},
        {"_status": "Zhang San"},
        {"dosage": {"dose": {"patient": {"Zhang San": ["Zhang San"]}}}},
    ],
    ids=str,
)
def test_what_r4_does_not_define_keeps_no_text(wrong: dict[str, Any]) -> None:
    kept = withheld(GOOD | wrong)
    assert "Zhang" not in str(kept)
    assert len(kept) == len(GOOD | wrong)
    assert kept != {name: value for name, value in GOOD.items() if name not in wrong}


def test_a_type_that_r4_has_not_keeps_no_text() -> None:
    kept = withheld({"resourceType": "Patinet", "name": [{"family": "Zhang"}], "active": True})
    assert kept == {"resourceType": "withheld", "name": [{"family": "withheld"}], "active": True}
