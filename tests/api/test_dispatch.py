from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.attacks import GOOD, PATH
from tests.api.trial import FHIR, told

SITE_03 = {"Authorization": "Basic " + b64encode(b"03/epic:").decode()}


def sent(client: FlaskClient, entry: dict[str, Any], **headers: str) -> dict[str, Any]:
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [entry]}
    (found,) = told(client.post("/fhir", json=bundle, headers=FHIR | headers))["entry"]
    return dict(found)


PUT = {"resource": GOOD, "request": {"method": "PUT", "url": PATH[6:]}}


def test_an_entry_is_sent_by_who_sends_the_bundle(client: FlaskClient) -> None:
    assert sent(client, PUT, **SITE_03)["response"]["status"] == "404 Not Found"
    assert sent(client, PUT)["response"]["status"] == "201 Created"


@pytest.mark.parametrize(("wish", "kind"), [("minimal", None), ("representation", "MedicationAdministration")])
def test_an_entry_prefers_what_the_bundle_does(client: FlaskClient, wish: str, kind: str | None) -> None:
    found = sent(client, PUT, Prefer=f"return={wish}")
    assert found.get("resource", {}).get("resourceType") == kind
    assert found["response"]["location"].endswith(f"{PATH}/_history/1")
    assert found["response"]["etag"] == 'W/"1"'


def test_a_search_of_an_entry_keeps_what_its_address_says(client: FlaskClient) -> None:
    sent(client, PUT)
    system = GOOD["identifier"][0]["system"]
    for value in (f"{system}|01-001-c1d1", f"{system}%7C01-001-c1d1"):
        url = f"MedicationAdministration?identifier={value}&subject:Patient=01-001&_summary=count&_total=accurate"
        assert sent(client, {"request": {"method": "GET", "url": url}})["resource"]["total"] == 1
