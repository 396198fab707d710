"""Why an answer is missing, in the form view: the answer says so itself, and has no value."""

from __future__ import annotations

from typing import Any

import pytest

from adapter.crf.record import Absent
from adapter.mapping.presence import DATA_ABSENT
from tests.studies import study

IL2 = study("il2_csu")
REASON = {"url": DATA_ABSENT, "valueCode": "asked-declined"}
RECORD = {"subject": "01-001", "visit": "W4", "attendance": "attended"}
SAID = {"absent": "asked-declined"}


def written(item: str) -> dict[str, Any]:
    (response,) = IL2.to_fhir("visit", {**RECORD, item: SAID}, "form")
    return response


def answers(response: dict[str, Any], item: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = next(one["answer"] for one in response["item"] if one["linkId"] == item)
    return found


@pytest.mark.parametrize("item", ["date", "attendance", "systolic", "uct_1"])
def test_a_reason_stands_on_the_answer_whatever_the_type_of_its_value(item: str) -> None:
    assert answers(written(item), item) == [{"extension": [REASON]}]


@pytest.mark.parametrize(
    ("item", "answer"),
    [
        ("uct_1", {"extension": [REASON]}),
        ("uct_1", {"_valueInteger": {"extension": [REASON]}}),
        ("systolic", {"valueQuantity": {"extension": [REASON]}}),
        ("attendance", {"valueCoding": {"extension": [REASON]}}),
    ],
)
def test_a_reason_is_read_on_the_answer_and_on_its_value(item: str, answer: dict[str, Any]) -> None:
    response = written(item)
    answers(response, item)[:] = [answer]
    result = IL2.to_crf([response])
    assert (result.residue, result.issues) == ([], [])
    assert result.records[0][1][item] == Absent("asked-declined")


def test_an_extension_beside_the_reason_is_residue_at_its_place() -> None:
    response = written("uct_1")
    answers(response, "uct_1")[0]["extension"].append({"url": "urn:other", "valueString": "x"})
    found = [one.expression for one in IL2.to_crf([response]).residue]
    place = next(at for at, one in enumerate(response["item"]) if one["linkId"] == "uct_1")
    at = f"QuestionnaireResponse.item[{place}].answer[0].extension[1]"
    assert found == [f"{at}.url", f"{at}.value"]


def test_an_answer_with_an_extension_and_a_value_is_that_value() -> None:
    response = written("uct_1")
    answers(response, "uct_1")[:] = [{"extension": [{"url": "urn:other", "valueString": "x"}], "valueInteger": 3}]
    result = IL2.to_crf([response])
    assert result.records[0][1]["uct_1"] == 3
    assert result.residue
