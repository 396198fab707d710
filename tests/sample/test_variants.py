from random import Random

import pytest

from adapter.sample import variants
from adapter.sample.hospital import Hospital

STUDY = ("https://tiny.example/codes", "x")
OWN = {"system": "https://a.example/codes", "code": "own"}


@pytest.fixture
def hospital():
    return Hospital("https://a.example", {STUDY: (OWN,)}, {STUDY: "Ex"})


@pytest.fixture
def observation():
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": STUDY[0], "code": STUDY[1]}]},
        "effectiveDateTime": "2024-01-02T08:00:00+01:00",
    }


def test_a_period_stands_in_the_place_of_a_time(observation, hospital):
    assert variants.period(observation, hospital, Random(1))
    assert "effectiveDateTime" not in observation
    assert (
        observation["effectivePeriod"]["start"] == "2024-01-02T08:00:00+01:00" < observation["effectivePeriod"]["end"]
    )
    assert list(observation)[-1] == "effectivePeriod"


def test_the_period_of_a_day_is_that_day(observation, hospital):
    observation["effectiveDateTime"] = "2024-01-02"
    assert variants.period(observation, hospital, Random(1))
    assert observation["effectivePeriod"] == {"start": "2024-01-02", "end": "2024-01-02"}


def test_a_time_that_has_no_period_stays(hospital):
    patient = {"resourceType": "Patient", "deceasedDateTime": "2024-01-02"}
    assert not variants.period(patient, hospital, Random(1))
    assert patient == {"resourceType": "Patient", "deceasedDateTime": "2024-01-02"}


def test_the_hospitals_code_stands_instead_of_the_studys(observation, hospital):
    assert variants.local_code(observation, hospital, Random(1))
    assert observation["code"]["coding"] == [OWN]


def test_the_hospitals_code_stands_before_the_studys(observation, hospital):
    assert variants.local_code_too(observation, hospital, Random(1))
    assert [coding["code"] for coding in observation["code"]["coding"]] == ["own", "x"]


@pytest.mark.parametrize("variant", [variants.local_code, variants.local_code_too])
def test_what_speaks_in_the_hospitals_codes_claims_no_profile(variant, observation, hospital):
    observation["meta"] = {"profile": ["https://study.example/StructureDefinition/one"]}
    assert variant(observation, hospital, Random(1))
    assert "meta" not in observation


def test_without_a_code_of_its_own_nothing_is_replaced(observation, hospital):
    observation["code"]["coding"][0]["code"] = "y"
    assert not variants.local_code(observation, hospital, Random(1))


def test_a_code_is_called_something(observation, hospital):
    assert variants.display(observation, hospital, Random(1))
    assert observation["code"]["coding"][0]["display"] == "Ex"


@pytest.mark.parametrize("variant", [variants.note, variants.performer])
def test_an_element_is_added_where_the_type_has_it(variant, observation, hospital):
    assert variant(observation, hospital, Random(1))
    assert not variant({"resourceType": "Patient"}, hospital, Random(1))


def test_a_note_that_stands_is_not_overwritten(observation, hospital):
    observation["note"] = [{"text": "mine"}]
    assert not variants.note(observation, hospital, Random(1))


def test_an_extension_is_added_to_those_that_stand(observation, hospital):
    observation["extension"] = [{"url": "https://tiny.example/one"}]
    assert variants.extension(observation, hospital, Random(1))
    assert [each["url"] for each in observation["extension"]] == [
        "https://tiny.example/one",
        "https://a.example/fhir/StructureDefinition/order-number",
    ]


def test_the_source_leaves_profiles_where_they_are(observation, hospital):
    observation["meta"] = {"profile": ["https://tiny.example/p"]}
    assert variants.source(observation, hospital, Random(1))
    assert observation["meta"]["profile"] == ["https://tiny.example/p"]
    assert observation["meta"]["source"] == "https://a.example/ehr"


@pytest.mark.parametrize("variant", [variants.narrative, variants.language])
def test_what_stands_already_is_kept(variant, observation, hospital):
    assert variant(observation, hospital, Random(1))
    before = dict(observation)
    variant(observation, hospital, Random(2))
    assert observation == before


def test_an_ehr_calls_a_resource_by_an_id_of_its_own(observation, hospital):
    observation["id"] = "A001-pain"
    assert variants.own_id(observation, hospital, Random(1))
    assert observation["id"].startswith("ehr-")


def test_no_variant_names_a_person(observation, hospital):
    for variant in variants.VARIANTS:
        variant(observation, hospital, Random(1))
    assert not {"name", "telecom", "address", "contact"} & set(observation)
