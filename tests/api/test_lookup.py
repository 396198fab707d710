from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from adapter.api.failure import FailureError
from adapter.api.lookup import ATTEMPTS, MovedError, settled
from tests.api.attacks import GOOD
from tests.api.trial import FHIR, INJECTION, INJECTION_PATH, refused, told

TYPE = "/fhir/MedicationAdministration"
BY_KEY = f"identifier={GOOD['identifier'][0]['system']}|01-001-c1d1"
OTHER_DOSE = GOOD | {"dosage": {"dose": GOOD["dosage"]["dose"] | {"value": 0}}}


def without_id(resource: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in resource.items() if key != "id"}


def test_a_conditional_create_stores_once_and_then_answers_what_is_there(client: FlaskClient) -> None:
    headers = FHIR | {"If-None-Exist": BY_KEY}
    first = client.post(TYPE, json=GOOD, headers=headers)
    second = client.post(TYPE, json=OTHER_DOSE, headers=headers)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.data == first.data
    assert second.headers["ETag"] == 'W/"1"'


def test_a_condition_may_be_a_whole_url_and_say_how_to_answer(client: FlaskClient) -> None:
    """HAPI's client sends it so."""
    headers = FHIR | {"If-None-Exist": f"http://127.0.0.1{TYPE}?_format=json&{BY_KEY}&_pretty=true"}
    assert [client.post(TYPE, json=GOOD, headers=headers).status_code for _ in range(2)] == [201, 200]


@pytest.mark.parametrize("before", ["", "?", "MedicationAdministration?", f"http://127.0.0.1{TYPE}?"])
def test_a_question_mark_inside_a_condition_is_its_own(client: FlaskClient, before: str) -> None:
    client.post(TYPE, json=GOOD, headers=FHIR)
    named = FHIR | {"If-None-Exist": f"{before}{BY_KEY},http://h.example/ids?type=mrn|5"}
    assert client.post(TYPE, json=OTHER_DOSE, headers=named).headers["ETag"] == 'W/"1"'


def test_a_conditional_create_that_finds_several_is_refused(client: FlaskClient) -> None:
    client.post("/crf/injection", json=[INJECTION, INJECTION | {"day": 2, "time": "2025-04-02T08:00:00+08:00"}])
    sent = client.post(TYPE, json=GOOD, headers=FHIR | {"If-None-Exist": "subject=Patient/01-001"})
    refused(sent, 412, "multiple-matches")


@pytest.mark.parametrize("resource", [OTHER_DOSE, without_id(OTHER_DOSE)])
def test_a_conditional_update_changes_what_it_finds(client: FlaskClient, resource: dict[str, Any]) -> None:
    for status, version, sent in ((201, 1, GOOD), (200, 2, resource)):
        done = client.put(f"{TYPE}?{BY_KEY}", json=sent, headers=FHIR)
        assert (done.status_code, done.headers["ETag"]) == (status, f'W/"{version}"'), done.data
    assert told(client.get(f"/fhir/{INJECTION_PATH}"))["dosage"]["dose"]["value"] == 0


def test_a_conditional_update_of_another_resource_is_refused(client: FlaskClient) -> None:
    client.put(f"/fhir/{INJECTION_PATH}", json=GOOD, headers=FHIR)
    refused(client.put(f"{TYPE}?{BY_KEY}", json=GOOD | {"id": "other"}, headers=FHIR), 400, "invalid")


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "identifier=",
        "_count=1",
        "_sort=x",
        "_include=x",
        "kit=K-1",
        "_has:Observation:patient:code=x",
        "_elements=id",
    ],
)
def test_a_condition_that_is_none_is_refused_and_nothing_stored(client: FlaskClient, condition: str) -> None:
    for sent in (
        client.post(TYPE, json=GOOD, headers=FHIR | {"If-None-Exist": condition}),
        client.put(f"{TYPE}?{condition}", json=GOOD, headers=FHIR),
        client.delete(f"{TYPE}?{condition}"),
    ):
        assert sent.status_code in (400, 403), sent.data
    assert told(client.get("/crf/injection"))["total"] == 0


