import pytest

from adapter.fhir.terminology import Terminology, hint

THO = "http://terminology.hl7.org/CodeSystem/"
GENDER = "http://hl7.org/fhir/administrative-gender"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("http://loinc.org/", "http://loinc.org"),
        ("https://loinc.org", "http://loinc.org"),
        ("http://www.loinc.org", "http://loinc.org"),
        ("HTTP://LOINC.org", "http://loinc.org"),
        ("http://loinc.org|2.68", "http://loinc.org"),
        ("LOINC", "http://loinc.org"),
        ("SNOMED CT", "http://snomed.info/sct"),
        ("http://snomed.info/sct/", "http://snomed.info/sct"),
        ("urn:oid:2.16.840.1.113883.6.1", "http://loinc.org"),
        ("2.16.840.1.113883.6.96", "http://snomed.info/sct"),
        ("urn:oid:2.16.840.1.113883.4.642.4.2", GENDER),
        ("http://unitsofmeasure.org/", "http://unitsofmeasure.org"),
        ("http://hl7.org/fhir/v2/0203", THO + "v2-0203"),
        ("http://hl7.org/fhir/v3/ActCode", THO + "v3-ActCode"),
        ("http://hl7.org/fhir/observation-category", THO + "observation-category"),
        ("http://hl7.org/fhir/R4/administrative-gender", GENDER),
        ("http://hl7.org/fhir/CodeSystem/administrative-gender", GENDER),
        ("https://terminology.hl7.org/CodeSystem/v2-0203", THO + "v2-0203"),
        (THO + "v2-0203/", THO + "v2-0203"),
        ("urn:ISO:std:iso:3166", "urn:iso:std:iso:3166"),
        ("http://www.whocc.no/atc/", "http://www.whocc.no/atc"),
    ],
)
def test_a_system_that_is_nearly_right_is_told_its_url(wrong, right):
    assert Terminology().system_hint(wrong) == f"use {right}"


@pytest.mark.parametrize(
    "system",
    [
        GENDER,
        "http://loinc.org",
        "http://snomed.info/sct",
        "http://unitsofmeasure.org",
        "https://www.usps.com/",
        "urn:iso:std:iso:3166",
        "urn:oid:1.2.3",
        "http://example.org/own",
        "http://hl7.org/fhir/us/core/CodeSystem/of-a-guide",
        "http://hl7.org/fhir/sid/ndc",
        "",
        "http://",
        "1.",
        "x" * 10_000,
    ],
)
def test_nothing_is_said_of_a_system_that_is_right_or_unknown(system):
    assert Terminology().system_hint(system) is None


@pytest.mark.parametrize("system", ["http://hl7.org/fhir/nothing", "https://www.hl7.org/fhir/CodeSystem/nothing"])
def test_a_system_under_the_url_of_r4_that_r4_has_not_is_told(system):
    assert Terminology().system_hint(system) == "R4 defines no code system of this url"


@pytest.mark.parametrize("stem", hint.stems())
def test_a_system_that_goes_on_after_the_url_of_one_is_told(stem):
    assert Terminology().system_hint(f"{stem}/900") == f"use {stem}, and put what is said of an edition into `version`"


def test_each_of_them_is_known_by_its_oid():
    assert len(hint.stems()) == len(hint.STEMS)


def test_a_draft_of_the_specification_is_no_system():
    said = Terminology().system_hint("http://build.fhir.org/codesystem-a")
    assert said is not None
    assert "draft" in said


@pytest.mark.parametrize("name", ["observation-category", "mimetypes"])
def test_a_value_set_is_no_code_system(name):
    said = Terminology().system_hint(f"http://hl7.org/fhir/ValueSet/{name}")
    assert said is not None
    assert "value set" in said


def test_every_right_url_of_the_list_is_right_by_itself():
    assert [url for url in sorted(hint.well_known()) if Terminology().system_hint(url) is not None] == []
