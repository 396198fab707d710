from __future__ import annotations

from typing import Any

from adapter.validation.questionnaire.option import KEPT, alone, among, of_value_set, options_of
from adapter.validation.questionnaire.walk import HINTS, Walk
from tests.validation.questionnaire.fakes import FakeDefinitions, scope_of

SYSTEM = "http://x.example/codes"
ITEM: dict[str, Any] = {
    "answerOption": [
        {"valueCoding": {"system": SYSTEM, "code": "apple", "display": "An apple"}},
        {"valueCoding": {"system": SYSTEM, "code": "banana"}},
        {"valueInteger": 0},
    ]
}
GENDER = "http://hl7.org/fhir/ValueSet/administrative-gender"


def text_of(code: str, system: str = SYSTEM) -> str:
    check = among(options_of(ITEM), "Coding")
    found = check({"system": system, "code": code}, Walk({}, scope_of({})))
    return "" if found is None else found[0].text


def test_the_nearest_option_and_all_of_them_are_named() -> None:
    expected = "'aple' is none of the options. Did you mean 'apple'? Allowed: apple (An apple), banana."
    assert text_of("aple") == expected


def test_the_right_code_of_a_wrong_system_is_told_as_that() -> None:
    assert f"It is one of the system {SYSTEM}, not of http://y.example." in text_of("apple", "http://y.example")


def test_nought_is_an_option_and_false_is_not_nought() -> None:
    check = among(options_of(ITEM), "integer")
    assert check(0, Walk({}, scope_of({}))) is None
    assert check(False, Walk({}, scope_of({}))) is not None


def test_suggestions_end_where_they_would_take_too_long() -> None:
    check = among(options_of(ITEM), "Coding")
    walk = Walk({}, scope_of({}))
    texts = [(check({"system": SYSTEM, "code": "aple"}, walk) or [])[0].text for _ in range(HINTS + 1)]
    assert ["Did you mean" in each for each in texts] == [True] * HINTS + [False]


def test_an_exclusive_option_is_known_whatever_its_type() -> None:
    excluding = {"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive", "valueBoolean": True}
    is_alone = alone({"answerOption": [{"valueString": "none", "extension": [excluding]}, {"valueString": "x"}]})
    assert is_alone is not None
    assert [is_alone({"valueString": each}) for each in ("none", "x")] == [True, False]
    assert not is_alone({})
    assert alone(ITEM) is None


def test_a_value_set_is_asked_once_for_each_code_and_not_for_ever() -> None:
    terminology = FakeDefinitions().terminology
    asked = []
    member = terminology.member
    terminology.member = lambda *given: asked.append(given) or member(*given)  # type: ignore[method-assign, func-returns-value]
    check = of_value_set(GENDER, terminology)
    walk = Walk({}, scope_of({}))
    right = {"system": "http://hl7.org/fhir/administrative-gender", "code": "male"}
    assert check(right, walk) is None
    assert check(right, walk) is None
    assert len(asked) == 1
    for number in range(KEPT + 5):
        check({"system": "s", "code": str(number)}, walk)
    assert len(asked) == KEPT + 6
    check({"system": "s", "code": str(KEPT + 4)}, walk)
    assert len(asked) == KEPT + 6
    check(right, walk)  # forgotten with the others when there were too many
    assert len(asked) == KEPT + 7


def test_a_code_outside_a_value_set_is_shown_the_nearest_inside() -> None:
    check = of_value_set(GENDER, FakeDefinitions().terminology)
    found = check({"system": "http://hl7.org/fhir/administrative-gender", "code": "femal"}, Walk({}, scope_of({})))
    assert found is not None
    assert "Did you mean 'female'?" in found[0].text
    assert "Allowed: female, male, other, unknown." in found[0].text
