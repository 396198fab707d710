from decimal import Decimal

import pytest

from adapter.fhir.definition_shape import why_not
from adapter.fhir.differential import MIN_LENGTH, PROFILE_ELEMENT
from tests.fhir.structures import CORE, element, structure, typed


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


def said(url, **value):
    return {"extension": [{"url": url, **value}]}


@pytest.mark.parametrize("length", ["3", None, Decimal("3.5"), [3], True, -1])
def test_a_least_length_that_is_no_whole_number_is_told_with_its_element(length):
    reason = why_not(structure("Patient", element("Patient.language", **said(MIN_LENGTH, valueInteger=length))))
    assert reason == f"Patient.language: minLength is {length!r}: expected a whole number"


@pytest.mark.parametrize("length", [0, 3])
def test_a_least_length_is_a_whole_number(length):
    assert why_not(structure("Patient", element("Patient.language", **said(MIN_LENGTH, valueInteger=length)))) is None


def of_element(beside):
    return structure(
        "Observation", element("Observation.component", type=[{**typed("Element", "x"), "_profile": beside}])
    )


@pytest.mark.parametrize("identity", [{}, {"valueString": 5}, {"valueString": ""}, {"valueCode": "Observation.code"}])
def test_an_element_of_a_profile_is_named_by_a_text(identity):
    reason = why_not(of_element([None, said(PROFILE_ELEMENT, **identity)]))
    assert reason == "Observation.component: elementdefinition-profile-element names no element: expected a valueString"


@pytest.mark.parametrize(
    "beside", ["x", [5], [{"extension": 5}], [said(CORE)], [said(PROFILE_ELEMENT, valueString="a")]]
)
def test_what_else_stands_beside_a_profile_is_not_read(beside):
    assert why_not(of_element(beside)) is None
