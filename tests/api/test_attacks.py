"""The attacks of the tables in tests/api/attacks: the answer to each, nothing stored, no fault of the server's own."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from adapter.store.schema import metadata
from tests.api.attacks import GOOD, JSON, PATH, Attack, changed, of_fhir, of_http, of_json, of_unblinding, of_xml
from tests.api.trial import FHIR, INJECTION, refused, told

TABLES = [table for table in metadata.sorted_tables if not table.name.startswith("quarantine")]
FIRST = [*of_json.ATTACKS, *of_xml.ATTACKS, *of_fhir.ATTACKS, *of_http.ATTACKS]


def rows(app: Flask) -> dict[str, int]:
    """How many rows each table holds, but for what awaits a decision."""
    with app.extensions["crfhir"].store.engines.reading() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in TABLES
        }


def answered(client: FlaskClient, attack: Attack) -> None:
    sent = client.open(attack.path, method=attack.method, data=attack.body, headers=attack.headers)
    assert sent.status_code in attack.status, (sent.status_code, sent.data[:500])
    assert sent.content_type.startswith(JSON)
    found = [issue["code"] for issue in told(sent)["issue"] if issue["severity"] in ("error", "fatal")]
    assert set(found) & set(attack.codes), sent.data[:500]


@pytest.mark.parametrize("attack", FIRST, ids=str)
def test_an_attack_is_refused_and_leaves_nothing(app: Flask, client: FlaskClient, attack: Attack) -> None:
    before = rows(app)
    answered(client, attack)
    assert rows(app) == before


@pytest.mark.parametrize("attack", of_unblinding.ATTACKS, ids=str)
def test_what_is_hidden_cannot_be_asked_for(app: Flask, client: FlaskClient, attack: Attack) -> None:
    client.post("/crf/injection", json=INJECTION | {"kit": "K-1"})
    before = rows(app)
    answered(client, attack)
    assert rows(app) == before


@pytest.mark.parametrize("path", of_http.FOUND_NOTHING)
def test_a_value_that_means_something_elsewhere_finds_nothing(client: FlaskClient, path: str) -> None:
    client.post("/crf/injection", json=INJECTION)
    assert told(client.get(path))["total"] == 0


def test_the_injection_that_the_attacks_change_is_good(client: FlaskClient) -> None:
    assert client.put(PATH, json=GOOD, headers=FHIR).status_code == 201


@pytest.mark.parametrize("written", ["0.10", "1.000", "0.5"])
def test_decimals_keep_their_digits(client: FlaskClient, written: str) -> None:
    body = json.dumps(GOOD).replace('"value": 1,', f'"value": {written},')
    sent = client.put(PATH, data=body, headers=FHIR)
    assert f'"value":{written},'.encode() in client.get(PATH).data, sent.data
    assert told(client.get(PATH))["dosage"]["dose"]["value"] == Decimal(written)


@pytest.mark.parametrize(
    "written", ["2025-04", "2025-04-01", "2025-04-01T08:00:60+08:00", "2025-04-01T08:00:00.123456789+08:00"]
)
def test_a_date_is_kept_as_it_was_written_or_refused(client: FlaskClient, written: str) -> None:
    sent = client.put(PATH, data=changed(effectiveDateTime=written), headers=FHIR)
    if sent.status_code == 201:
        assert told(client.get(PATH))["effectiveDateTime"] == written
    else:
        assert sent.status_code == 422


def test_a_byte_order_mark_is_read_or_refused(client: FlaskClient) -> None:
    sent = client.put(PATH, data=b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), headers=FHIR)
    assert sent.status_code in (201, 400)


def test_a_count_beyond_measure_is_capped(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION)
    assert client.get("/fhir/MedicationAdministration?_count=1000000000").status_code == 200


def test_links_name_the_configured_base_whatever_the_host_says(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION)
    for path in ("/fhir/_history?_count=1", "/fhir/Patient?_count=1", "/fhir/metadata"):
        assert b"localhost:1234" not in client.get(path, headers={"Host": "localhost:1234"}).data


def test_fifty_that_must_be_new_are_one(client: FlaskClient) -> None:
    headers = FHIR | {"If-None-Exist": "identifier=01-001-c1d1"}
    answers = [client.post("/fhir/MedicationAdministration", json=GOOD, headers=headers) for _ in range(50)]
    assert sorted(each.status_code for each in answers) == [200] * 49 + [201]
    assert len({each.headers["ETag"] for each in answers}) == 1


def test_references_in_a_circle_are_resolved(client: FlaskClient) -> None:
    def one(number: int, other: int) -> dict[str, Any]:
        resource = GOOD | {
            "id": f"01-001-c1d{number}",
            "identifier": [{"system": GOOD["identifier"][0]["system"], "value": f"01-001-c1d{number}"}],
            "partOf": [{"reference": urn(other)}],
        }
        return {
            "fullUrl": urn(number),
            "resource": resource,
            "request": {"method": "POST", "url": "MedicationAdministration"},
        }

    def urn(number: int) -> str:
        return f"urn:uuid:c757873d-ec9a-4326-a141-55600000000{number}"

    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [one(1, 2), one(2, 1)]}
    sent = client.post("/fhir", json=bundle, headers=FHIR)
    assert sent.status_code == 200, sent.data


def test_the_same_key_with_another_content_is_a_conflict(client: FlaskClient) -> None:
    headers = FHIR | {"Idempotency-Key": "a key"}
    first, again = (client.put(PATH, json=GOOD, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.data == first.data
    refused(client.put(PATH, data=changed(dosage=None, status="completed"), headers=headers), 409, "conflict")
