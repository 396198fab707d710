from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from adapter.api.several import MOST
from tests.api.trial import FHIR, refused


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/crf/diary", [{}] * (MOST + 1)),
        ("/crf/diary/$convert", [{}] * (MOST + 1)),
        ("/fhir/$convert", {"form": "diary", "records": [{}] * (MOST + 1)}),
        ("/fhir/$convert", {"resourceType": "Bundle", "entry": [{}] * (MOST + 1)}),
        ("/fhir", {"resourceType": "Bundle", "type": "transaction", "entry": [{}] * (MOST + 1)}),
    ],
)
def test_more_than_one_request_may_hold_is_refused_before_it_is_looked_at(
    client: FlaskClient, path: str, value: object
) -> None:
    sent = client.post(path, data=json.dumps(value), headers=FHIR)
    assert "in parts" in refused(sent, 413, "too-costly")


def test_unknown_items_by_the_thousand_are_counted_not_listed(client: FlaskClient) -> None:
    told = refused(client.post("/crf/diary", json={f"x{number}": 1 for number in range(1000)}), 422, "structure")
    assert "980 more unknown items" in told
    assert told.count("unknown item '") == 20
