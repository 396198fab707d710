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


def of_type(path: str, **stated: Any) -> dict[str, Any]:
    return {"path": path, "type": [stated]}


def test_a_reference_leads_to_a_resource_of_any_type_or_of_one(found: Found) -> None:
    observation = {"type": "Observation", "baseDefinition": f"{CORE}Observation"}
    for name in ("Resource", "DomainResource", "Patient"):
        focus = of_type("Observation.focus", code="Reference", targetProfile=[CORE + name])
        assert found("StructureDefinition", profile(focus, **observation)) == []
    focus = of_type("Observation.focus", code="Reference", targetProfile=[CORE + "HumanName"])
    place = ".differential.element[0].type[0].targetProfile[0]"
    assert found("StructureDefinition", profile(focus, **observation)) == [("profile-element", place)]


def test_an_element_may_be_as_one_within_another_profile(found: Found) -> None:
    observation = {"type": "Observation", "baseDefinition": f"{CORE}Observation"}
    stated = {"code": "BackboneElement", "profile": [f"{CORE}bp"]}
    place = ".differential.element[0].type[0].profile[0]"
    whole = profile(of_type("Observation.component", **stated), **observation)
    assert found("StructureDefinition", whole) == [("profile-element", place)]
    named = [
        {"extension": [{"url": f"{CORE}elementdefinition-profile-element", "valueString": "Observation.component"}]}
    ]
    part = profile(of_type("Observation.component", **stated, _profile=named), **observation)
    assert found("StructureDefinition", part) == []
