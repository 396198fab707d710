from __future__ import annotations

from adapter.validation.questionnaire.pattern import Pattern
from adapter.validation.questionnaire.walk import Walk
from tests.validation.questionnaire.fakes import scope_of


def test_an_answer_matches_as_a_whole() -> None:
    walk = Walk({}, scope_of({}))
    assert Pattern("[A-Z]{2}").matches("AB", walk) is True
    assert Pattern("[A-Z]{2}").matches("ABC", walk) is False


def test_what_is_no_expression_says_why() -> None:
    pattern = Pattern("(")
    assert pattern.matches("a", Walk({}, scope_of({}))) is None
    assert "too early" in pattern.fault or "missing" in pattern.fault


def test_what_would_take_too_long_is_not_told() -> None:
    walk = Walk({}, scope_of({}))
    pattern = Pattern("(.?.?.?){100}b")
    assert pattern.matches("ab", walk) is True
    assert pattern.matches("x" * 1_000_000, walk) is None
    assert pattern.matches("ab", walk) is None
    assert Pattern("a").matches("a", walk) is None
    assert Pattern("a").matches("a", Walk({}, scope_of({}))) is True
