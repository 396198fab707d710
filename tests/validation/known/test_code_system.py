from __future__ import annotations

from tests.validation.known.conftest import Found

NESTED = [{"code": "a", "concept": [{"code": "b"}]}]


def test_nested_concepts_count(found: Found) -> None:
    assert found("CodeSystem", {"content": "complete", "concept": NESTED, "count": 2}) == []
    assert found("CodeSystem", {"content": "complete", "concept": NESTED, "count": 1}) == [
        ("code-system-count", ".count")
    ]


def test_a_part_of_a_code_system_may_count_the_whole(found: Found) -> None:
    assert found("CodeSystem", {"content": "fragment", "concept": NESTED, "count": 9}) == []


def test_what_is_not_present_has_no_concept_and_may_have_a_count(found: Found) -> None:
    assert found("CodeSystem", {"content": "not-present", "count": 9}) == []
    assert found("CodeSystem", {"content": "not-present", "concept": NESTED}) == [
        ("code-system-content", ".concept[0]")
    ]


def test_a_supplement_names_what_it_supplements(found: Found) -> None:
    named = {"supplements": "http://example.org/a"}
    assert found("CodeSystem", {"content": "supplement", **named}) == []
    assert found("CodeSystem", {"content": "supplement"}) == [("code-system-supplement", ".content")]
    assert found("CodeSystem", {"content": "complete", **named}) == [("code-system-supplement", ".content")]
