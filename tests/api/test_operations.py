from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.test_history import walked
from tests.api.trial import FHIR, INJECTION, INJECTION_PATH, KIT_PATH, SUBJECT, diary, refused, told

EVERYTHING = "/fhir/Patient/01-001/$everything"


@pytest.fixture(autouse=True)
def stored(client: FlaskClient) -> None:
    client.post("/crf/subject", json=SUBJECT)
    client.post("/crf/subject", json=SUBJECT | {"subject": "01-002"})
    client.post("/crf/injection", json=INJECTION | {"kit": "K-1"})
    client.post("/crf/diary", json=[diary("2025-04-01"), diary("2025-04-02")])
    client.post("/crf/diary", json=diary("2025-04-01") | {"subject": "01-002"})


def paths(entries: list[dict[str, Any]]) -> list[str]:
    return [f"{entry['resource']['resourceType']}/{entry['resource']['id']}" for entry in entries]


def test_everything_of_a_patient_is_theirs_and_begins_with_them(client: FlaskClient) -> None:
    found = paths(walked(client, EVERYTHING))
    assert found[0] == "Patient/01-001"
    assert INJECTION_PATH in found
    assert KIT_PATH not in found
    assert not any("01-002" in path for path in found)
    assert len(set(found)) == len(found)
    assert paths(walked(client, f"{EVERYTHING}?_count=1")) == found


@pytest.mark.parametrize(
    ("asked", "there", "not_there"),
    [
        ("_type=MedicationAdministration", INJECTION_PATH, "Patient/01-001"),
        ("start=2025-04-02", "Observation/01-001-2025-04-02-uas", "Observation/01-001-2025-04-01-uas"),
        ("end=2025-04-01", "Observation/01-001-2025-04-01-uas", "Observation/01-001-2025-04-02-uas"),
        ("_since=2100", None, INJECTION_PATH),
    ],
)
def test_everything_can_be_less(client: FlaskClient, asked: str, there: str | None, not_there: str) -> None:
    found = paths(walked(client, f"{EVERYTHING}?{asked}&_count=2"))
    assert there is None or there in found
    assert not_there not in found


def test_an_operation_that_reads_may_be_posted(client: FlaskClient) -> None:
    plain = client.get(f"{EVERYTHING}?_type=Patient&_count=2")
    parameter = [{"name": "_type", "valueCode": "Patient"}, {"name": "_count", "valueInteger": 2}]
    asked = {"resourceType": "Parameters", "parameter": parameter}
    assert client.post(EVERYTHING, json=asked, headers=FHIR).data == plain.data
    for path in ("/fhir/$versions", "/fhir/$meta", "/fhir/Patient/$meta", "/fhir/Patient/01-001/$meta", EVERYTHING):
        assert client.post(path).data == client.get(path).data


@pytest.mark.parametrize(
    "body",
    [
        {"resourceType": "Patient"},
        [],
        {"resourceType": "Parameters", "parameter": {}},
        {"resourceType": "Parameters", "parameter": [{"name": "_type"}]},
        {"resourceType": "Parameters", "parameter": [{"name": "_type", "valueCoding": {}}]},
        {"resourceType": "Parameters", "parameter": [{"valueCode": "x"}]},
    ],
)
def test_an_operation_takes_parameters_and_no_other_body(client: FlaskClient, body: Any) -> None:
    for path in ("/fhir/$meta", EVERYTHING):
        assert client.post(path, json=body, headers=FHIR).status_code == 400


def test_a_patient_whose_record_comes_later_has_everything_that_came_before(client: FlaskClient) -> None:
    client.post("/crf/diary", json=diary("2025-04-01") | {"subject": "01-003"})
    early = "/fhir/Patient/01-003/$everything"
    assert "Observation/01-003-2025-04-01-uas" in paths(walked(client, early))
    assert paths(walked(client, f"{early}?_since=2100")) == []
    client.post("/crf/subject", json=SUBJECT | {"subject": "01-003"})
    assert paths(walked(client, early))[0] == "Patient/01-003"


def test_everything_of_nobody_is_nothing(client: FlaskClient) -> None:
    refused(client.get("/fhir/Patient/99-999/$everything"), 404, "not-found")
    refused(client.get(f"{EVERYTHING}?_type=Slot"), 404, "not-supported")
    refused(client.get(f"{EVERYTHING}?start=x"), 400, "invalid")
    refused(client.get(f"{EVERYTHING}?x=1", headers={"Prefer": "handling=strict"}), 400, "not-supported")


def test_the_versions_of_fhir_are_told_in_either_form(client: FlaskClient) -> None:
    spoken = told(client.get("/fhir/$versions"))
    assert spoken["parameter"] == [{"name": "version", "valueCode": "4.0"}, {"name": "default", "valueCode": "4.0"}]
    plain = client.get("/fhir/$versions", headers={"Accept": "application/json"})
    assert told(plain) == {"versions": ["4.0"], "default": "4.0"}
    assert client.get("/fhir/$versions?_format=xml").content_type.startswith("application/fhir+xml")


def test_meta_is_that_of_the_resource_or_what_its_kind_may_claim(client: FlaskClient) -> None:
    (one,) = told(client.get(f"/fhir/{INJECTION_PATH}/$meta"))["parameter"]
    assert one["valueMeta"] == told(client.get(f"/fhir/{INJECTION_PATH}"))["meta"]
    (kind,) = told(client.get("/fhir/MedicationAdministration/$meta"))["parameter"]
    (every,) = told(client.get("/fhir/$meta"))["parameter"]
    assert set(one["valueMeta"]["profile"]) <= set(kind["valueMeta"]["profile"]) < set(every["valueMeta"]["profile"])
    refused(client.get(f"/fhir/{KIT_PATH}/$meta"), 404, "not-found")
