from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from adapter.api.several import MOST
from tests.api.trial import FHIR, refused


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ([], 400, "structure"),
        ({"resourceType": "Patient"}, 400, "structure"),
        ({"resourceType": "Bundle"}, 422, "not-supported"),
        ({"resourceType": "Bundle", "type": ["batch"]}, 422, "not-supported"),
        ({"resourceType": "Bundle", "type": "searchset"}, 422, "not-supported"),
        ({"resourceType": "Bundle", "type": "batch", "entry": {}}, 400, "structure"),
        ({"resourceType": "Bundle", "type": "batch", "entry": [None] * (MOST + 1)}, 413, "too-costly"),
        ({"resourceType": "Bundle", "type": "transaction", "entry": [{"fullUrl": 1}]}, 400, "value"),
    ],
)
def test_what_is_no_bundle_to_carry_out_is_refused(client: FlaskClient, body: Any, status: int, code: str) -> None:
    refused(client.post("/fhir", json=body, headers=FHIR), status, code)
