from __future__ import annotations

from typing import Any

import pytest

from adapter.validation.questionnaire import check_response, find_questionnaire
from tests.validation.questionnaire.fakes import FakeDefinitions, FakeJudge, scope_of, shown

URL = "http://x.example/Questionnaire/q"
OLD = {"resourceType": "Questionnaire", "url": URL, "version": "1.0", "item": [{"linkId": "a", "type": "integer"}]}
NEW = {"resourceType": "Questionnaire", "url": URL, "version": "2.0", "item": [{"linkId": "a", "type": "string"}]}


def response_to(canonical: Any, **more: Any) -> dict[str, Any]:
    item = [{"linkId": "a", "answer": [{"valueInteger": 1}]}]
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": canonical,
        "status": "completed",
        "item": item,
    } | more


class OneEntry:
    """A Bundle that holds one resource, by its fullUrl."""

    def __init__(self, resource: dict[str, Any]) -> None:
        self.resource = resource

    def resolve(self, reference: str, base: str | None) -> dict[str, Any] | None:
        return self.resource if reference == URL else None


def test_the_version_asked_for_is_the_one_that_judges() -> None:
    response = response_to(f"{URL}|1.0")
    assert find_questionnaire(response, scope_of(response, OLD, NEW)) == (OLD, None)
    assert check_response(response, scope_of(response, OLD, NEW)) is None


def test_without_a_version_the_last_one_judges() -> None:
    response = response_to(URL)
    found = shown(check_response(response, scope_of(response, OLD, NEW)))
    assert found == ["error qr-type QuestionnaireResponse.item[0].answer[0].value"]


def test_a_contained_questionnaire_judges() -> None:
    response = response_to("#q", contained=[{**NEW, "id": "q"}])
    found = shown(check_response(response, scope_of(response)))
    assert found == ["error qr-type QuestionnaireResponse.item[0].answer[0].value"]


@pytest.mark.parametrize(("code", "count"), [("x", 0), ("z", 1)])
def test_a_contained_questionnaire_names_what_is_contained_beside_it(code: str, count: int) -> None:
    asked = {"item": [{"linkId": "a", "type": "choice", "answerValueSet": "#v"}]}
    include = [{"system": "http://x.example/cs", "concept": [{"code": "x"}, {"code": "y"}]}]
    codes = {"resourceType": "ValueSet", "id": "v", "status": "draft", "compose": {"include": include}}
    item = [{"linkId": "a", "answer": [{"valueCoding": {"system": "http://x.example/cs", "code": code}}]}]
    contained = [{"resourceType": "Questionnaire", "id": "q", **asked}, codes]
    response = response_to("#q", contained=contained, item=item)
    assert len(check_response(response, scope_of(response)) or ()) == count


def test_two_responses_that_contain_questionnaires_of_one_name_are_judged_by_their_own() -> None:
    definitions = FakeDefinitions()
    one, other = (response_to("#q", contained=[{**each, "id": "q"}]) for each in (NEW, OLD))
    for response, count in ((one, 1), (other, 0), (one, 1)):
        scope = scope_of(response)
        scope.judge = FakeJudge(definitions)
        assert len(check_response(response, scope) or ()) == count


def test_a_questionnaire_in_the_same_bundle_judges() -> None:
    response = response_to(URL)
    scope = scope_of(response)
    scope.bundle = OneEntry(OLD)
    assert check_response(response, scope) is None
    scope.bundle = OneEntry(NEW)
    assert len(check_response(response, scope) or ()) == 1


def test_a_bundles_questionnaire_of_another_version_does_not_judge() -> None:
    response = response_to(f"{URL}|1.0")
    scope = scope_of(response)
    scope.bundle = OneEntry(NEW)
    assert shown(check_response(response, scope)) == [
        "information qr-questionnaire QuestionnaireResponse.questionnaire"
    ]


@pytest.mark.parametrize(
    ("canonical", "expected"),
    [
        (None, "information qr-questionnaire QuestionnaireResponse"),
        (7, "information qr-questionnaire QuestionnaireResponse"),
        ("http://y.example/q", "information qr-questionnaire QuestionnaireResponse.questionnaire"),
        ("#nothing", "warning qr-questionnaire QuestionnaireResponse.questionnaire"),
        (f"{URL}|9", "warning qr-version QuestionnaireResponse.questionnaire"),
    ],
)
def test_a_questionnaire_that_is_not_at_hand_is_told(canonical: Any, expected: str) -> None:
    response = response_to(canonical)
    assert shown(check_response(response, scope_of(response, OLD))) == [expected]


def test_the_versions_that_are_known_are_named() -> None:
    response = response_to(f"{URL}|9")
    found = check_response(response, scope_of(response, OLD, NEW)) or []
    assert "(1.0, 2.0)" in found[0].text


def test_a_packaged_questionnaire_is_asked_for_once() -> None:
    response = response_to(f"{URL}|1.0")
    scope = scope_of(response, OLD)
    check_response(response, scope)
    asked = scope.judge.definitions.asked
    assert check_response(response, scope) is None
    assert scope.judge.definitions.asked == asked
