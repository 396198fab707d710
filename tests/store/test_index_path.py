from __future__ import annotations

from collections import defaultdict

import pytest

from adapter.fhir.definitions import resource_types
from adapter.fhir.search_parameters import CORE, SearchParameter
from adapter.store.index_path import Step, identifier_of, sought

UNREADABLE = {
    "QuestionnaireResponse.item-subject",
    "Patient.deceased",
}


def made(expression: str, type_: str = "token") -> SearchParameter:
    return SearchParameter("x", type_, "urn:x", (expression,))


@pytest.mark.parametrize(
    ("type_", "expression", "paths"),
    [
        ("Patient", "Patient.birthDate", {"birthDate": "date"}),
        ("Patient", "Patient.name.family", {"name.family": "string"}),
        (
            "MedicationAdministration",
            "MedicationAdministration.effective",
            {"effectiveDateTime": "dateTime", "effectivePeriod": "Period"},
        ),
        ("Observation", "(Observation.value as Quantity)", {"valueQuantity": "Quantity"}),
        ("Observation", "Observation.value.as(string)", {"valueString": "string"}),
        ("Observation", "(Observation.value as CodeableConcept).text", {"valueCodeableConcept.text": "string"}),
        ("Observation", "Observation.subject.where(resolve() is Patient)", {"subject": "Reference"}),
    ],
)
def test_an_expression_becomes_keys_of_json(type_: str, expression: str, paths: dict[str, str]) -> None:
    found = sought(made(expression), type_)
    assert found is not None
    leaves = [leaf for place in found.places for leaf in place.leaves]
    assert {".".join(step.key for step in leaf.steps): leaf.type for leaf in leaves} == paths


def test_a_filter_by_a_constant_is_kept_with_its_step() -> None:
    found = sought(made("Patient.telecom.where(system='email')"), "Patient")
    assert found is not None
    assert [leaf.steps for leaf in found.places[0].leaves] == [(Step("telecom", ("system", "email")),)]


def test_an_extension_is_read_by_its_url() -> None:
    found = sought(made("Patient.extension('urn:e')", "string"), "Patient")
    assert found is not None
    leaves = {leaf.type: leaf.steps for leaf in found.places[0].leaves}
    assert leaves["string"] == (Step("extension", ("url", "urn:e")), Step("valueString"))


def test_a_reference_that_must_be_a_patient_narrows_the_targets_and_not_the_place() -> None:
    wide, narrow = (
        sought(SearchParameter("x", "reference", "urn:x", (text,), ("Group", "Patient")), "Observation")
        for text in ("Observation.subject", "Observation.subject.where(resolve() is Patient)")
    )
    assert wide is not None
    assert narrow is not None
    assert wide.places == narrow.places
    assert (wide.targets, narrow.targets) == ({"Group", "Patient"}, {"Patient"})


@pytest.mark.parametrize(
    "expression",
    ["Patient.deceased.exists() and Patient.deceased != false", "Patient.name[0]", "Patient.nothing", "Patient.name|x"],
)
def test_an_expression_of_another_shape_is_not_searched_by(expression: str) -> None:
    assert sought(made(expression), "Patient") is None


def test_a_code_that_r4_binds_to_one_system_implies_it() -> None:
    found = sought(CORE.of("Patient")["gender"], "Patient")
    assert found is not None
    assert found.places[0].leaves[0].implied == "http://hl7.org/fhir/administrative-gender"


def test_nearly_all_of_r4_can_be_read_and_no_two_places_have_one_number() -> None:
    numbers: dict[int, set[str]] = defaultdict(set)
    unreadable = set()
    for type_ in resource_types():
        for code, parameter in CORE.of(type_).items():
            found = sought(parameter, type_)
            if found is None:
                unreadable.add(f"{type_}.{code}")
                continue
            for place in found.places:
                numbers[place.number].add(f"{place.kind} {place.path}")
                if place.kind == "reference":
                    below = identifier_of(place)
                    numbers[below.number].add(f"{below.kind} {below.path}")
    assert unreadable >= UNREADABLE
    assert len(unreadable) < 6
    assert len(numbers) > 2_000
    assert [names for names in numbers.values() if len(names) > 1] == []
