from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.trial import INJECTION, SUBJECT, diary, refused, told

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def filled(client: FlaskClient) -> FlaskClient:
    client.post("/crf/subject", json=SUBJECT)
    client.post("/crf/subject", json=SUBJECT | {"subject": "01-002"})
    client.post("/crf/injection", json=[INJECTION | {"kit": "K-1"}, INJECTION | {"subject": "01-002", "volume": 0.9}])
    visit = {"subject": "01-001", "visit": "W2", "date": "2025-04-15", "attendance": "attended", "weight": 70.5}
    client.post("/crf/visit", json=visit)
    client.post("/crf/diary", json=[diary(f"2025-04-0{day}") for day in range(1, 6)])
    return client


def entries(client: FlaskClient, path: str, mode: str = "match", **headers: str) -> list[str]:
    answered = client.get(f"/fhir/{path}", headers=headers)
    assert answered.status_code == 200, answered.data
    found = told(answered).get("entry", [])
    return [f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in found if e["search"]["mode"] == mode]


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("MedicationAdministration?status=completed", 2),
        ("MedicationAdministration?status=http://terminology.hl7.org/CodeSystem/medication-admin-status|completed", 2),
        ("MedicationAdministration?status=|completed", 2),
        ("MedicationAdministration?status=urn:x|completed", 0),
        ("MedicationAdministration?status:not=completed", 0),
        ("MedicationAdministration?status:not=stopped", 2),
        ("MedicationAdministration?code=https://il2-csu.example/fhir/CodeSystem/trial|blinded-study-treatment", 2),
        ("MedicationAdministration?code=https://il2-csu.example/fhir/CodeSystem/trial|", 2),
        ("MedicationAdministration?code=blinded", 0),
        ("MedicationAdministration?patient=01-001&effective-time=2025-04", 1),
        ("MedicationAdministration?subject=Patient/01-001,Patient/01-002", 2),
        ("MedicationAdministration?subject:Patient=01-002", 1),
        ("MedicationAdministration?subject=Group/01-002", 0),
        ("MedicationAdministration?patient=http://127.0.0.1:8000/fhir/Patient/01-002", 1),
        ("MedicationAdministration?subject:identifier=https://il2-csu.example/id/subject|01-002", 1),
        ("MedicationAdministration?subject.identifier=01-002", 1),
        ("MedicationAdministration?patient.identifier=urn:x|01-002", 0),
        ("MedicationAdministration?device:missing=true", 2),
        ("MedicationAdministration?subject:missing=true", 0),
        ("MedicationAdministration?effective-time=2025-04-01T08:00:00%2B08:00", 2),
        ("MedicationAdministration?effective-time=2025-04-01T00:00:00Z", 2),
        ("MedicationAdministration?effective-time=ge2025-04-01&effective-time=lt2025-04-02", 2),
        ("MedicationAdministration?_profile=https://il2-csu.example/fhir/StructureDefinition/trial-injection", 2),
        ("MedicationAdministration?_profile=https://il2-csu.example/fhir/StructureDefinition/trial", 0),
        ("Observation?code=uas-daily&date=2025-04-02", 1),
        ("Observation?combo-code=uas-daily,nothing", 5),
        ("Observation?category=survey&subject=01-002", 0),
        ("QuestionnaireResponse?questionnaire=https://il2-csu.example/fhir/Questionnaire/diary|1.0.0", 5),
        ("QuestionnaireResponse?questionnaire=https://il2-csu.example/fhir/Questionnaire/diary", 5),
        ("Observation?derived-from=QuestionnaireResponse/diary-01-001-2025-04-02", 1),
        ("Observation?value-quantity=70.5|http://unitsofmeasure.org|kg", 1),
        ("Observation?value-quantity=70.5||kg", 1),
        ("Observation?value-quantity=70.5", 1),
        ("Observation?value-quantity=71||kg", 1),
        ("Observation?value-quantity=7e1||kg", 0),
        ("Observation?value-quantity=70.50||kg", 1),
        ("Observation?value-quantity=70.4||kg", 0),
        ("Observation?value-quantity=gt70.4||kg", 1),
        ("Observation?value-quantity=gt70.5||kg", 0),
        ("Observation?value-quantity=ge70.5||kg", 1),
        ("Observation?value-quantity=ap75||kg", 1),
        ("Observation?value-quantity=70.5||g", 0),
        ("Observation?value-quantity=70.5|urn:x|kg", 0),
        ("Organization?name=SECOND%20xiangya", 1),
        ("Organization?name=xiangya", 1),
        ("Organization?name:contains=xiangya", 2),
        ("Organization?name:contains=%25", 0),
        ("Organization?name:exact=Tongji Hospital", 1),
        ("Organization?name:exact=tongji hospital", 0),
        ("Organization?name=中南大学", 2),
    ],
)
def test_each_kind_of_parameter_finds_what_r4_says(filled: FlaskClient, query: str, total: int) -> None:
    answered = filled.get(f"/fhir/{query}&_total=accurate", headers={"Prefer": "handling=strict"})
    assert told(answered).get("total") == total, answered.data


