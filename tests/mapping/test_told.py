from __future__ import annotations

from adapter.mapping.reading import Reading
from adapter.mapping.told import items_told
from tests.studies import study


def told(*came: tuple[str, str]) -> frozenset[str]:
    """The items of an injection that these views and types tell."""
    readings = [Reading("injection", ("01-001", 1, 1), {}, type=kind, view=view) for view, kind in came]
    return items_told(study("il2_csu").plan("injection"), readings)


def test_a_resource_tells_its_own_items_alone() -> None:
    assert "volume" in told(("clinical", "MedicationAdministration"))
    assert "kit" not in told(("clinical", "MedicationAdministration"))
    assert "kit" in told(("clinical", "MedicationAdministration"), ("clinical", "Observation"))


def test_the_form_view_tells_every_item_that_is_asked() -> None:
    assert told(("form", "QuestionnaireResponse")) >= set(study("il2_csu").plan("injection").form.items)


def test_nothing_that_came_tells_nothing() -> None:
    assert told() == frozenset()
