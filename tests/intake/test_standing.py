from __future__ import annotations

from adapter.intake.desk import Desk
from adapter.intake.standing import standing
from tests.api.trial import INJECTION


def test_each_resource_of_a_record_stands_for_itself(desk: Desk) -> None:
    for resource in desk.engine.to_fhir("injection", INJECTION | {"kit": "K-1"}, "both"):  # type: ignore[attr-defined]
        kept = standing(desk, resource | {"id": "foreign"})
        assert kept is not None
        assert (kept.type, kept.id) == (resource["resourceType"], resource["id"])


def test_a_resource_of_no_form_stands_for_nothing(desk: Desk) -> None:
    assert standing(desk, {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}) is None
