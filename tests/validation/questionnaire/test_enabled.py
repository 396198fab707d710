from __future__ import annotations

from typing import Any

import pytest

from adapter.validation.questionnaire.enabled import condition_of
from adapter.validation.questionnaire.walk import Walk
from tests.validation.questionnaire.fakes import scope_of

PATHS = {"a": ("a",), "b": ("b",)}


def told(conditions: list[Any], answers: Any, behavior: str | None = None) -> bool | None:
    item = {"enableWhen": conditions} | ({} if behavior is None else {"enableBehavior": behavior})
    condition, _ = condition_of(item, ("b",), PATHS)
    walk = Walk({}, scope_of({}))
    walk.frames.append({} if answers is None else {"a": [{"linkId": "a", "answer": answers}]})
    return True if condition is None else condition(walk)


def when(operator: Any, question: Any = "a", **answer: Any) -> dict[str, Any]:
    return {"question": question, "operator": operator, **answer}


@pytest.mark.parametrize(
    "broken",
    [
        when("=", answerInteger=None) | {"answerInteger": None},
        when("~", answerInteger=1),
        when(None, answerInteger=1),
        when("="),
        when("exists", answerInteger=1),
    ],
)
def test_a_broken_condition_enables_nothing_and_is_never_an_error(broken: dict[str, Any]) -> None:
    assert not told([broken], [{"valueInteger": 1}])


def test_several_conditions_without_a_behavior_hold_nothing_against_the_response() -> None:
    conditions = [when("=", answerInteger=1), when("=", answerInteger=2)]
    assert told(conditions, [{"valueInteger": 3}]) is True
    assert told(conditions, [{"valueInteger": 3}], "any") is False


def test_an_answer_of_another_type_is_not_the_one_asked_for() -> None:
    assert told([when("!=", answerString="x")], [{"valueInteger": 1}]) is False
    assert told([when("=", answerDate="2025-01-01")], [{"valueDateTime": "2025-01-01"}]) is True


def test_false_and_nought_are_answers() -> None:
    assert told([when("exists", answerBoolean=True)], [{"valueBoolean": False}]) is True
    assert told([when("=", answerInteger=0)], [{"valueInteger": 0}]) is True
    assert told([when("=", answerBoolean=False)], [{"valueBoolean": False}]) is True
    assert told([when("=", answerBoolean=False)], [{"valueInteger": 0}]) is False


def test_an_answer_that_is_absent_for_a_reason_exists_and_is_equal_to_nothing() -> None:
    absent = {"_valueInteger": {"extension": [{"url": "http://x.example", "valueCode": "unknown"}]}}
    assert told([when("exists", answerBoolean=True)], [absent]) is True
    assert told([when("!=", answerInteger=1)], [absent]) is True
    assert [told([when(each, answerInteger=1)], [absent]) for each in ("=", "<", ">=")] == [False] * 3


def test_no_answer_does_not_exist() -> None:
    assert told([when("exists", answerBoolean=False)], None) is True
    assert told([when("exists", answerBoolean=True)], []) is False
    assert told([when("!=", answerInteger=1)], [{"extension": []}]) is False