def test_a_search_may_be_posted_and_its_parameters_merge(filled: FlaskClient) -> None:
    body = urlencode([("subject", "01-001")])
    answered = filled.post("/fhir/Observation/_search?code=uas-daily&_count=2", data=body, headers=FORM)
    page = told(answered)
    assert (answered.status_code, page["total"], len(page["entry"])) == (200, 5, 2)
    assert "subject=01-001" in page["link"][0]["url"]
    rest = told(filled.get(page["link"][1]["url"]))
    assert len(rest["entry"]) == 2


def test_the_form_of_a_search_shapes_its_answer_too(filled: FlaskClient) -> None:
    asked = {"_elements": "status", "_pretty": "true", "_count": "1"}
    sent = filled.post("/fhir/Observation/_search", data=asked)
    assert sent.data.count(b"\n") > 5
    (entry,) = told(sent)["entry"]
    assert sent.data == filled.get(f"/fhir/Observation?{urlencode(asked)}").data
    assert entry["resource"]["meta"]["tag"][0]["code"] == "SUBSETTED"
    for form, kind in (({"_format": "xml"}, "application/fhir+xml"), ({"_format": "json"}, "application/fhir+json")):
        assert filled.post("/fhir/Observation/_search", data=form).mimetype == kind
    refused(filled.post("/fhir/Observation/_search", data={"_format": "html"}), 406, "not-supported")
    refused(filled.post("/fhir/Observation/_search", data={"_summary": "x"}), 400, "invalid")


def test_a_search_is_posted_as_a_form(filled: FlaskClient) -> None:
    refused(filled.post("/fhir/Observation/_search", json={"subject": "x"}), 415, "not-supported")
    assert filled.post("/fhir/Observation/_search").status_code == 200


def test_a_patients_compartment_is_searched(filled: FlaskClient) -> None:
    assert entries(filled, "Patient/01-002/MedicationAdministration") == ["MedicationAdministration/01-002-c1d1"]
    assert len(entries(filled, "Patient/01-001/Observation?code=uas-daily")) == 5
    assert entries(filled, "Patient/nobody/Observation") == []
    refused(filled.get("/fhir/Patient/01-001/Organization"), 404, "not-supported")
    refused(filled.get("/fhir/Device/1/Observation"), 404, "not-supported")


def test_pages_of_a_compartment_are_its_own(filled: FlaskClient) -> None:
    page = told(filled.get("/fhir/Patient/01-001/Observation?code=uas-daily&_count=2"))
    next_ = page["link"][1]["url"]
    assert "/fhir/Patient/01-001/Observation?" in next_
    assert len(told(filled.get(next_))["entry"]) == 2
    elsewhere = next_.replace("Patient/01-001/Observation", "Patient/01-002/Observation")
    refused(filled.get(elsewhere), 404, "not-found")
    refused(filled.get(next_.replace("Patient/01-001/Observation", "Observation")), 404, "not-found")


def test_what_a_match_refers_to_comes_along_once(filled: FlaskClient) -> None:
    path = "Observation?code=uas-daily&_include=Observation:subject"
    path += "&_include=Observation:derived-from:QuestionnaireResponse"
    found = entries(filled, path, "include")
    assert found.count("Patient/01-001") == 1
    assert "QuestionnaireResponse/diary-01-001-2025-04-03" in found
    assert told(filled.get(f"/fhir/{path}"))["total"] == 5


def test_what_refers_to_a_match_comes_along(filled: FlaskClient) -> None:
    path = "Patient?_id=01-001&_revinclude=MedicationAdministration:subject"
    assert entries(filled, path) == ["Patient/01-001"]
    assert entries(filled, path, "include") == ["MedicationAdministration/01-001-c1d1"]


def test_what_is_restricted_does_not_come_along(filled: FlaskClient) -> None:
    path = "Patient?_id=01-001&_revinclude=Observation:subject&_revinclude=QuestionnaireResponse:subject"
    found = entries(filled, path, "include")
    assert found
    assert not [path for path in found if "kit" in path or "restricted" in path]


