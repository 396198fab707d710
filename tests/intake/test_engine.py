from __future__ import annotations

from adapter.intake.desk import Desk
from adapter.intake.engine import resource_types


def test_the_types_are_those_that_maps_and_form_views_make(desk: Desk) -> None:
    types = resource_types(desk.study)
    assert list(types) == sorted(set(types))
    assert {"QuestionnaireResponse", "MedicationAdministration", "AdverseEvent", "ResearchStudy"} <= set(types)
    assert "Bundle" not in types
