from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import adapter.validation.questionnaire as package
from adapter.validation.questionnaire import compile_questionnaire
from tests.validation.questionnaire.fakes import scope_of, shown
from tests.validation.questionnaire.table import CASES, KEYS, questionnaire_of, refuses, response_of

TOLD_ELSEWHERE = {"qr-questionnaire", "qr-version", "qr-too-costly"}
"""Rules about finding the Questionnaire (test_find.py), and about what would fill the table."""


def found_in(questionnaire: Any, response: Any) -> Any:
    scope = scope_of(response, questionnaire)
    return compile_questionnaire(questionnaire, scope.judge.definitions)(response, scope)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_case_of_the_table_finds_what_it_says(case: dict[str, Any]) -> None:
    assert shown(found_in(questionnaire_of(case), response_of(case))) == case["found"]


def test_the_table_has_no_unknown_key_and_no_name_twice() -> None:
    assert [case["name"] for case in CASES if set(case) - KEYS] == []
    assert len({case["name"] for case in CASES}) == len(CASES)


def test_where_hl7s_validator_differs_the_table_says_why_and_only_there() -> None:
    differing = {case["name"] for case in CASES if (case["hl7"] == "refuses") != refuses(case["found"])}
    assert differing == {case["name"] for case in CASES if "because" in case}


def test_every_rule_is_broken_in_some_case_and_kept_in_another() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(package.__file__).parent.glob("*.py"))
    rules = set(re.findall(r'"(qr-[a-z-]+)"', source)) - TOLD_ELSEWHERE
    broken = {each.split()[1] for case in CASES for each in case["found"]}
    assert rules == broken
    assert any(case["found"] == [] for case in CASES)


def test_what_is_found_says_what_was_expected() -> None:
    texts = [each.text for case in CASES for each in found_in(questionnaire_of(case), response_of(case)) or ()]
    assert [text for text in texts if len(text) < 30 or not text.endswith((".", "?"))] == []


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.text(max_size=3),
    st.sampled_from([[], {}, [[]], [{}], {"x": []}, [None], [1], "a", "b", "item", "text/fhirpath"]),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a JSON value below its top."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [deep for key, each in entries for deep in [(*path, key), *places(each, (*path, key))]]


def changed(value: Any, path: tuple[Any, ...], content: Any) -> Any:
    made = copy.deepcopy(value)
    holder = made
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = content
    return made


@given(st.data())
def test_no_questionnaire_and_no_response_however_broken_raises(draws: st.DataObject) -> None:
    case = draws.draw(st.sampled_from(CASES))
    made = [questionnaire_of(case), response_of(case)]
    for _ in range(draws.draw(st.integers(1, 3))):
        which = draws.draw(st.integers(0, 1))
        path = draws.draw(st.sampled_from(places(made[which])))
        made[which] = changed(made[which], path, draws.draw(JUNK))
    for each in found_in(*made) or ():
        assert each.severity in ("error", "warning", "information")
        assert re.fullmatch(r"(\.[a-z]+(\[[0-9]+\])?)*", each.path, re.IGNORECASE)


def test_what_is_no_object_is_left_to_others() -> None:
    questionnaire = questionnaire_of(CASES[0])
    assert compile_questionnaire(questionnaire, scope_of({}).judge.definitions)([], scope_of({})) is None


def test_of_two_items_with_one_link_id_the_first_counts() -> None:
    items = [{"linkId": "a", "type": "integer"}, {"linkId": "a", "type": "string"}]
    response = {"status": "completed", "item": [{"linkId": "a", "answer": [{"valueInteger": 1}]}]}
    assert found_in({"item": items}, response) is None


def test_conditions_over_too_many_answers_are_given_up_and_told() -> None:
    conditions = [{"question": "a", "operator": "=", "answerInteger": -n} for n in range(1, 2_101)]
    asked = [{"linkId": f"b{n}", "type": "integer", "enableWhen": [each]} for n, each in enumerate(conditions)]
    questionnaire = {"item": [{"linkId": "a", "type": "integer", "repeats": True}, *asked]}
    answers = [{"valueInteger": n} for n in range(1_000)]
    items = [{"linkId": f"b{n}", "answer": [{"valueInteger": 1}]} for n in range(2_100)]
    response = {"status": "completed", "item": [{"linkId": "a", "answer": answers}, *items]}
    found = shown(found_in(questionnaire, response))
    assert found[-1] == "information qr-too-costly QuestionnaireResponse"
    assert found[0] == "error qr-disabled QuestionnaireResponse.item[1]"
