from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from adapter.mapping.form_view import templates
from adapter.publish.questionnaire import questionnaires
from tests.studies import FOLDERS, study

every_study = pytest.mark.parametrize("name", FOLDERS)
MADE = {one["id"]: one for one in questionnaires(study("il2_csu").definition)}


def link_ids(items: list[dict[str, Any]]) -> Iterator[str]:
    for item in items:
        yield item["linkId"]
        yield from link_ids(item.get("item", []))


def asked(form: str, link_id: str) -> dict[str, Any]:
    return next(item for item in MADE[form]["item"] if item["linkId"] == link_id)


def extensions(item: dict[str, Any]) -> dict[str, Any]:
    found = ((one["url"].rpartition("/")[2], one) for one in item.get("extension", []))
    return {name: next(value for key, value in one.items() if key != "url") for name, one in found}


@every_study
def test_each_response_of_the_form_view_has_a_questionnaire_with_its_items_in_order(name: str) -> None:
    definition = study(name).definition
    by_url = {f"{one['url']}|{one['version']}": one for one in questionnaires(definition)}
    responses = [response for form in definition.forms.values() for response, _ in templates(definition, form)]
    for response in responses:
        made = by_url.pop(response["questionnaire"][0])
        assert list(link_ids(made["item"])) == list(link_ids(response["item"]))
    assert by_url == {}


@every_study
def test_every_question_that_enables_another_is_asked_before_it(name: str) -> None:
    for made in questionnaires(study(name).definition):
        order = list(link_ids(made["item"]))
        for item in made["item"]:
            for condition in item.get("enableWhen", []):
                assert order.index(condition["question"]) < order.index(item["linkId"])


def test_no_questionnaire_uses_exists_which_other_validators_refuse() -> None:
    conditions = [each for made in MADE.values() for item in made["item"] for each in item.get("enableWhen", [])]
    assert conditions
    assert {each["operator"] for each in conditions} == {"="}


def test_a_range_and_what_is_required_or_computed_is_said() -> None:
    assert extensions(asked("diary", "wheals")) == {"minValue": 0, "maxValue": 3}
    assert asked("diary", "date")["required"]
    assert asked("diary", "uas")["readOnly"]
    assert "required" not in asked("diary", "wheals")


def test_a_measure_is_a_quantity_in_its_unit_up_to_its_upper_end() -> None:
    volume = asked("injection", "volume")
    found = extensions(volume)
    assert volume["type"] == "quantity"
    assert found["questionnaire-unitOption"]["code"] == "mL"
    assert found["sdc-questionnaire-maxQuantity"]["value"] == 5
    assert "sdc-questionnaire-minQuantity" not in found


def test_a_codelist_is_a_choice_from_its_value_set() -> None:
    outcome = asked("injection", "outcome")
    assert (outcome["type"], outcome["answerValueSet"].rpartition("/")[2]) == ("choice", "injection-outcome")


def test_an_item_of_a_strict_check_is_asked_where_one_of_its_conditions_holds() -> None:
    volume = asked("injection", "volume")
    assert {(each["question"], each["operator"]) for each in volume["enableWhen"]} == {("outcome", "=")}
    assert [each["answerCoding"]["code"] for each in volume["enableWhen"]] == ["given", "partly-given"]
    assert volume["enableBehavior"] == "any"


def test_an_item_that_may_stand_where_its_condition_is_missing_for_a_reason_is_always_asked() -> None:
    check = next(each for each in study("il2_csu").definition.forms["adverse_event"].checks if each.rule == "only_with")
    assert check.items == ("criteria",)
    assert "enableWhen" not in asked("adverse-event", "criteria")


def test_an_item_does_not_hang_on_one_that_is_asked_later() -> None:
    (made,) = (one for one in questionnaires(study("knee").definition) if one["id"] == "diagnosis")
    assert [each for each in made["item"] if "enableWhen" in each] == []


def test_an_item_is_not_made_to_hang_on_a_question_of_another_questionnaire() -> None:
    assert all("enableWhen" not in item for item in MADE["visit-restricted"]["item"])


def test_every_question_is_asked_in_both_languages() -> None:
    for made in MADE.values():
        assert all("_text" in item for item in made["item"])


def test_a_group_repeats_with_its_members_inside() -> None:
    group = asked("subject", "antihistamines")
    assert (group["type"], group["repeats"]) == ("group", True)
    assert [item["linkId"] for item in group["item"]] == ["antihistamines.drug", "antihistamines.tablets"]


def test_a_form_without_a_subject_says_nothing_of_patients() -> None:
    assert "subjectType" not in MADE["study"]
    assert MADE["diary"]["subjectType"] == ["Patient"]
