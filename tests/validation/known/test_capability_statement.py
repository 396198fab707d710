from __future__ import annotations

from typing import Any

import pytest

from tests.validation.known.conftest import Found

_NAME = "http://hl7.org/fhir/SearchParameter/Organization-name"


@pytest.mark.parametrize(
    ("named", "wrong"),
    [
        ({"definition": _NAME, "type": "string"}, False),
        ({"definition": _NAME, "type": "token"}, True),
        ({"definition": f"{_NAME}|4.0", "type": "token"}, True),
        ({"definition": f"{_NAME}|3.0.2", "type": "token"}, False),
        ({"definition": "http://example.org/name", "type": "token"}, False),
        ({"definition": _NAME}, False),
        ({"definition": [_NAME], "type": "token"}, False),
        ({"type": "token"}, False),
    ],
)
def test_a_search_parameter_is_of_its_type(named: dict[str, Any], wrong: bool, found: Found) -> None:
    rest = [{"searchParam": [named], "resource": [{"searchParam": [named]}]}]
    paths = [".rest[0].searchParam[0].type", ".rest[0].resource[0].searchParam[0].type"]
    issues = found("CapabilityStatement", {"rest": rest})
    assert issues == ([("search-type", path) for path in paths] if wrong else [])
