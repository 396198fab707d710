from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.trial import INJECTION, INJECTION_PATH, KIT_PATH, SUBJECT, diary, refused, told


@pytest.fixture(autouse=True)
def stored(client: FlaskClient) -> None:
    for volume in (1, 0, 1):
        client.post("/crf/injection", json=INJECTION | {"volume": volume})
    client.post("/crf/diary", json=[diary("2025-04-01"), diary("2025-04-02")])


def walked(client: FlaskClient, path: str) -> list[dict[str, Any]]:
    """The entries of every page, from the first."""
    found: list[dict[str, Any]] = []
    url: str | None = path
    while url is not None:
        page = told(client.get(url))
        found += page.get("entry", [])
        url = next((link["url"] for link in page["link"] if link["relation"] == "next"), None)
    return found


def test_the_versions_of_a_resource_come_newest_first(client: FlaskClient) -> None:
    found = told(client.get(f"/fhir/{INJECTION_PATH}/_history"))
    assert (found["type"], found["total"]) == ("history", 3)
    assert [entry["response"]["etag"] for entry in found["entry"]] == ['W/"3"', 'W/"2"', 'W/"1"']
    assert [entry["response"]["status"] for entry in found["entry"]] == ["200", "200", "201"]
    assert [entry["resource"]["dosage"]["dose"]["value"] for entry in found["entry"]] == [1, 0, 1]
    assert {entry["request"]["url"] for entry in found["entry"]} == {INJECTION_PATH}


@pytest.mark.parametrize("path", ["", "/MedicationAdministration", f"/{INJECTION_PATH}", "/QuestionnaireResponse"])
def test_pages_of_a_history_hold_each_version_once(client: FlaskClient, path: str) -> None:
    whole = walked(client, f"/fhir{path}/_history?_count=200")
    paged = walked(client, f"/fhir{path}/_history?_count=1")
    assert paged == whole
    places = [(entry["fullUrl"], entry["response"]["etag"]) for entry in whole]
    assert len(set(places)) == len(places) > 2
    times = [entry["response"]["lastModified"] for entry in whole]
    assert times == sorted(times, reverse=True)


def test_a_history_of_a_time_is_that_of_the_time(client: FlaskClient) -> None:
    newest = told(client.get(f"/fhir/{INJECTION_PATH}"))["meta"]["lastUpdated"]
    since = walked(client, f"/fhir/{INJECTION_PATH}/_history?_since={newest}")
    assert [entry["response"]["etag"] for entry in since] == ['W/"3"']
    first = told(client.get(f"/fhir/{INJECTION_PATH}/_history/1"))["meta"]["lastUpdated"]
    stood = walked(client, f"/fhir/{INJECTION_PATH}/_history?_at={first}")
    assert [entry["response"]["etag"] for entry in stood] == ['W/"1"']
    assert walked(client, f"/fhir/{INJECTION_PATH}/_history?_since=2100") == []


def test_a_change_of_restricted_content_is_in_no_history(client: FlaskClient) -> None:
    before = [client.get(f"/fhir{path}/_history").data for path in ("", "/Observation", f"/{INJECTION_PATH}")]
    client.post("/crf/injection", json=INJECTION | {"kit": "K-1"})
    client.post("/crf/injection", json=INJECTION | {"kit": "K-2"})
    after = [client.get(f"/fhir{path}/_history").data for path in ("", "/Observation", f"/{INJECTION_PATH}")]
    assert after == before
    refused(client.get(f"/fhir/{KIT_PATH}/_history"), 404, "not-found")


def test_every_page_is_shaped_as_the_first(client: FlaskClient) -> None:
    for path in ("/fhir/_history", "/fhir/Patient/01-001/$everything", "/fhir/ValueSet"):
        client.post("/crf/subject", json=SUBJECT)
        for entry in walked(client, f"{path}?_count=2&_elements=id"):
            assert entry["resource"]["meta"]["tag"][0]["code"] == "SUBSETTED"


def test_what_cannot_be_asked_of_a_history_is_refused(client: FlaskClient) -> None:
    path = f"/fhir/{INJECTION_PATH}/_history"
    refused(client.get(f"{path}?_since=yesterday"), 400, "invalid")
    refused(client.get(f"{path}?_count=-1"), 400, "invalid")
    refused(client.get(f"{path}?{'&'.join(['_at=2025'] * 11)}"), 400, "too-costly")
    refused(client.get(f"{path}?_count=1&_count=2"), 400, "invalid")
    refused(client.get(f"{path}?kit=1", headers={"Prefer": "handling=strict"}), 400, "not-supported")
    assert client.get(f"{path}?kit=1").data == client.get(path).data
    link = told(client.get(f"{path}?_count=1"))["link"][1]["url"]
    refused(client.get(link.replace(INJECTION_PATH, "QuestionnaireResponse/diary-01-001-2025-04-01")), 404, "not-found")
    refused(client.get("/fhir/Slot/_history"), 404, "not-supported")
    refused(client.get("/fhir/Observation/nothing/_history"), 404, "not-found")
