from __future__ import annotations

from flask.testing import FlaskClient

from adapter.fhir import json
from tests.api.attacks import GOOD, PATH
from tests.api.trial import FHIR, diary, told


def test_what_holds_derived_items_alone_is_answered_as_what_stands_for_it(client: FlaskClient) -> None:
    """A score follows from the diary: sent back, it changes nothing, and its own version is the answer."""
    client.post("/crf/diary", json=diary("2025-04-01"))
    path = "/fhir/Observation/01-001-2025-04-01-uas"
    served = client.get(path)
    sent = client.put(path, data=served.data, headers=FHIR)
    assert (sent.status_code, sent.headers["ETag"]) == (200, 'W/"1"')
    assert sent.data == served.data
    entry = {"resource": json.parse(served.data), "request": {"method": "PUT", "url": path[6:]}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    done = told(client.post("/fhir", data=json.encode(bundle), headers=FHIR))
    assert done["entry"][0]["response"]["location"].endswith(f"{path}/_history/1")


def test_a_new_resource_is_told_once_and_a_repeat_is_none(client: FlaskClient) -> None:
    first, again = (client.put(PATH, json=GOOD, headers=FHIR) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert "Location" in first.headers
    assert "Location" not in again.headers
    assert first.data == again.data


def test_whatever_is_preferred_the_version_that_stands_is_named(client: FlaskClient) -> None:
    for wish in ("return=minimal", "return=representation", "return=OperationOutcome"):
        sent = client.put(PATH, json=GOOD, headers=FHIR | {"Prefer": wish})
        assert sent.headers["Content-Location"].endswith(f"{PATH}/_history/1")


def test_what_is_told_of_a_push_is_what_was_preferred(client: FlaskClient) -> None:
    answers = {
        wish: client.put(PATH, json=GOOD, headers=FHIR | {"Prefer": wish})
        for wish in ("return=minimal", "return=representation", "return=OperationOutcome")
    }
    kinds = {wish: json.parse(sent.data)["resourceType"] if sent.data else None for wish, sent in answers.items()}
    assert list(kinds.values()) == [None, "MedicationAdministration", "OperationOutcome"]
    assert {sent.headers["ETag"] for sent in answers.values()} == {'W/"1"'}
