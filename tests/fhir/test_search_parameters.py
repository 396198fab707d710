import json

import pytest

from adapter.errors import DefinitionError
from adapter.fhir.search_parameters import CORE, SearchParameters, compartment, of_package

OWN = {
    "resourceType": "SearchParameter",
    "url": "urn:own",
    "code": "identifier",
    "base": ["AdverseEvent"],
    "type": "token",
    "expression": "AdverseEvent.identifier",
}


def test_a_type_has_its_own_parameters_and_those_of_every_resource():
    found = CORE.of("MedicationAdministration")
    assert found["effective-time"].expressions == ("MedicationAdministration.effective",)
    assert {"_id", "_lastUpdated", "_profile", "_security", "_tag"} <= found.keys()
    assert not {"_content", "_text", "_has", "_filter"} & found.keys()


def test_only_the_part_of_a_union_that_is_of_the_type_is_its_own():
    assert CORE.of("Observation")["code"].expressions == ("Observation.code",)


def test_a_package_adds_to_what_r4_has(tmp_path):
    assert "identifier" not in CORE.of("AdverseEvent")
    (tmp_path / "SearchParameter-x.json").write_text(json.dumps(OWN), encoding="utf-8")
    assert of_package(tmp_path).of("AdverseEvent")["identifier"].url == "urn:own"
    assert of_package(tmp_path).text != CORE.text
    assert of_package(tmp_path / "nowhere").text == CORE.text


@pytest.mark.parametrize("text", ["{", '{"resourceType": "SearchParameter"}', "[]"])
def test_a_parameter_that_cannot_be_read_is_told_with_its_file(tmp_path, text):
    (tmp_path / "SearchParameter-x.json").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"SearchParameter-x\.json"):
        of_package(tmp_path)


def test_a_compartment_names_the_parameters_by_which_a_type_is_in_it():
    assert compartment("Patient", "Observation") == ("performer", "subject")
    assert compartment("Patient", "ResearchStudy") == ()
    assert compartment("Nothing", "Observation") == ()


def test_two_that_say_the_same_are_the_same():
    assert SearchParameters([OWN]).text == SearchParameters([dict(OWN)]).text
