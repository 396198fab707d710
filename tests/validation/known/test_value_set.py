from __future__ import annotations

import pytest

from tests.validation.known.conftest import Found


@pytest.mark.parametrize(
    ("system", "wrong"),
    [
        ("http://hl7.org/fhir/administrative-gender", False),
        ("urn:iso:std:iso:3166", False),
        ("http://example.org/unknown", False),
        ("gender", True),
        ("http://hl7.org/fhir/administrative-gender|4.0.1", True),
        ("http://hl7.org/fhir/ValueSet/administrative-gender", True),
    ],
)
@pytest.mark.parametrize("key", ["include", "exclude"])
def test_a_system_is_an_absolute_url_of_a_code_system(key: str, system: str, wrong: bool, found: Found) -> None:
    issues = found("ValueSet", {"compose": {key: [{"system": system}]}, "url": "http://example.org/a"})
    assert issues == ([("value-set-system", f".compose.{key}[0].system")] if wrong else [])
