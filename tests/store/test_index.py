from __future__ import annotations

import json

from adapter.store.index import identifiers, index


def test_a_resource_is_indexed_by_its_first_date_and_all_identifiers() -> None:
    body = json.dumps(
        {
            "resourceType": "Observation",
            "identifier": [{"system": "a", "value": "1"}, {"value": "2"}, {"system": "b"}],
            "effectiveDateTime": "2025-06-01",
            "component": [{"valueDateTime": "1999"}],
        }
    ).encode()
    assert index(body, "+00:00") == (
        (("a", "1"), ("", "2")),
        ("2025-06-01T00:00:00.000Z", "2025-06-02T00:00:00.000Z"),
    )


def test_an_identifier_may_be_single_as_in_a_questionnaire_response() -> None:
    assert identifiers({"system": "a", "value": "1"}) == (("a", "1"),)
    assert identifiers(None) == ()
    assert identifiers([{"value": None}, "x"]) == ()
    assert identifiers([{"value": []}, {"value": 1}, {"system": {}, "value": "1"}]) == ()


def test_a_resource_without_a_date_has_no_span() -> None:
    assert index(b'{"resourceType":"Location","id":"x"}', "+08:00") == ((), None)
