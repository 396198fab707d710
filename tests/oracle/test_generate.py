"""The generator of cases: every type and element is met, each case is one text, the same seed gives the same cases."""

from __future__ import annotations

from itertools import islice

import pytest

from adapter.fhir import json
from adapter.fhir.conformance import Definitions
from adapter.fhir.definitions import fields, resource_types
from adapter.validation.validator import Validator
from tests.oracle import generate, seeds, suite
from tests.oracle.breaks import BREAKS
from tests.oracle.case import Case, case
from tests.oracle.example import of_type
from tests.oracle.mutant import mutants
from tests.oracle.report import WORDS
from tests.oracle.spot import Spot, carriers, of_data_types, spots


@pytest.fixture(scope="module")
def validator() -> Validator:
    return Validator(Definitions())


@pytest.mark.parametrize("name", resource_types())
def test_the_smallest_example_of_a_type_is_sound(name: str, validator: Validator) -> None:
    assert [each for each in validator.check(of_type(name)) if each.refuses] == []


def test_every_element_of_a_type_is_a_spot() -> None:
    names = {spot.name for spot in spots()}
    assert {f"Patient.{key}" for key in fields("Patient")} - names == {
        f"Patient.{key}"
        for key in ("id", "meta", "implicitRules", "language", "text", "contained", "extension", "modifierExtension")
    }
    assert {"Patient.contact.name", "Questionnaire.item.item", "Observation.component.valueQuantity"} <= names


def test_recursion_is_entered_once() -> None:
    assert not any("item.item.item" in spot.name for spot in spots())


def test_every_data_type_is_carried() -> None:
    assert {"HumanName", "Timing", "SimpleQuantity", "ElementDefinition", "base64Binary"} <= carriers().keys()
    assert "Patient.name.family" in {spot.name for spot in of_data_types()}


def spot(name: str) -> Spot:
    return next(each for each in spots() if each.name == name)


@pytest.mark.parametrize(
    ("way", "name"),
    [
        ("absent", "Patient.link.type"),
        ("count", "Patient.name"),
        ("JSON type", "Patient.active"),
        ("empty", "Patient.name"),
        ("unknown element", "Patient.name"),
        ("choice", "Observation.valueQuantity"),
        ("format", "Patient.birthDate"),
        ("code", "Patient.gender"),
        ("reference", "Observation.subject"),
        ("extension", "Patient.name"),
        ("twin", "ActivityDefinition.library"),
    ],
)
def test_a_way_to_break_breaks(way: str, name: str, validator: Validator) -> None:
    made = [resource for _, resource in BREAKS[way](spot(name))]
    assert any(each.refuses for resource in made for each in validator.check(resource))


def test_ways_that_make_no_sense_yield_nothing() -> None:
    assert not any(
        made for way in ("absent", "format", "code", "reference", "twin") for made in BREAKS[way](spot("Patient.name"))
    )


def test_every_way_is_told_of_in_words() -> None:
    assert {*BREAKS, *(name for name, _ in seeds.tables()), "response", "questionnaire", "study"} == WORDS.keys()


def test_the_same_seed_gives_the_same_cases() -> None:
    def first(seed: int) -> list[Case]:
        return list(islice(generate.drawn(islice(spots(), 200), seed, 2), 500))

    assert first(1) == first(1) != first(2)


def test_a_case_is_one_line_and_says_what_it_is() -> None:
    for each in islice(generate.drawn(spots(), 4, 1), 1_000):
        assert "\n" not in each.text
        assert json.parse(each.text)["resourceType"] == each.name.partition(".")[0]


def test_the_same_cases_are_chosen_whatever_is_added() -> None:
    few = [case("a", str(number), {"a": number}) for number in range(50)]
    more = [case("a", str(number), {"a": number}) for number in range(100)]
    assert len(suite.chosen(few, 20)) == 20
    assert [each for each in suite.chosen(more, 20) if each in few] == [
        each for each in suite.chosen(few, 20) if each in suite.chosen(more, 20)
    ]
    assert suite.chosen([*few, *few], None) == few


def test_mutants_change_one_thing_and_leave_the_resource_as_it_is() -> None:
    resource = {"resourceType": "Patient", "name": [{"given": ["a", "b"]}], "active": True, "multipleBirthInteger": 2}
    before = json.encode(resource)
    made = [json.encode(each) for _, each in mutants(resource)]
    assert json.encode(resource) == before
    assert before not in made
    assert len(set(made)) >= 15


def test_named_changes_of_the_tables_find_their_resource() -> None:
    for family, table in seeds.tables():
        assert table.keys() <= {"about", "seeds", "cases", "texts"}
        found = list(seeds.stated(family, table, 4, 1))
        assert len(found) == 2 * len(table["seeds"]) + len(table.get("cases", ())) + len(table.get("texts", ()))


def test_the_study_and_its_questionnaires_give_cases() -> None:
    assert {each.rule for each in islice(suite.of_study(4), 50)} == {"study"}
    assert {each.rule for each in islice(suite.responses(4), 50)} == {"response", "questionnaire"}
