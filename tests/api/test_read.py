from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from adapter.fhir import xml
from tests.api.trial import INJECTION, INJECTION_PATH, diary, issues, refused, told


@pytest.fixture
def filled(client: FlaskClient) -> FlaskClient:
    client.post("/crf/diary", json=[diary(f"2025-04-{day:02}") for day in range(1, 8)])
    client.post("/crf/injection", json=INJECTION | {"kit": "K-1"})
    return client


def test_a_resource_is_served_with_its_version_and_time(filled: FlaskClient) -> None:
    found = filled.get(f"/fhir/{INJECTION_PATH}")
    assert found.content_type == "application/fhir+json; charset=utf-8"
    assert told(found)["meta"]["versionId"] == "1"
    assert found.headers["ETag"] == 'W/"1"'
    assert found.headers["Last-Modified"].startswith("Thu, 01 Jan 2026 00:00:0")


def test_a_reader_that_has_the_version_gets_304(filled: FlaskClient) -> None:
    for headers in ({"If-None-Match": 'W/"1"'}, {"If-Modified-Since": "Fri, 02 Jan 2026 00:00:00 GMT"}):
        again = filled.get(f"/fhir/{INJECTION_PATH}", headers=headers)
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", 'W/"1"')
    assert filled.get(f"/fhir/{INJECTION_PATH}", headers={"If-None-Match": 'W/"2"'}).status_code == 200


def test_head_answers_as_get_without_a_body(filled: FlaskClient) -> None:
    head, get = filled.head(f"/fhir/{INJECTION_PATH}"), filled.get(f"/fhir/{INJECTION_PATH}")
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", get.headers["ETag"])


def test_xml_is_the_same_resource(filled: FlaskClient) -> None:
    json_ = told(filled.get(f"/fhir/{INJECTION_PATH}"))
    for asked in (
        {"headers": {"Accept": "application/fhir+xml"}},
        {"query_string": {"_format": "xml"}},
        {"query_string": "_format=application/fhir+xml"},
    ):
        found = filled.get(f"/fhir/{INJECTION_PATH}", **asked)  # type: ignore[arg-type]
        assert found.content_type == "application/fhir+xml; charset=utf-8"
        assert xml.parse(found.data) == json_


def test_a_version_is_read_and_another_is_not_there(filled: FlaskClient) -> None:
    assert filled.get(f"/fhir/{INJECTION_PATH}/_history/1").status_code == 200
    for version in ("2", "0", "x", "9" * 30):
        refused(filled.get(f"/fhir/{INJECTION_PATH}/_history/{version}"), 404, "not-found")


def test_a_search_gives_total_self_and_next_and_pages_without_gap(filled: FlaskClient) -> None:
    url: str | None = (
        "/fhir/QuestionnaireResponse?subject=01-001&date=ge2025-01-01&_count=3&identifier=https://il2-csu.example/id/diary|"
    )
    seen: list[str] = []
    url = url.replace("&date=ge2025-01-01", "") if url else None
    while url is not None:
        page = told(filled.get(url))
        assert page["total"] == 7
        links = {link["relation"]: link["url"] for link in page["link"]}
        assert "_page" not in links["self"]
        seen += [entry["resource"]["id"] for entry in page["entry"]]
        assert all(entry["fullUrl"].endswith(entry["resource"]["id"]) for entry in page["entry"])
        url = links.get("next")
    assert seen == [f"diary-01-001-2025-04-{day:02}" for day in range(1, 8)]


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("subject=01-001", 7),
        ("subject=Patient/01-001", 7),
        ("patient=01-001,01-009", 7),
        ("subject:Patient=01-001", 7),
        ("subject=01-002", 0),
        ("date=2025-04-03", 1),
        ("date=ge2025-04-03&date=lt2025-04-05", 2),
        ("date=2025-04", 7),
        ("date=2025-04-03T00:00:00%2B08:00", 0),
        ("identifier=https://il2-csu.example/id/score|01-001-2025-04-03-uas", 1),
        ("identifier=' OR 1=1 --", 0),
        ("identifier=%25", 0),
        ("_lastUpdated=gt2027", 0),
        ("_lastUpdated=2026-01-01", 7),
        ("_id=01-001-2025-04-03-uas", 1),
        ("subject=", 7),
    ],
)
def test_a_search_finds_what_matches(filled: FlaskClient, query: str, total: int) -> None:
    page = told(filled.get(f"/fhir/Observation?{query}"))
    assert page["total"] == total
    assert len(page.get("entry", [])) == total


