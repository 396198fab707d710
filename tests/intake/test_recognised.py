from __future__ import annotations

from typing import Any

import pytest

from adapter.intake.desk import Desk
from adapter.intake.recognised import recognised
from adapter.store.quarantine import Kept

OTHER = {"resourceType": "Observation", "status": "final", "code": {"coding": [{"system": "urn:x", "code": "y"}]}}
MACS = ["a" * 64, "b" * 64]


def kept(*resources: dict[str, Any], awaits: str | None = None) -> Kept:
    return Kept("01/epic", "01", [{"where": "", "resource": one} for one in resources], [], awaits=awaits)


def test_every_name_of_an_unlinked_patient_is_a_token(desk: Desk) -> None:
    waits = {"subject": {"identifier": {"system": "urn:crfhir:link", "value": " ".join(MACS)}}}
    found = recognised(desk, kept({"resourceType": "Observation"} | waits, awaits=MACS[0]))
    assert found == {"patients": ["a" * 12, "b" * 12]}


@pytest.mark.parametrize(
    "said", [{"effectiveDateTime": "2025-04-01T08:00:00Z"}, {"effectivePeriod": {"start": "2025-04-01"}}], ids=str
)
def test_a_resource_that_no_form_reads_has_its_day_alone(desk: Desk, said: dict[str, Any]) -> None:
    assert recognised(desk, kept(OTHER | said)) == {"dates": ["2025-04-01"]}


@pytest.mark.parametrize("broken", [{}, {"resourceType": 7}, {"resourceType": "Observation", "subject": [3]}], ids=str)
def test_what_is_no_fhir_is_recognised_by_nothing(desk: Desk, broken: dict[str, Any]) -> None:
    assert recognised(desk, kept(broken)) == {}


def test_what_could_not_be_kept_is_recognised_by_nothing(desk: Desk) -> None:
    assert recognised(desk, Kept("01/epic", "01", None, [])) == {}


def test_a_record_is_recognised_by_its_days(desk: Desk) -> None:
    record = {"subject": "01-001", "date": "2025-04-01", "wheals": 7}
    assert recognised(desk, Kept("crfhir load", None, [record], [], "diary")) == {"dates": ["2025-04-01"]}
