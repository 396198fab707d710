from __future__ import annotations

from typing import Any

from tests.validation.known.conftest import Found

CORE = "http://hl7.org/fhir/StructureDefinition/"


def profile(*elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    stated = {"url": "http://example.org/p", "kind": "resource", "type": "Patient", "derivation": "constraint"}
    named = [{"id": each["path"], **each} for each in elements]
    return {**stated, "baseDefinition": f"{CORE}Patient", "differential": {"element": named}, **more}


def test_what_is_stated_is_seen_against_the_base(found: Found) -> None:
    assert found("StructureDefinition", profile({"path": "Patient.name", "min": 1})) == []
    assert found("StructureDefinition", profile({"path": "Patient.gender", "max": "2"})) == [
        ("profile-element", ".differential.element[0]")
    ]


def test_a_profile_on_a_profile_of_r4_keeps_to_both(found: Found) -> None:
    pulse = {"type": "Observation", "baseDefinition": f"{CORE}heartrate"}
    subject = {"path": "Observation.subject", "max": "1"}
    assert found("StructureDefinition", profile(subject, **pulse)) == []
    assert found("StructureDefinition", profile(subject | {"min": 0}, **pulse)) == [
        ("profile-element", ".differential.element[0]")
    ]


def test_a_base_that_is_not_at_hand_decides_nothing(found: Found) -> None:
    away = {"baseDefinition": "http://example.org/elsewhere"}
    assert found("StructureDefinition", profile({"path": "Patient.nothing"}, **away)) == []


def test_what_defines_a_type_is_no_profile(found: Found) -> None:
    assert found("StructureDefinition", profile(derivation="specialization", kind="complex-type")) == []


def test_kind_and_context_are_those_of_the_type(found: Found) -> None:
    assert found("StructureDefinition", profile(kind="complex-type")) == [("profile-kind", ".kind")]
    context = [{"type": "element", "expression": "Patient"}]
    assert found("StructureDefinition", profile(context=context)) == [("profile-context", ".context[0]")]
    extension = {"type": "Extension", "kind": "complex-type", "baseDefinition": f"{CORE}Extension"}
    assert found("StructureDefinition", profile(context=context, **extension)) == []
