import pytest

from adapter.fhir import definitions
from adapter.fhir.terminology import core

GENDER = "http://hl7.org/fhir/administrative-gender"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


def test_every_complete_code_system_has_its_concepts_here_unless_it_has_none():
    complete = [url for url in definitions._CODE_SYSTEMS if definitions.listed_codes(url)[0]]
    assert len(complete) > 1_000
    assert [url for url in complete if not core.is_held(url)] == []
    for url in complete[::40]:
        codes, case = definitions.listed_codes(url)
        assert core.concepts(url).codes == set(codes)
        assert core.concepts(url).case_sensitive is case


def test_a_concept_has_its_display_its_place_and_its_properties():
    act_codes = core.concepts(ACT_CODE)
    ambulatory = act_codes.get("AMB")
    assert ambulatory is not None
    assert ambulatory.displays == ("ambulatory",)
    assert "_ActEncounterCode" in act_codes.ancestors("AMB")
    assert "FFS" in act_codes.descendants("_ActPharmacySupplyType")
    assert ("notSelectable", "true") in act_codes.get("_ActEncounterCode").properties
    assert act_codes.case_sensitive


def test_a_system_that_is_not_complete_is_here_with_what_it_has():
    example = core.concepts("http://terminology.hl7.org/CodeSystem/service-type")
    assert not example.complete
    assert example.has("1") is True
    assert example.has("banana") is None
    assert not core.is_held("http://snomed.info/sct")


@pytest.mark.parametrize(
    ("url", "version", "expected"),
    [
        ("http://hl7.org/fhir/ValueSet/x", "", True),
        ("http://hl7.org/fhir/ValueSet/x", "4.0.1", True),
        ("http://hl7.org/fhir/ValueSet/x", "4.0", True),
        ("http://hl7.org/fhir/ValueSet/x", "4.0.10", False),
        ("http://hl7.org/fhir/ValueSet/x", "5.0.0", False),
        ("http://terminology.hl7.org/ValueSet/v3-x", "2018-08-12", True),
    ],
)
def test_r4_is_held_in_its_own_version(url, version, expected):
    assert core.is_version(url, version) is expected


def test_a_value_set_is_enumerated_or_composed():
    enumerated, composed = (
        "http://hl7.org/fhir/ValueSet/administrative-gender",
        "http://hl7.org/fhir/ValueSet/mimetypes",
    )
    assert core.is_value_set(enumerated)
    assert core.composition(enumerated) is None
    assert core.is_value_set(composed)
    assert core.composition(composed) == {"url": composed, "compose": {"include": [{"system": "urn:ietf:bcp:13"}]}}
    assert not core.is_value_set(GENDER)
    assert not core.is_value_set("http://hl7.org/fhir/ValueSet/nowhere")


def test_a_code_system_is_found_by_its_oid():
    assert core.by_oid("urn:oid:2.16.840.1.113883.4.642.4.2") == GENDER
    assert core.by_oid("urn:oid:1.2.3") is None
