from __future__ import annotations

from tests.validation.known.conftest import Found


def test_an_identifier_without_a_system_may_have_any_value(found: Found) -> None:
    assert found("Identifier", {"value": "a b"}) == found("Identifier", {"system": 5}) == []


def test_only_the_system_of_uris_asks_something_of_the_value(found: Found) -> None:
    assert found("Identifier", {"system": "http://example.org", "value": "1"}) == []
    assert found("Identifier", {"system": "urn:ietf:rfc:3986"}) == []
    assert found("Identifier", {"system": "urn:ietf:rfc:3986", "value": "1"}) == [("identifier-value", ".value")]


def test_labels_are_told_apart_by_system_and_code(found: Found) -> None:
    labels = [{"system": "http://example.org/a", "code": "R"}, {"system": "http://example.org/b", "code": "R"}]
    assert found("Meta", {"security": labels}) == []
    assert found("Meta", {"security": [*labels, labels[0]]}) == [("meta-security", ".security[2]")]
