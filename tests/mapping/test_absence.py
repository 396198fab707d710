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


UNKNOWN_OUTCOME = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/adverse-event-outcome", "code": "unknown"}]
}
EVENT = {"subject": "01-001", "sequence": 1, "serious": True}
INJECTION = {"subject": "01-001", "cycle": 1, "day": 1}


def clinical(form: str, record: dict[str, Any]) -> dict[str, Any]:
    first: dict[str, Any] = IL2.to_fhir(form, record, "clinical")[0]
    return first


def back(resource: dict[str, Any]) -> dict[str, Any]:
    result = IL2.to_crf([resource])
    assert (result.residue, result.issues) == ([], [])
    return dict(result.records[0][1])


def test_where_r4_requires_a_code_unknown_stands_beside_the_reason() -> None:
    record = INJECTION | {"outcome": Absent("asked-unknown")}
    written = clinical("injection", record)
    assert (written["status"], written["_status"]) == (
        "unknown",
        {"extension": [{"url": DATA_ABSENT, "valueCode": "asked-unknown"}]},
    )
    assert back(written) == record


def test_the_row_of_silence_stands_beside_the_reason() -> None:
    record = {"subject": "01-001", "site": "01", "status": "screening", "sex": Absent("asked-declined")}
    written = clinical("subject", record)
    assert (written["gender"], written["_gender"]) == ("unknown", {"extension": [REASON]})
    assert back(written)["sex"] == record["sex"]


def test_a_reason_and_the_answer_unknown_are_told_apart() -> None:
    reason, answer = EVENT | {"outcome": Absent("asked-declined")}, EVENT | {"outcome": "unknown"}
    written = clinical("adverse_event", reason)
    assert written["outcome"] == {"extension": [REASON], **UNKNOWN_OUTCOME}
    assert back(written) == reason
    assert clinical("adverse_event", answer)["outcome"] == UNKNOWN_OUTCOME
    assert back(clinical("adverse_event", answer)) == answer


def test_a_code_beside_a_reason_that_is_not_unknown_is_residue() -> None:
    written = clinical("adverse_event", EVENT | {"outcome": Absent("asked-declined")})
    written["outcome"]["coding"] = [UNKNOWN_OUTCOME["coding"][0] | {"code": "fatal"}]
    assert [one.expression for one in IL2.to_crf([written]).residue] != []


def test_where_r4_requires_a_code_and_has_no_unknown_the_reason_stands_in_the_form_view_alone() -> None:
    record = EVENT | {"severity": Absent("asked-declined")}
    assert "severity" not in clinical("adverse_event", record)
    (response,) = IL2.to_fhir("adverse_event", record, "form")
    assert back(response)["severity"] == record["severity"]


def test_a_status_with_another_extension_is_the_answer_that_it_says() -> None:
    written = clinical("medication", {"subject": "01-001", "sequence": 1, "ongoing": True})
    written["_status"] = {"extension": [{"url": "urn:other", "valueString": "x"}]}
    result = IL2.to_crf([written])
    assert result.records[0][1]["ongoing"] is True
    assert result.residue
