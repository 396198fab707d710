from __future__ import annotations

import pytest

from adapter.fhir.fhirpath import FhirPathError
from adapter.validation.known.paths import unknown_names


@pytest.mark.parametrize(
    "expression",
    [
        "Patient.name.family",
        "name.family",
        "Patient.name[0].given",
        "Patient.name.where(use = 'official').family",
        "Patient.deceased.exists()",
        "(Patient.deceased as dateTime)",
        "Patient.deceased.ofType(dateTime)",
        "Patient.contained.nothing",
        "Patient.extension('http://example.org/a').value",
        "Patient.link.other.resolve().nothing",
        "Resource.id",
        "Patient.name.family | Patient.name.given",
        "-Patient.multipleBirth",
    ],
)
def test_what_may_be_there_is_let_pass(expression: str) -> None:
    assert unknown_names(expression, ["Patient"]) == []


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("Patient.nothing", ["Patient.nothing"]),
        ("Patient.name.nothing.more", ["Patient.name.nothing"]),
        ("nothing", ["nothing"]),
        ("Patient.name.where(use = 'a').nothing", ["….nothing"]),
        ("Observation.code", ["Observation"]),
        ("Patient.name | Group.name | Patient.nothing", ["Group", "Patient.nothing"]),
        ("(Patient.nothing as string)", ["Patient.nothing"]),
    ],
)
def test_what_cannot_be_there_is_named(expression: str, names: list[str]) -> None:
    assert unknown_names(expression, ["Patient"]) == names


def test_an_element_of_one_of_several_types_is_enough() -> None:
    assert unknown_names("name | Group.quantity | Patient.gender", ["Patient", "Group"]) == []


@pytest.mark.parametrize("expression", ["Patient..name", "Patient.name.nothing()", "", "("])
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(FhirPathError):
        unknown_names(expression, ["Patient"])
