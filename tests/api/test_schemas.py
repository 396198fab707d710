from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from flask.testing import FlaskClient

from adapter.api.schemas import schemas
from adapter.mapping.study import MappedStudy
from tests.api.trial import INJECTION, SUBJECT, diary


@pytest.fixture(scope="module")
def made(engine: MappedStudy) -> dict[str, Any]:
    return schemas(engine.definition)


def fits(made: dict[str, Any], form: str, record: dict[str, Any]) -> bool:
    schema = {"$ref": f"#/components/schemas/{form}", "components": {"schemas": made}}
    return bool(jsonschema.Draft7Validator(json.loads(json.dumps(schema))).is_valid(record))


def test_records_that_are_taken_fit_their_schema(made: dict[str, Any]) -> None:
    assert fits(made, "injection", INJECTION | {"kit": "K-1"})
    assert fits(made, "diary", diary("2025-04-01"))
    assert fits(made, "subject", SUBJECT)
    assert fits(made, "diary", diary("2025-04-01") | {"itch": {"absent": "asked-declined"}})


@pytest.mark.parametrize(
    "change",
    [
        {"wheals": 4},
        {"wheals": -1},
        {"wheals": "2"},
        {"wheels": 2},
        {"subject": "x"},
        {"subject": {"absent": "error"}},
        {"itch": {"absent": "because"}},
        {"date": "2025-4-1"},
    ],
)
def test_what_is_refused_for_its_shape_does_not_fit(
    made: dict[str, Any], client: FlaskClient, change: dict[str, Any]
) -> None:
    record = diary("2025-04-01") | change
    assert client.post("/crf/diary", json=record).status_code in (400, 422)
    if change != {"date": "2025-4-1"}:  # `format` only annotates
        assert not fits(made, "diary", record)


def test_what_may_reveal_the_arm_is_for_writing_alone(made: dict[str, Any]) -> None:
    assert made["injection"]["properties"]["kit"]["writeOnly"] is True
    assert "kit" not in made["injection"]["required"]
