from __future__ import annotations

from typing import Any

from tests.validation.known.conftest import Found

GENDER = "http://hl7.org/fhir/administrative-gender"


def mapped(source: str, target: str, **more: Any) -> dict[str, Any]:
    element = {"code": source, "target": [{"code": target, "equivalence": "equivalent"}]}
    return {"group": [{"source": GENDER, "target": GENDER, "element": [element]}], **more}


def test_codes_are_of_the_systems_of_their_group(found: Found) -> None:
    assert found("ConceptMap", mapped("male", "female")) == []
    assert found("ConceptMap", mapped("m", "f")) == [
        ("concept-map-code", ".group[0].element[0].code"),
        ("concept-map-code", ".group[0].element[0].target[0].code"),
    ]


def test_a_value_set_says_more_than_the_system(found: Found) -> None:
    sexes = {"sourceUri": "http://hl7.org/fhir/ValueSet/marital-status"}
    assert found("ConceptMap", mapped("male", "female", **sexes)) == [("concept-map-code", ".group[0].element[0].code")]


def test_a_value_set_that_is_not_at_hand_decides_nothing(found: Found) -> None:
    assert found("ConceptMap", mapped("m", "male", sourceCanonical="http://example.org/unknown")) == []


def test_a_code_system_is_no_side_of_a_map(found: Found) -> None:
    assert found("ConceptMap", mapped("male", "female", targetCanonical=GENDER)) == [("concept-map-scope", ".target")]
