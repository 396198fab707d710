from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from adapter.fhir import xml
from adapter.outcome import CRF_ITEM, RULE
from tests.api.trial import FHIR, INJECTION, INJECTION_PATH, KIT_PATH, issues, refused, told


@pytest.fixture
def administration(client: FlaskClient) -> dict[str, Any]:
    """An injection as FHIR, of a database that does not hold it."""
    bundle = told(client.post("/crf/injection/$convert", json=INJECTION))
    resource: dict[str, Any] = bundle["entry"][0]["resource"]
    resource["dosage"]["dose"]["value"] = 1
    return resource


def kit(value: str) -> dict[str, Any]:
    coding = {"system": "https://il2-csu.example/fhir/CodeSystem/trial", "code": "kit-number"}
    return {
        "resourceType": "Observation",
        "identifier": [{"system": "https://il2-csu.example/id/observation", "value": "01-001-c1d1-kit"}],
        "status": "final",
        "code": {"coding": [coding]},
        "subject": {"reference": "Patient/01-001"},
        "valueString": value,
    }


def test_a_resource_is_created_under_the_id_of_its_business_key(
    client: FlaskClient, administration: dict[str, Any]
) -> None:
    created = client.post("/fhir/MedicationAdministration", json=administration | {"id": "ours-77"}, headers=FHIR)
    assert created.status_code == 201
    assert created.headers["Location"].endswith(f"/fhir/{INJECTION_PATH}/_history/1")
    assert created.headers["ETag"] == 'W/"1"'
    assert told(created)["id"] == "01-001-c1d1"
    assert told(client.get("/crf/injection/01-001-c1d1")) == INJECTION


def test_the_same_resource_again_is_the_same_version(client: FlaskClient, administration: dict[str, Any]) -> None:
    for status in (201, 200, 200):
        sent = client.put(f"/fhir/{INJECTION_PATH}", json=administration, headers=FHIR)
        assert (sent.status_code, sent.headers["ETag"]) == (status, 'W/"1"')


def test_a_resource_in_xml_is_stored_and_answered_in_xml(client: FlaskClient, administration: dict[str, Any]) -> None:
    headers = {"Content-Type": "application/fhir+xml", "Accept": "application/fhir+xml"}
    sent = client.put(f"/fhir/{INJECTION_PATH}", data=xml.encode(administration), headers=headers)
    assert sent.status_code == 201
    assert xml.parse(sent.data)["id"] == "01-001-c1d1"


@pytest.mark.parametrize(("prefer", "expected"), [("minimal", None), ("OperationOutcome", "OperationOutcome")])
def test_prefer_decides_what_comes_back(
    client: FlaskClient, administration: dict[str, Any], prefer: str, expected: str | None
) -> None:
    sent = client.put(f"/fhir/{INJECTION_PATH}", json=administration, headers=FHIR | {"Prefer": f"return={prefer}"})
    assert sent.status_code == 201
    assert (told(sent)["resourceType"] if sent.data else None) == expected


def test_one_of_many_writers_of_one_version_wins(client: FlaskClient, administration: dict[str, Any]) -> None:
    client.put(f"/fhir/{INJECTION_PATH}", json=administration, headers=FHIR)
    administration["dosage"]["dose"]["value"] = 0
    first, second = (
        client.put(f"/fhir/{INJECTION_PATH}", json=administration, headers=FHIR | {"If-Match": 'W/"1"'})
        for _ in range(2)
    )
    assert (first.status_code, first.headers["ETag"]) == (200, 'W/"2"')
    refused(second, 412, "conflict")


def test_a_precondition_on_what_is_not_there_fails(client: FlaskClient, administration: dict[str, Any]) -> None:
    sent = client.put(f"/fhir/{INJECTION_PATH}", json=administration, headers=FHIR | {"If-Match": "*"})
    refused(sent, 412, "conflict")
    assert told(client.get("/crf/injection"))["total"] == 0


