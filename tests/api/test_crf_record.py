from __future__ import annotations

import json

from flask.testing import FlaskClient

from tests.api.test_receipts import as_
from tests.api.trial import INJECTION, refused, told

PATH = "/crf/injection/01-001-c1d1"


def test_a_records_history_says_who_when_why_and_what(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION, headers=as_("01/epic"))
    why = {
        "resourceType": "Provenance",
        "recorded": "2026-01-01T00:00:00Z",
        "reason": [{"text": "typing error"}],
        "agent": [{"who": {"display": "x"}}],
    }
    headers = {**as_("01/epic"), "X-Provenance": json.dumps(why)}
    client.put(PATH, json=INJECTION | {"volume": 2}, headers=headers)
    client.put(PATH, json=INJECTION | {"volume": 1.5}, headers=as_("01/epic"))
    versions = told(client.get(f"{PATH}/_history"))["versions"]
    assert [(one["version"], one.get("reason"), one["record"]["volume"]) for one in versions] == [
        (3, "changed at source", told_volume("1.5")),
        (2, "typing error", 2),
        (1, None, 1),
    ]
    assert {one["sender"] for one in versions} == {"01/epic"}
    page = told(client.get(f"{PATH}/_history?_count=2"))
    rest = told(client.get(page["next"].replace("http://127.0.0.1:8000", "")))
    assert [one["version"] for one in rest["versions"]] == [1]


def told_volume(text: str) -> object:
    from decimal import Decimal

    return Decimal(text)


def test_a_history_has_no_trace_of_what_may_reveal_the_arm(client: FlaskClient) -> None:
    for kit in ("K-1", "K-2"):
        client.post("/crf/injection", json=INJECTION | {"kit": kit})
    found = client.get(f"{PATH}/_history")
    assert len(told(found)["versions"]) == 1
    assert b"K-" not in found.data


def test_a_record_is_put_at_its_key_and_over_the_version_that_is_named(client: FlaskClient) -> None:
    assert client.put(PATH, json=INJECTION).status_code == 201
    assert client.put(PATH, json=INJECTION | {"volume": 2}, headers={"If-Match": 'W/"1"'}).status_code == 200
    stale = client.put(PATH, json=INJECTION | {"volume": 3}, headers={"If-Match": 'W/"1"'})
    refused(stale, 412, "conflict")
    refused(client.put(PATH, json=INJECTION, headers={"If-None-Match": "*"}), 412, "conflict")
    refused(client.put(PATH, json=INJECTION | {"day": 2}), 400, "invalid")


def test_the_resources_of_a_record_are_those_that_may_be_seen(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION | {"kit": "K-1"})
    found = told(client.get(f"{PATH}/resources"))["resources"]
    assert [one["resource"] for one in found] == [
        "/fhir/MedicationAdministration/01-001-c1d1",
        "/fhir/QuestionnaireResponse/injection-01-001-c1d1",
    ]
    refused(client.get("/crf/injection/01-001-c1d2/resources"), 404, "not-found")


def test_each_item_says_whose_word_it_is(client: FlaskClient) -> None:
    client.post("/crf/injection", json=[INJECTION], headers=as_("01/epic"))
    client.post("/crf/injection", json=INJECTION | {"local_reaction": True}, headers=as_("01/edc"))
    items = told(client.get(f"{PATH}/provenance"))["items"]
    assert (items["volume"]["sender"], items["local_reaction"]["sender"]) == ("01/epic", "01/edc")
    assert len(items["volume"]["package"]) == 64
    assert "kit" not in items


def test_what_was_voided_is_gone_and_its_history_is_not(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION)
    assert client.delete("/fhir/MedicationAdministration/01-001-c1d1").status_code in (200, 204)
    refused(client.get(PATH), 410, "deleted")
    assert [one.get("voided") for one in told(client.get(f"{PATH}/_history"))["versions"]] == [True, None]


def test_residue_is_seen_by_nobody(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION)
    refused(client.get(f"{PATH}/residue"), 404, "not-found")
