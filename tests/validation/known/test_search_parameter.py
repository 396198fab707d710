from __future__ import annotations

from typing import Any

import pytest

from tests.validation.known.conftest import Found


@pytest.mark.parametrize(
    ("expression", "bases", "wrong"),
    [
        ("Patient.name", ["Patient"], False),
        ("Patient.name | Practitioner.name", ["Patient", "Practitioner"], False),
        ("Patient.name | Practitioner.name", ["Patient"], True),
        ("Patient.name.", ["Patient"], True),
        ("Patient.nothing", ["Patient"], True),
        ("Resource.meta.tag", ["Resource"], False),
        ("Resource.nothing", ["Resource"], False),
    ],
)
def test_an_expression_reads_what_its_types_have(expression: str, bases: list[str], wrong: bool, found: Found) -> None:
    issues = found("SearchParameter", {"expression": expression, "base": bases})
    assert issues == ([("search-expression", ".expression")] if wrong else [])


def test_a_composite_has_two_parts(found: Found) -> None:
    part = {"definition": "http://example.org/a", "expression": "name"}
    assert found("SearchParameter", {"type": "composite", "component": [part, part]}) == []
    assert found("SearchParameter", {"type": "composite", "component": [part]}) == [("search-components", "")]
    assert found("SearchParameter", {"type": "token"}) == []


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"type": "string", "base": ["Patient"]}, []),
        ({"type": "token", "base": ["Patient"]}, [".type"]),
        ({"type": "string", "base": ["Organization", "Patient"]}, [".base[0]"]),
        ({"type": "string", "base": "Organization"}, []),
        ({}, []),
    ],
)
def test_a_derived_one_searches_as_its_origin(said: dict[str, Any], wrong: list[str], found: Found) -> None:
    origin = "http://hl7.org/fhir/SearchParameter/individual-phonetic"
    issues = found("SearchParameter", {**said, "derivedFrom": origin})
    assert issues == [("search-derived", path) for path in wrong]
