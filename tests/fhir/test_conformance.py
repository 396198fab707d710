import json

import pytest

from adapter.fhir.conformance import Definitions, key, load_definitions, parts, type_named
from adapter.fhir.table import Table, render
from tests.fhir.packages import archive, files
from tests.fhir.structures import CORE, OURS, element, structure

NONE_LOADED = Definitions()


def value_set(version):
    return {"resourceType": "ValueSet", "url": "https://x.example/ValueSet/v", "version": version, "status": "draft"}


def shelf(*resources):
    return Definitions(
        Table(render({key(each["resourceType"], each["url"], each["version"]): each for each in resources}))
    )


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    contents = files(
        structure("Patient", element("Patient.name", max="0"), version="2.1.0"),
        structure("Extension", element("Extension.valueString"), name="mark"),
        {"resourceType": "CodeSystem", "url": "https://x.example/CodeSystem/c", "content": "complete"},
        {"resourceType": "SearchParameter", "url": "https://x.example/SearchParameter/s", "code": "s"},
    )
    return load_definitions(archive(tmp_path_factory.mktemp("x") / "x.tgz", contents), cache=None)


def test_profiles_and_extensions_of_r4_are_always_here():
    assert NONE_LOADED.profile(CORE + "bodyweight").type == "Observation"
    assert NONE_LOADED.extension(CORE + "patient-birthPlace").contexts == (("element", "Patient"),)
    assert NONE_LOADED.extension(CORE + "bodyweight") is None
    assert NONE_LOADED.profile("https://x.example/none") is None
    assert load_definitions().profile(CORE + "SimpleQuantity").type == "Quantity"


def test_a_part_of_a_profile_is_named_by_elements_alone_and_by_their_ids():
    systolic = CORE + "bp#Observation.component:SystolicBP"
    assert NONE_LOADED.element_profile(systolic).root.id == "Observation.component:SystolicBP"
    assert NONE_LOADED.element_profile(systolic) is NONE_LOADED.element_profile(systolic)
    assert NONE_LOADED.element_profile(CORE + "bp").root.id == "Observation"
    assert NONE_LOADED.profile(systolic) is None
    assert NONE_LOADED.extension(CORE + "patient-birthPlace#Extension.url") is None


@pytest.mark.parametrize(
    "identity", ["", "garbage", "x.component:SystolicBP", "Observation.none", "Observation.component:", "Observation#"]
)
def test_what_names_no_part_of_a_profile_is_neither_known_nor_kept(identity):
    held = Definitions()
    assert held.element_profile(f"{CORE}bp#{identity}") is None
    assert held.element_profile(f"https://x.example/none#{identity}") is None
    assert not held._elements


def test_a_type_of_r4_is_a_profile_that_constrains_nothing():
    made = NONE_LOADED.profile(CORE + "Patient")
    assert (made.type, made.root.children, made.bases) == ("Patient", {}, ())
    assert NONE_LOADED.extension(CORE + "Extension") is None


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (CORE + "Patient", "Patient"),
        (CORE + "Patient|4.0.1", "Patient"),
        (CORE + "Patient|4.0", "Patient"),
        (CORE + "Patient|4", "Patient"),
        (CORE + "Patient|4.0.10", None),
        (CORE + "Patient|5.0.0", None),
        (CORE + "Patient.contact", None),
        (CORE + "SimpleQuantity", None),
        (CORE + "Person2", None),
        ("https://x.example/Patient", None),
    ],
)
def test_types_are_named_by_their_canonical(url, name):
    assert type_named(url) == name


def test_a_profile_is_made_once(loaded):
    assert loaded.profile(OURS + "p") is loaded.profile(OURS + "p")


def test_versions_of_profiles_are_honoured(loaded):
    assert loaded.profile(OURS + "p|2.1.0").version == "2.1.0"
    assert loaded.profile(OURS + "p|2.1").version == "2.1.0"
    assert loaded.profile(OURS + "p|2.1.1") is None
    assert loaded.profile(OURS + "mark|1") is None
    assert loaded.profile(CORE + "bp|4.0.1").version == "4.0.1"
    assert loaded.profile(CORE + "bp|5.0.0") is None


def test_the_highest_version_is_meant_where_none_is_asked_for():
    held = shelf(value_set("10.0"), value_set("9.1"), value_set("9.0"))
    url = "https://x.example/ValueSet/v"
    assert held.versions(url) == ("9.0", "9.1", "10.0")
    assert held.value_set(url)["version"] == "10.0"
    assert held.value_set(url + "|9")["version"] == "9.1"
    assert held.value_set(url + "|9.0")["version"] == "9.0"
    assert held.value_set(url + "|8") is None


def test_resources_are_found_by_type_and_url(loaded):
    assert loaded.code_system("https://x.example/CodeSystem/c")["content"] == "complete"
    assert loaded.value_set("https://x.example/CodeSystem/c") is None
    assert [each["code"] for each in loaded.search_parameters()] == ["s"]
    assert [each["url"] for each in loaded.resources("StructureDefinition")] == [OURS + "mark", OURS + "p"]
    assert list(loaded.resources("Measure")) == []


@pytest.mark.parametrize(
    ("url", "is_known"),
    [
        (OURS + "p", True),
        (OURS + "p|2.1.0", True),
        (OURS + "p|3", False),
        ("https://x.example/CodeSystem/c", True),
        (CORE + "Patient", True),
        (CORE + "bp|4.0.1", True),
        (CORE + "bp|5.0.0", False),
        ("http://hl7.org/fhir/ValueSet/administrative-gender", True),
        ("http://hl7.org/fhir/administrative-gender", True),
        (OURS + "none", False),
        ("", False),
        ("|", False),
    ],
)
def test_what_is_known_is_told_by_canonical(loaded, url, is_known):
    assert loaded.known(url) is is_known


def test_ours_is_what_lies_below_the_base_of_a_package(loaded):
    assert loaded.own(OURS + "none")
    assert not loaded.own("https://x.example.org/StructureDefinition/none")
    assert not loaded.own(CORE + "none")
    assert not NONE_LOADED.own(CORE + "none")


def test_the_base_of_a_folder_is_seen_from_its_profiles(tmp_path):
    (tmp_path / "p.json").write_text(json.dumps(structure("Patient")))
    found = load_definitions(tmp_path, cache=None)
    assert found.own(OURS + "none")
    assert not found.own("https://y.example/StructureDefinition/none")


def test_a_profile_in_the_place_of_hl7_makes_none_of_theirs_ours(tmp_path):
    (tmp_path / "p.json").write_text(json.dumps({**structure("Patient"), "url": CORE + "new"}))
    found = load_definitions(tmp_path, cache=None)
    assert found.known(CORE + "new")
    assert not found.own(CORE + "other")


def test_a_key_tells_its_parts():
    assert parts(key("ValueSet", "urn:oid:1.2", None)) == ("ValueSet", "urn:oid:1.2", "")
    assert parts(key("ValueSet", "http://x/a|b", "1")) == ("ValueSet", "http://x/a|b", "1")


def test_the_codes_of_loaded_systems_are_told_with_those_of_r4(loaded):
    gender = "http://hl7.org/fhir/ValueSet/administrative-gender"
    assert loaded.terminology.member(gender, "http://hl7.org/fhir/administrative-gender", "male") is True
    assert loaded.terminology is loaded.terminology