def test_an_unknown_parameter_is_ignored_named_and_left_out_of_self(filled: FlaskClient) -> None:
    page = told(filled.get("/fhir/Observation?subject=01-001&arm=1&_include=x:y"))
    outcome = page["entry"][-1]
    assert (page["total"], outcome["search"]["mode"]) == (7, "outcome")
    assert "arm, _include=x:y" in outcome["resource"]["issue"][0]["diagnostics"]
    assert "subject=01-001" in page["link"][0]["url"]
    assert "arm" not in page["link"][0]["url"]


def test_an_unknown_parameter_is_refused_where_strictness_is_asked_for(filled: FlaskClient) -> None:
    answered = filled.get("/fhir/Observation?arm=1", headers={"Prefer": "handling=strict"})
    assert "arm" in refused(answered, 400, "not-supported")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("date=yesterday", "invalid"),
        ("date=2025-02-30", "invalid"),
        ("_count=-1", "invalid"),
        ("_count=x", "invalid"),
        ("identifier:text=x", "not-supported"),
        ("_sort=arm", "not-supported"),
        ("_sort=code", "not-supported"),
        (f"_id={'a,' * 501}", "too-costly"),
        ("&".join(["date=2025"] * 501), "too-costly"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_told(filled: FlaskClient, query: str, code: str) -> None:
    refused(filled.get(f"/fhir/Observation?{query}"), 400, code)


def test_a_huge_count_is_capped(filled: FlaskClient) -> None:
    assert filled.get("/fhir/Observation?_count=1000000000").status_code == 200


@pytest.mark.parametrize("token", ["x", "AAAA", "SI0t3rUgZGlhcnk", "é"])
def test_a_foreign_page_is_not_found(filled: FlaskClient, token: str) -> None:
    refused(filled.get(f"/fhir/Observation?_page={token}"), 404, "not-found")


@pytest.mark.parametrize(
    "path", ["Observation/nothing", "Observation/..%2f..%2fetc", "Observation/a%0Ab", "Observation/a%00"]
)
def test_what_is_not_there_is_not_found(filled: FlaskClient, path: str) -> None:
    assert filled.get(f"/fhir/{path}").status_code == 404
    assert issues(filled.get(f"/fhir/{path}")) == [("error", "not-found")]


def test_an_unknown_type_is_not_supported(filled: FlaskClient) -> None:
    for path in ("/fhir/Nope", "/fhir/Nope/1", "/fhir/Slot?x=1"):
        refused(filled.get(path), 404, "not-supported")


def test_a_resource_that_no_longer_follows_is_gone(client: FlaskClient) -> None:
    client.post("/crf/diary", json=diary("2025-04-01"))
    assert client.get("/fhir/Observation/01-001-2025-04-01-uas").status_code == 200
    silent = {key: value for key, value in diary("2025-04-01").items() if key != "itch"}
    client.post("/crf/diary", json=silent)
    refused(client.get("/fhir/Observation/01-001-2025-04-01-uas"), 410, "deleted")
    assert told(client.get("/fhir/Observation"))["total"] == 0


def test_uas7_is_computed_when_its_week_is_complete_and_again_when_a_day_changes(client: FlaskClient) -> None:
    from tests.api.trial import SUBJECT

    client.post("/crf/subject", json=SUBJECT)
    client.post("/crf/diary", json=[diary(f"2025-03-{day}") for day in range(25, 31)])
    assert told(client.get("/crf/uas7"))["total"] == 0
    client.post("/crf/diary", json=diary("2025-03-31"))
    scores = told(client.get("/crf/uas7?subject=01-001"))["records"]
    assert [score["score"] for score in scores] == [21]
    client.post("/crf/diary", json=diary("2025-03-31", itch=0))
    scores = told(client.get("/crf/uas7?subject=01-001"))["records"]
    assert [score["score"] for score in scores] == [19]
