from __future__ import annotations

import copy
import itertools
from typing import Any

import pytest

from adapter.mapping.study import MappedStudy
from tests.mapping.shapes import RECORD


def resources(study: MappedStudy) -> dict[str, Any]:
    """The resources of the record in the form view and the clinical one, by their ids."""
    made = study.to_fhir("visit", RECORD | {"drugs": [{"name": "a", "dose": 1}, {"name": "b"}]}, "both")
    return {resource["id"]: resource for resource in made}


def components(study: MappedStudy, change: Any) -> Any:
    pulse = copy.deepcopy(resources(study)["001.V1.pulse"])
    pulse["component"] = change(pulse["component"])
    return study.read(pulse)


def test_entries_are_found_wherever_they_stand(clinic: MappedStudy) -> None:
    form = resources(clinic)["visit-001.V1"]
    expected = clinic.read(form).record
    for order in itertools.islice(itertools.permutations(form["item"]), 40):
        assert clinic.read({**form, "item": list(order)}).record == expected


def test_a_repeated_entry_gives_one_answer_each_in_the_order_of_the_codelist(clinic: MappedStudy) -> None:
    reading = components(clinic, lambda given: list(reversed(given)))
    assert reading.record["signs"] == ["red", "warm"]
    assert reading.residue == []


def test_the_same_entry_twice_is_one_answer(clinic: MappedStudy) -> None:
    assert components(clinic, lambda given: [*given, *given]).record["signs"] == ["red", "warm"]


def test_an_entry_that_no_constant_names_is_residue_and_the_others_are_read(clinic: MappedStudy) -> None:
    foreign = {"code": {"coding": [{"system": "http://other.example", "code": "x"}]}, "valueString": "y"}
    reading = components(clinic, lambda given: [given[0], foreign, *given[1:]])
    assert reading.record["signs"] == ["red", "warm"]
    assert {leaf.expression.split(".")[1] for leaf in reading.residue} == {"component[1]"}


def test_a_foreign_identifier_beside_the_study_s_own_is_dropped(clinic: MappedStudy) -> None:
    pulse = resources(clinic)["001.V1.pulse"]
    foreign = {"system": "https://hospital.example/id", "value": "4711"}
    reading = clinic.read({**pulse, "identifier": [foreign, *pulse["identifier"]]})
    assert (reading.record["pulse"], reading.dropped) == (70, ["Observation.identifier[0]"])


@pytest.mark.parametrize("value", [[], {}, None, "x", [None], [[]], [{}], [1, {"a": []}]])
def test_what_is_no_list_of_entries_is_no_answer_and_no_crash(clinic: MappedStudy, value: Any) -> None:
    reading = components(clinic, lambda _: value)
    assert "signs" not in reading.record
    assert reading.record["pulse"] == 70


def test_the_entries_of_a_group_keep_their_members_together(clinic: MappedStudy) -> None:
    drugs = copy.deepcopy(resources(clinic)["001.V1.drugs"])
    assert clinic.read(drugs).record["drugs"] == [{"name": "a", "dose": 1}, {"name": "b"}]
    drugs["dosage"].reverse()
    assert clinic.read(drugs).record["drugs"] == [{"name": "a", "dose": 1}, {"name": "b"}]