def test_what_is_hidden_is_found_by_no_condition(client: FlaskClient) -> None:
    """Whether a kit is there already makes no difference to who sends one under a condition."""
    kit = {
        "resourceType": "Observation",
        "identifier": [{"system": "https://il2-csu.example/id/observation", "value": "01-001-c1d1-kit"}],
        "status": "final",
        "code": {"coding": [{"system": "https://il2-csu.example/fhir/CodeSystem/trial", "code": "kit-number"}]},
        "subject": {"reference": "Patient/01-001"},
        "valueString": "K-1",
    }
    client.post("/crf/injection", json=INJECTION)
    headers = FHIR | {"If-None-Exist": "identifier=01-001-c1d1-kit"}
    first, second = (client.post("/fhir/Observation", json=kit, headers=headers) for _ in range(2))
    assert (first.status_code, first.data) == (second.status_code, second.data)


def test_conditions_in_a_transaction_find_what_is_stored_or_comes_with_it(client: FlaskClient) -> None:
    client.put(f"/fhir/{INJECTION_PATH}", json=GOOD, headers=FHIR)
    second = GOOD | {"id": "x", "identifier": [GOOD["identifier"][0] | {"value": "01-001-c1d2"}]}
    second |= {"partOf": [{"reference": f"MedicationAdministration?{BY_KEY}"}], "effectiveDateTime": "2025-04-02"}
    third = GOOD | {"id": "y", "identifier": [GOOD["identifier"][0] | {"value": "01-001-c1d3"}]}
    third |= {
        "partOf": [{"reference": "MedicationAdministration?identifier=01-001-c1d2"}],
        "effectiveDateTime": "2025-04-03",
    }
    entries = [
        {"resource": OTHER_DOSE, "request": {"method": "POST", "url": TYPE[6:], "ifNoneExist": BY_KEY}},
        {"resource": third, "request": {"method": "POST", "url": TYPE[6:]}},
        {"resource": second, "request": {"method": "POST", "url": TYPE[6:]}},
    ]
    done = client.post("/fhir", json={"resourceType": "Bundle", "type": "transaction", "entry": entries}, headers=FHIR)
    assert done.status_code == 200, done.data
    assert [entry["response"]["status"] for entry in told(done)["entry"]] == ["200 OK", "201 Created", "201 Created"]
    assert told(done)["entry"][0]["fullUrl"].endswith(INJECTION_PATH)
    assert client.get(f"/fhir/{INJECTION_PATH}").headers["ETag"] == 'W/"1"'


def test_what_moves_each_time_is_a_conflict_and_what_settles_is_answered() -> None:
    tried = []

    def moving() -> int:
        tried.append(1)
        raise MovedError

    with pytest.raises(FailureError) as refusal:
        settled(moving)
    assert (refusal.value.status, len(tried)) == (409, ATTEMPTS)
    assert settled(lambda: 7) == 7


def test_of_many_who_create_at_once_one_does_whatever_they_send(everywhere: Flask) -> None:
    headers = FHIR | {"If-None-Exist": BY_KEY}

    def send(number: int) -> tuple[int, bytes]:
        resource = GOOD | {"effectiveDateTime": f"2025-04-01T08:00:{number:02}+08:00"}
        sent = everywhere.test_client().post(TYPE, json=resource, headers=headers)
        return sent.status_code, sent.data

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(send, range(24)))
    assert sorted(status for status, _ in answers) == [200] * 23 + [201]
    assert len({body for _, body in answers}) == 1
    assert everywhere.test_client().get(f"/fhir/{INJECTION_PATH}").headers["ETag"] == 'W/"1"'


def test_of_many_who_change_what_they_read_one_does(everywhere: Flask) -> None:
    client = everywhere.test_client()
    client.put(f"/fhir/{INJECTION_PATH}", json=GOOD, headers=FHIR)

    def send(number: int) -> int:
        resource = GOOD | {"effectiveDateTime": f"2025-04-01T08:00:{number:02}+08:00"}
        headers = FHIR | {"If-Match": 'W/"1"'}
        return everywhere.test_client().put(f"/fhir/{INJECTION_PATH}", json=resource, headers=headers).status_code

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(send, range(1, 21))) == [200] + [412] * 19
    assert client.get(f"/fhir/{INJECTION_PATH}").headers["ETag"] == 'W/"2"'
