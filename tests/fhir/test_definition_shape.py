import pytest

from adapter.fhir.definition_shape import why_not
from tests.fhir.structures import element, structure


def without(name):
    return {key: value for key, value in structure("Patient").items() if key != name}


def test_a_profile_in_order_gives_no_reason():
    assert why_not(structure("Patient", element("Patient.name", min=1, max="*"))) is None
    assert why_not({**without("differential"), "snapshot": {"element": [element("Patient")]}}) is None


@pytest.mark.parametrize("name", ["url", "type", "kind", "baseDefinition"])
def test_what_a_profile_cannot_do_without_is_missed(name):
    assert why_not(without(name)) == f"Object missing required field `{name}`"


def test_a_profile_states_its_elements():
    assert why_not(without("differential")) == "neither a differential nor a snapshot"


@pytest.mark.parametrize(
    ("stated", "place"),
    [
        ({"path": None}, "path"),
        ({"min": "1"}, "min"),
        ({"max": 1}, "max"),
        ({"maxLength": "9"}, "maxLength"),
        ({"type": {}}, "type"),
        ({"type": [{"profile": "http://x"}]}, "type[0].profile"),
        ({"slicing": []}, "slicing"),
        ({"slicing": {"discriminator": [{"type": "value"}]}}, "slicing.discriminator[0]"),
        ({"binding": {}}, "binding"),
        ({"constraint": [{"key": "a", "severity": "bad"}]}, "constraint[0].severity"),
        ({"isModifier": "yes"}, "isModifier"),
    ],
)
def test_a_member_of_another_type_is_told_with_its_place(stated, place):
    reason = why_not(structure("Patient", {**element("Patient.name"), **stated}))
    assert f"$.differential.element[1].{place}" in reason


@pytest.mark.parametrize("most", ["", "many", "-1", "1.0", "٣", "9" * 30])
def test_a_max_that_is_no_number_is_told_with_its_element(most):
    reason = why_not(structure("Patient", element("Patient.name", max=most)))
    assert reason == f"Patient.name: max is {most!r}: expected a whole number or *"