def test_a_sort_orders_by_several_keys(filled: FlaskClient) -> None:
    days = [f"Observation/01-001-2025-04-0{day}-uas" for day in range(5, 0, -1)]
    assert entries(filled, "Observation?code=uas-daily&_sort=-date") == days
    assert entries(filled, "Observation?code=uas-daily&_sort=_lastUpdated,-date") == days
    page = told(filled.get("/fhir/Observation?code=uas-daily&_sort=-date&_count=2"))
    following = filled.get(page["link"][1]["url"])
    assert [entry["resource"]["id"] for entry in told(following)["entry"]] == [d.partition("/")[2] for d in days[2:4]]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("Observation?_has:Observation:subject:code=x", 403, "forbidden"),
        ("Observation?subject.name=x", 403, "forbidden"),
        ("Observation?subject:Patient.name=x", 403, "forbidden"),
        ("Observation?subject.identifier.value=x", 403, "forbidden"),
        ("Observation?code.identifier=x", 400, "not-supported"),
        ("Observation?_include:iterate=Observation:subject", 400, "too-costly"),
        ("Observation?_include:recurse=Observation:subject", 400, "too-costly"),
        ("Patient?_revinclude:iterate=Observation:subject", 400, "too-costly"),
        ("Observation?code:text=x", 400, "not-supported"),
        ("Observation?code:in=x", 400, "not-supported"),
        ("Observation?_id:not=x", 400, "not-supported"),
        ("Observation?subject:missing=x", 400, "invalid"),
        ("Observation?value-quantity=x", 400, "invalid"),
        ("Observation?value-quantity=1e99999", 400, "invalid"),
        ("Observation?value-quantity=1|urn:x", 400, "invalid"),
        ("Observation?_sort=date,-date", 400, "invalid"),
        ("Observation?_sort=_id,date,-_lastUpdated,value-quantity,value-date", 400, "invalid"),
        ("Observation?_sort=kit", 400, "not-supported"),
        ("Observation?_total=some", 400, "invalid"),
        ("Observation?_count=1&_count=2", 400, "invalid"),
        ("Nothing?x=1", 404, "not-supported"),
    ],
)
def test_what_is_not_answered_is_refused_in_either_handling(
    filled: FlaskClient, query: str, status: int, code: str
) -> None:
    refused(filled.get(f"/fhir/{query}"), status, code)
    refused(filled.get(f"/fhir/{query}", headers={"Prefer": "handling=strict"}), status, code)


@pytest.mark.parametrize(
    ("query", "count"),
    [("_total=none", None), ("_total=accurate", 5), ("_total=estimate", 5), ("_count=0", 5), ("_count=200", 5)],
)
def test_a_total_is_told_as_it_was_asked_for(filled: FlaskClient, query: str, count: int | None) -> None:
    page: dict[str, Any] = told(filled.get(f"/fhir/Observation?code=uas-daily&{query}"))
    assert page.get("total") == count
    assert "total" in page or count is None


def test_more_than_can_come_along_is_refused(filled: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapter.api.searching.MOST", 2)
    path = "/fhir/Patient?_revinclude=Observation:subject"
    refused(filled.get(path), 400, "too-costly")
    assert filled.get(f"{path}&_count=0").status_code == 200


def test_what_no_database_holds_is_refused_in_a_form_too(filled: FlaskClient) -> None:
    answered = filled.post("/fhir/Observation/_search", data="_id=a%00b", headers=FORM)
    assert "NUL" in refused(answered, 400, "invalid")


PARTS = st.sampled_from(
    [
        "",
        "ge",
        "ap",
        "5.4",
        "1e9",
        "-0",
        "2025",
        "2025-02-30",
        "9999-12-31",
        "0001",
        "|",
        "a",
        ",",
        "Patient/",
        "%",
        "/_history/1",
    ]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(
        ["code", "subject", "date", "value-quantity", "value-string", "_profile", "_id", "_lastUpdated"]
    ),
    modifier=st.sampled_from(["", ":not", ":exact", ":contains", ":identifier", ":missing", ":Patient", ".identifier"]),
    parts=st.lists(PARTS | st.text(max_size=3), max_size=4),
    sort=st.sampled_from([None, "date", "-value-quantity", "value-string,-_id", "_lastUpdated"]),
)
def test_no_search_is_a_fault(
    client: FlaskClient, name: str, modifier: str, parts: list[str], sort: str | None
) -> None:
    pairs = {name + modifier: "".join(parts)} | ({} if sort is None else {"_sort": sort})
    assert client.get(f"/fhir/Observation?{urlencode(pairs)}").status_code in (200, 400, 403)


@pytest.mark.parametrize("asked", ["_summary=count", "_count=0", "_summary=count&_count=1"])
def test_a_count_alone_is_counted_to_the_end(filled: FlaskClient, monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    monkeypatch.setattr("adapter.store.search.BOUND", 1)
    assert "total" not in told(filled.get("/fhir/MedicationAdministration?_count=1"))
    found = told(filled.get(f"/fhir/MedicationAdministration?{asked}"))
    assert (found["total"], "entry" in found, [link["relation"] for link in found["link"]]) == (2, False, ["self"])