def test_ids_and_types_must_agree(client: FlaskClient, administration: dict[str, Any]) -> None:
    put = lambda path, resource: client.put(f"/fhir/{path}", json=resource, headers=FHIR)  # noqa: E731
    refused(put(INJECTION_PATH, administration | {"id": "other"}), 400, "invalid")
    refused(put(INJECTION_PATH, {k: v for k, v in administration.items() if k != "id"}), 400, "invalid")
    refused(put("Observation/01-001-c1d1", administration), 400, "invalid")
    refused(put("Slot/01-001-c1d1", administration), 404, "not-supported")
    text = refused(put("MedicationAdministration/mine", administration | {"id": "mine"}), 422, "business-rule")
    assert INJECTION_PATH in text


def test_restricted_content_is_accepted_and_nothing_more_is_said(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION)
    answers = [client.post("/fhir/Observation", json=kit(value), headers=FHIR) for value in ("K-1", "K-1", "K-2")]
    assert {answered.status_code for answered in answers} == {200}
    assert len({answered.data for answered in answers}) == 1
    assert "accepted (restricted)" in answers[0].get_data(as_text=True)
    for answered in answers:
        assert not {"ETag", "Location", "Last-Modified"} & set(answered.headers.keys())
    refused(client.get(f"/fhir/{KIT_PATH}"), 404, "not-found")
    put = client.put(f"/fhir/{KIT_PATH}", json=kit("K-3") | {"id": "01-001-c1d1-kit"}, headers=FHIR)
    assert (put.status_code, put.data) == (200, answers[0].data)
    assert client.get(f"/fhir/{INJECTION_PATH}").headers["ETag"] == 'W/"1"'


def test_a_fragment_leaves_what_did_not_arrive_untouched(client: FlaskClient, administration: dict[str, Any]) -> None:
    client.post("/crf/injection", json=INJECTION | {"local_reaction": True, "kit": "K-1"})
    administration["dosage"]["dose"]["value"] = 0
    client.put(f"/fhir/{INJECTION_PATH}", json=administration, headers=FHIR)
    assert told(client.get("/crf/injection/01-001-c1d1")) == INJECTION | {"volume": 0, "local_reaction": True}


def test_a_fragment_that_is_no_record_yet_is_refused_with_what_it_lacks(client: FlaskClient) -> None:
    refused(client.post("/fhir/Observation", json=kit("K-1"), headers=FHIR), 422, "required")


def test_what_identifies_a_person_is_dropped_and_its_path_reported(
    client: FlaskClient, administration: dict[str, Any]
) -> None:
    administration["subject"]["display"] = "Zhang San"
    administration["text"] = {
        "status": "generated",
        "div": '<div xmlns="http://www.w3.org/1999/xhtml">Zhang</div>',
    }
    sent = client.put(
        f"/fhir/{INJECTION_PATH}", json=administration, headers=FHIR | {"Prefer": "return=OperationOutcome"}
    )
    assert ("information", "suppressed") in issues(sent)
    assert "subject.display" in sent.get_data(as_text=True)
    assert "Zhang" not in sent.get_data(as_text=True)
    assert "Zhang" not in client.get(f"/fhir/{INJECTION_PATH}").get_data(as_text=True)


