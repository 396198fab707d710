from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from adapter.fhir.json import encode
from adapter.store.sight import Sight
from tests.api.test_receipts import as_
from tests.api.test_transaction import converted, transaction
from tests.api.trial import FHIR, INJECTION, INJECTION_PATH, diary, refused, told

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
    assert (items["volume"]["pointer"], items["local_reaction"]["pointer"]) == ("/volume", "/local_reaction")
    assert "kit" not in items


def test_an_items_age_is_told_as_its_sender_said_it(client: FlaskClient) -> None:
    (resource,) = converted(client, "injection", INJECTION, "clinical")
    sent = resource | {"meta": {"versionId": "1"}}
    client.put(f"/fhir/{INJECTION_PATH}", data=encode(sent), headers={**FHIR, **as_("01/epic")})
    volume = told(client.get(f"{PATH}/provenance"))["items"]["volume"]
    assert (volume["source_version"], volume["pointer"], "source_at" in volume) == ("1", "/dosage/dose", False)


def test_what_was_voided_is_gone_and_its_history_is_not(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION)
    assert client.delete("/fhir/MedicationAdministration/01-001-c1d1").status_code in (200, 204)
    refused(client.get(PATH), 410, "deleted")
    assert [one.get("voided") for one in told(client.get(f"{PATH}/_history"))["versions"]] == [True, None]


def test_the_issues_of_a_record_are_its_queries_that_are_not_closed(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION | {"volume": 2})
    (issue,) = told(client.get(f"{PATH}/issues"))["issue"]
    (query,) = told(client.get(f"{PATH}/queries"))["queries"]
    assert (issue["severity"], issue["code"]) == ("warning", "business-rule")
    assert [each["code"] for each in issue["details"]["coding"]] == ["injection.volume", "other-volume"]
    assert issue["diagnostics"] == f"{query['text']} {query['url']}"
    client.post("/crf/injection", json=INJECTION)
    assert told(client.get(f"{PATH}/issues"))["issue"][0]["severity"] == "information"
    refused(client.get("/crf/injection/nothing/issues"), 404, "not-found")
    assert client.get(f"{PATH}/issues?_format=xml").mimetype == "application/fhir+xml"


def test_residue_is_shown_to_those_alone_who_may_see_what_reveals_the_arm(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    (resource,) = converted(client, "injection", INJECTION, "clinical")
    (other,) = converted(client, "injection", INJECTION | {"day": 2, "time": "2025-04-02T08:00:00+08:00"}, "clinical")
    resource["note"], other["note"] = [{"text": "sore"}], [{"text": "not its own"}]
    client.post("/fhir", data=encode(transaction([other, resource])), headers=FHIR)
    client.put(f"/fhir/{INJECTION_PATH}", data=encode(resource | {"note": [{"text": "red"}]}), headers=FHIR)
    hidden = [client.get(f"/crf/injection/{key}/residue") for key in ("01-001-c1d1", "nothing")]
    refused(hidden[0], 403, "forbidden")
    assert hidden[0].data == hidden[1].data
    monkeypatch.setattr("adapter.api.crf_record.sight", lambda: Sight(restricted=True))
    shown = told(client.get(f"{PATH}/residue"))["residue"]
    assert [(one["expression"], one["value"]) for one in shown] == [
        ("Bundle.entry[1].resource.note[0].text", "sore"),
        ("MedicationAdministration.note[0].text", "red"),
    ]
    refused(client.get("/crf/injection/nothing/residue"), 404, "not-found")


def test_the_answer_to_a_push_of_one_record_names_its_address_and_version(client: FlaskClient) -> None:
    base = f"http://127.0.0.1:8000{PATH}"
    made = client.put(PATH, json=INJECTION)
    assert (made.status_code, made.headers["Location"], made.headers["ETag"]) == (201, base, 'W/"1"')
    for volume, version in ((1, 1), (2, 2)):
        sent = client.post("/crf/injection", json=INJECTION | {"volume": volume})
        assert (sent.status_code, sent.headers["Content-Location"]) == (200, base)
        assert (sent.headers["ETag"], sent.headers["ETag"]) == (f'W/"{version}"', client.get(PATH).headers["ETag"])
    client.delete(f"/fhir/{INJECTION_PATH}")
    again = client.put(PATH, json=INJECTION, headers={"If-None-Match": "*"})
    assert (again.status_code, again.headers["Location"], again.headers["ETag"]) == (201, base, 'W/"4"')
    several = client.post("/crf/diary", json=[diary("2025-04-01"), diary("2025-04-02")])
    assert "ETag" not in several.headers
