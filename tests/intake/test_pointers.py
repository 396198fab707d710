"""Which bytes of a push told an item."""

from __future__ import annotations

from typing import Any

import pytest

from adapter.intake.pointers import Pointers, age_told
from adapter.pipeline import Pipeline
from adapter.store import record_history
from adapter.store.sight import BLIND
from tests.api.trial import INJECTION, diary
from tests.intake.pushes import EPIC, injection


def pointers(pipeline: Pipeline, form: str, values: dict[str, Any]) -> dict[str, str | None]:
    """Item -> where the last push of a record told it."""
    key = pipeline.desk.key(form, pipeline.desk.parser(form).parse_json(values)[0])
    with pipeline.store.engines.reading() as connection:
        last, pieces = max(record_history.pointers_of(connection, BLIND, form, key.text).items())
        came = record_history.arrivals_of(connection, [last])
    found = Pointers(pipeline.desk, key, pieces, came.get(last))
    return {item: found.of(item) for item in values}


def test_an_item_of_a_record_has_its_member(pipeline: Pipeline) -> None:
    pipeline.push_records(EPIC, "injection", [INJECTION])
    assert pointers(pipeline, "injection", INJECTION) == {item: f"/{item}" for item in INJECTION}


def test_an_item_of_one_of_several_records_has_its_place_too(pipeline: Pipeline) -> None:
    days = [diary(f"2025-04-0{day}") for day in (1, 2)]
    pipeline.push_records(EPIC, "diary", days)
    assert pointers(pipeline, "diary", days[1])["wheals"] == "/1/wheals"


def test_an_item_of_a_resource_has_its_element(pipeline: Pipeline) -> None:
    pipeline.push_resources(EPIC, [("", injection(pipeline))])
    found = pointers(pipeline, "injection", INJECTION)
    assert (found["volume"], found["time"]) == ("/dosage/dose", "/effectiveDateTime")
    assert found["body_site"] == "/dosage/site"


def test_an_item_of_an_entry_has_its_entry_whatever_the_order(pipeline: Pipeline) -> None:
    given = [injection(pipeline, day=day, time=f"2025-04-0{day}T08:00:00+08:00") for day in (2, 1)]
    pipeline.push_resources(EPIC, [(f"Bundle.entry[{n}].resource", one) for n, one in ((7, given[0]), (3, given[1]))])
    assert pointers(pipeline, "injection", INJECTION)["volume"] == "/entry/3/resource/dosage/dose"


def test_an_answer_of_a_response_has_its_place_where_no_item_may_reveal_the_arm(pipeline: Pipeline) -> None:
    one = diary("2025-04-01")
    resources = pipeline.desk.engine.to_fhir("diary", one, view="form")  # type: ignore[attr-defined]
    (response,) = (each for each in resources if each["resourceType"] == "QuestionnaireResponse")
    pipeline.push_resources(EPIC, [("", response)])
    position = [item["linkId"] for item in response["item"]].index("itch")
    assert (pointers(pipeline, "diary", one)["itch"] or "").startswith(f"/item/{position}/answer/0/value")


def test_positions_are_not_told_of_a_form_with_items_that_may_reveal_the_arm(pipeline: Pipeline) -> None:
    resources = pipeline.desk.engine.to_fhir("injection", INJECTION, view="form")  # type: ignore[attr-defined]
    (response,) = (each for each in resources if each["resourceType"] == "QuestionnaireResponse")
    pipeline.push_resources(EPIC, [("", response)])
    assert pointers(pipeline, "injection", INJECTION)["volume"] == "/item"


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (None, {}),
        ("#000000000000010", {"source_version": "10"}),
        ("2025-04-01T00:00:00.000Z", {"source_at": "2025-04-01T00:00:00.000Z"}),
    ],
)
def test_how_old_something_is_is_told_as_its_sender_said_it(source: str | None, told: dict[str, str]) -> None:
    assert age_told(source) == told
