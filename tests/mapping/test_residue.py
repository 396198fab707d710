from __future__ import annotations

from typing import Any

import pytest

from adapter.mapping.notes import Note
from adapter.mapping.residue import Residue, path_of, split, without


def note(value: Any, *path: str | int) -> Note:
    """A note of a place, told from the resource down; a note holds its segments from below."""
    return Note(value, *reversed(path))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("valueQuantity", "unit"), "Observation.value.unit"),
        (("component", 1, "valueString"), "Observation.component[1].value"),
        (("_effectiveDateTime", "extension", 0, "url"), "Observation.effective.extension[0].url"),
        (("nonsense", "x"), "Observation.nonsense.x"),
    ],
)
def test_the_path_of_a_leaf_is_fhirpath(path: tuple[str | int, ...], expected: str) -> None:
    assert path_of("Observation", path)[0] == expected


def test_an_element_is_told_leaf_by_leaf() -> None:
    residue, dropped = split("Observation", [note({"coding": [{"code": "x"}, {"code": "y"}], "text": "z"}, "method")])
    assert residue == [
        Residue("Observation.method.coding[0].code", "x"),
        Residue("Observation.method.coding[1].code", "y"),
        Residue("Observation.method.text", "z"),
    ]
    assert dropped == []


@pytest.mark.parametrize(
    ("kind", "value", "path", "dropped"),
    [
        ("Patient", [{"family": "Doe"}], ("name",), "Patient.name"),
        ("Patient", "1970-02-03", ("birthDate",), "Patient.birthDate"),
        ("Patient", True, ("deceasedBoolean",), "Patient.deceased"),
        ("Observation", {"div": "<div/>"}, ("text",), "Observation.text"),
        ("Observation", {"value": "123"}, ("identifier", 2), "Observation.identifier[2]"),
        ("Observation", "Dr. Doe", ("performer", 0, "display"), "Observation.performer[0].display"),
        ("Observation", {"reference": "Practitioner/7"}, ("performer", 0), "Observation.performer[0].reference"),
        ("Observation", "of-the-sender", ("id",), "Observation.id"),
    ],
)
def test_what_identifies_a_person_is_dropped_and_its_path_told(
    kind: str, value: Any, path: tuple[str | int, ...], dropped: str
) -> None:
    assert split(kind, [note(value, *path)]) == ([], [dropped])


def test_a_reference_to_no_person_is_residue() -> None:
    assert split("Observation", [note("Device/7", "device", "reference")])[0] == [
        Residue("Observation.device.reference", "Device/7")
    ]


def test_a_contained_resource_is_told_by_its_own_type() -> None:
    inside = {"resourceType": "Patient", "gender": "male", "name": [{"family": "Doe"}]}
    residue, dropped = split("Observation", [note(inside, "contained", 0)])
    assert [leaf.expression for leaf in residue] == ["Observation.contained[0].gender"]
    assert dropped == ["Observation.contained[0].name"]


def test_a_path_is_told_once_however_many_leaves_it_hides() -> None:
    assert split("Patient", [note("a", "photo"), note("b", "photo")])[1] == ["Patient.photo"]


PERSON = {
    "resourceType": "Patient",
    "identifier": [{"value": "mrn"}, {"value": "01-001"}],
    "name": [{"family": "Doe"}],
    "birthDate": "1970-02-03",
    "_birthDate": {"id": "b"},
    "deceasedBoolean": False,
    "contact": [{"name": {"family": "Roe"}, "gender": "female"}, {"name": {"family": "Poe"}}],
    "contained": [{"resourceType": "Practitioner", "name": [{"family": "Foe"}]}],
    "extension": [],
}


def test_what_is_dropped_is_taken_out_with_what_it_leaves_empty() -> None:
    paths = ["identifier[0]", "name", "birthDate", "deceased", "contact[0].name", "contact[1].name.family"]
    assert without(PERSON, [f"Patient.{path}" for path in [*paths, "contained[0].name"]]) == {
        "resourceType": "Patient",
        "identifier": [{"value": "01-001"}],
        "contact": [{"gender": "female"}],
        "contained": [{"resourceType": "Practitioner"}],
        "extension": [],  # came empty: that is a fault of what came
    }


def test_what_is_not_dropped_stays_as_it_was() -> None:
    assert without(PERSON, []) == PERSON
    assert without(PERSON, ["Patient.nam", "Observation.name"]) == PERSON
    assert without({"resourceType": "Patient"}, ["Patient"]) == {"resourceType": "Patient"}


def test_what_split_tells_as_dropped_is_taken_out() -> None:
    """Of every kind of path that it writes: a choice, an entry of a list, what stands beside a primitive."""
    notes = [note(value, key) for key, value in PERSON.items() if key not in ("resourceType", "extension")]
    _, dropped = split("Patient", notes)
    left = without(PERSON, dropped)
    assert left == {
        "resourceType": "Patient",
        "contained": [{"resourceType": "Practitioner"}],
        "extension": [],
    }