def test_residue_is_named_by_its_path_alone(client: FlaskClient, administration: dict[str, Any]) -> None:
    administration["note"] = [{"text": "secret remark"}]
    sent = client.put(
        f"/fhir/{INJECTION_PATH}", json=administration, headers=FHIR | {"Prefer": "return=OperationOutcome"}
    )
    assert "MedicationAdministration.note[0].text" in sent.get_data(as_text=True)
    assert "secret remark" not in sent.get_data(as_text=True)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"effectiveDateTime": "2025-02-30"}, "value"),
        ({"effectiveDateTime": "2025-04-01T08:00:00"}, "value"),
        ({"nonsense": 1}, "structure"),
        ({"subject": []}, "structure"),
        ({"subject": "01-001"}, "structure"),
        ({"identifier": {}}, "structure"),
        ({"effectivePeriod": {"start": "2025-04-01"}}, "structure"),
        ({"dosage": {"dose": {"value": "1"}}}, "value"),
        ({"resourceType": "MedicationAdministration", "identifier": None}, "structure"),
    ],
)
def test_what_is_no_fhir_is_refused(
    client: FlaskClient, administration: dict[str, Any], change: dict[str, Any], code: str
) -> None:
    sent = client.put(f"/fhir/{INJECTION_PATH}", json=administration | change, headers=FHIR)
    refused(sent, 400, code)
    assert told(client.get("/crf/injection"))["total"] == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": "banana"}, "code-invalid"),
        ({"effectivePeriod": {"start": "2025-04-02", "end": "2025-04-01"}, "effectiveDateTime": None}, "invariant"),
        ({"status": None}, "required"),
        ({"identifier": [{"system": "http://x.example", "value": "1"}]}, "required"),
        ({"dosage": {"dose": {"value": 1, "code": "[iU]", "system": "http://unitsofmeasure.org"}}}, "value"),
        ({"meta": {"profile": ["https://il2-csu.example/fhir/StructureDefinition/trial-nothing"]}}, "not-found"),
        ({"meta": {"profile": ["http://hl7.org/fhir/StructureDefinition/bp"]}}, "structure"),
    ],
)
def test_what_breaks_a_rule_or_the_profile_that_it_claims_is_refused(
    client: FlaskClient, administration: dict[str, Any], change: dict[str, Any], code: str
) -> None:
    resource = {key: value for key, value in (administration | change).items() if value is not None}
    refused(client.put(f"/fhir/{INJECTION_PATH}", json=resource, headers=FHIR), 422, code)
    assert told(client.get("/crf/injection"))["total"] == 0


def test_every_issue_names_its_element_its_rule_and_its_item(
    client: FlaskClient, administration: dict[str, Any]
) -> None:
    changed = administration | {"status": "banana", "dosage": {"dose": {"value": -1}}}
    sent = client.put(f"/fhir/{INJECTION_PATH}", json=changed, headers=FHIR)
    refused(sent, 422, "code-invalid")
    named = {
        issue["expression"][0]: {each["system"]: each["code"] for each in issue["details"]["coding"]}
        for issue in told(sent)["issue"]
    }
    assert named["MedicationAdministration.status"] == {CRF_ITEM: "injection.outcome", RULE: "binding"}
    assert any(each.get(CRF_ITEM) == "injection.volume" for each in named.values())


@pytest.mark.parametrize(
    ("change", "code", "expression"),
    [
        ({"modifierExtension": [{"url": "http://x.example"}]}, "extension", "modifierExtension[0]"),
        ({"implicitRules": "http://x.example/rules"}, "not-supported", "implicitRules"),
        ({"request": {"reference": "#nothing"}}, "invariant", "request"),
    ],
)
def test_a_resource_that_may_mean_something_else_is_refused(
    client: FlaskClient, administration: dict[str, Any], change: dict[str, Any], code: str, expression: str
) -> None:
    sent = client.put(f"/fhir/{INJECTION_PATH}", json=administration | change, headers=FHIR)
    refused(sent, 422, code)
    assert [f"MedicationAdministration.{expression}"] in [issue.get("expression") for issue in told(sent)["issue"]]
    assert told(client.get("/crf/injection"))["total"] == 0


def test_what_was_read_here_is_sent_back_without_a_remark(client: FlaskClient, administration: dict[str, Any]) -> None:
    client.put(f"/fhir/{INJECTION_PATH}", json=administration, headers=FHIR)
    stored = client.get(f"/fhir/{INJECTION_PATH}")
    headers = FHIR | {"Prefer": "return=OperationOutcome", "If-Match": stored.headers["ETag"]}
    sent = client.put(f"/fhir/{INJECTION_PATH}", data=stored.data, headers=headers)
    assert (sent.status_code, sent.headers["ETag"]) == (200, 'W/"1"')
    assert "No issue was found" in sent.get_data(as_text=True)


def test_a_resource_that_must_be_new_is_stored_once(client: FlaskClient, administration: dict[str, Any]) -> None:
    headers = FHIR | {"If-None-Match": "*"}
    first, second = (client.put(f"/fhir/{INJECTION_PATH}", json=administration, headers=headers) for _ in range(2))
    assert first.status_code == 201
    refused(second, 412, "conflict")


@pytest.mark.parametrize(
    "condition",
    [
        {"If-None-Exist": "_sort=x"},
        {"If-None-Exist": "_has:Observation:patient:code=x"},
        {"If-None-Match": 'W/"1"'},
        {"If-Unmodified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"},
    ],
)
def test_a_condition_that_is_not_kept_is_refused_rather_than_broken(
    client: FlaskClient, administration: dict[str, Any], condition: dict[str, str]
) -> None:
    sent = client.post("/fhir/MedicationAdministration", json=administration, headers=FHIR | condition)
    refused(sent, 400, "not-supported")
    assert told(client.get("/crf/injection"))["total"] == 0


def test_a_hospitals_own_codes_are_read(client: FlaskClient, administration: dict[str, Any]) -> None:
    own = {"system": "http://site03.example/sites", "code": "R-GLUT"}
    administration["dosage"]["site"] = {"coding": [own]}
    assert client.put(f"/fhir/{INJECTION_PATH}", json=administration, headers=FHIR).status_code == 201
    assert told(client.get("/crf/injection/01-001-c1d1"))["body_site"] == "gluteal-right"


def test_a_refusal_does_not_repeat_a_restricted_value(client: FlaskClient) -> None:
    visit = {"subject": "01-001", "visit": "W2", "date": "2025-04-15", "attendance": "attended", "eosinophils": "K-77"}
    for path in ("/crf/visit", "/crf/visit/$convert"):
        sent = client.post(path, json=visit)
        assert "visit.eosinophils" in sent.get_data(as_text=True)
        assert "K-77" not in refused(sent, 422, "structure")


def test_xml_that_is_no_fhir_is_refused_with_every_issue(client: FlaskClient) -> None:
    headers = {"Content-Type": "application/fhir+xml"}
    inner = '<gendr value="male"/><gender value="banana"/><active value="yes"/>'
    body = f'<Patient xmlns="http://hl7.org/fhir">{inner}</Patient>'
    answered = client.post("/fhir/Patient", data=body, headers=headers)
    assert answered.status_code == 400
    rules = [coding["code"] for each in told(answered)["issue"] for coding in each["details"]["coding"]]
    assert {"unknown-element", "binding", "format", "xml-order"} <= set(rules)


def test_a_conditional_create_changes_nothing_where_its_business_key_is_there(client: FlaskClient) -> None:
    """A sender's own identifier is dropped, and no condition finds it: the key tells that it is there."""
    client.post("/crf/injection", json=INJECTION)
    held = told(client.get(f"/fhir/{INJECTION_PATH}"))
    other = {key: value for key, value in held.items() if key not in ("id", "meta")}
    other["dosage"] = other["dosage"] | {"dose": other["dosage"]["dose"] | {"value": 0.7}}
    condition = "identifier=http://h.example/adm|A9"
    sent = client.post("/fhir/MedicationAdministration", json=other, headers=FHIR | {"If-None-Exist": condition})
    assert (sent.status_code, told(sent)) == (200, held)
    entry = {
        "resource": other,
        "request": {"method": "POST", "url": "MedicationAdministration", "ifNoneExist": condition},
    }
    done = client.post("/fhir", json={"resourceType": "Bundle", "type": "transaction", "entry": [entry]}, headers=FHIR)
    assert told(done)["entry"][0]["response"]["status"] == "200 OK"
    assert told(client.get(f"/fhir/{INJECTION_PATH}")) == held
