from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from werkzeug.test import TestResponse

from adapter.api.config import Config
from adapter.fhir import xml
from adapter.outcome import CRF_ITEM, RULE
from tests.api.trial import FHIR, INJECTION, SUBJECT, Clock, Serve, refused, told

PROFILE = "https://il2-csu.example/fhir/StructureDefinition/trial-subject"
URN = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"
BANANA = {"resourceType": "Patient", "gender": "banana"}


def asked(client: FlaskClient, body: Any, path: str = "/fhir/$validate") -> list[dict[str, Any]]:
    """The issues of an OperationOutcome that was answered with status 200."""
    answered = client.post(path, data=body if isinstance(body, bytes | str) else json.dumps(body), headers=FHIR)
    assert answered.status_code == 200, answered.data
    outcome = told(answered)
    assert outcome["resourceType"] == "OperationOutcome"
    found: list[dict[str, Any]] = outcome["issue"]
    return found


def errors(found: list[dict[str, Any]]) -> list[str]:
    """The rules that are broken."""
    refusing = [issue for issue in found if issue["severity"] in ("error", "fatal")]
    return [each["code"] for issue in refusing for each in issue["details"]["coding"] if each["system"] == RULE]


def parameters(**given: Mapping[str, Any]) -> dict[str, Any]:
    named: list[Any] = [{"name": name, **content} for name, content in given.items()]
    return {"resourceType": "Parameters", "parameter": named}


def everything(client: FlaskClient) -> Any:
    return told(client.get("/crf"))["forms"]


@pytest.mark.parametrize("path", ["/fhir/$validate", "/fhir/Patient/$validate"])
def test_a_sound_resource_is_answered_by_one_information(client: FlaskClient, path: str) -> None:
    (issue,) = asked(client, {"resourceType": "Patient"}, path)
    assert issue == {"severity": "information", "code": "informational", "diagnostics": "No issue was found."}


def test_an_issue_tells_its_element_its_rule_its_item_and_its_place(client: FlaskClient) -> None:
    text = '{"resourceType": "Patient",\n "gender": "banana",\n "identifier": [%s]}'
    (issue,) = asked(client, text % '{"system": "https://il2-csu.example/id/subject", "value": "01-001"}')
    assert (issue["severity"], issue["code"], issue["expression"]) == ("error", "code-invalid", ["Patient.gender"])
    assert issue["details"]["coding"] == [
        {"system": CRF_ITEM, "code": "subject.sex"},
        {"system": RULE, "code": "binding"},
    ]
    assert "line 2, column 2" in issue["diagnostics"]


def test_every_type_of_r4_is_judged(client: FlaskClient) -> None:
    assert errors(asked(client, {"resourceType": "Slot"}, "/fhir/Slot/$validate")) == ["cardinality-min"] * 4


def test_a_bundle_is_judged_with_its_entries(client: FlaskClient) -> None:
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": URN, "resource": BANANA}]}
    (issue,) = asked(client, bundle)
    assert issue["expression"] == ["Bundle.entry[0].resource.gender"]


@pytest.mark.parametrize("body", [b"{", b"[1]", b"null", b'{"resourceType":"Banana"}', b'{"a":1,"a":2}', b"\xff"])
def test_what_is_no_fhir_is_answered_by_an_outcome_too(client: FlaskClient, body: bytes) -> None:
    assert asked(client, body)[0]["severity"] in ("error", "fatal")


def test_xml_is_read_and_answered(client: FlaskClient) -> None:
    headers = {"Content-Type": "application/fhir+xml", "Accept": "application/fhir+xml"}
    body = b'<Patient xmlns="http://hl7.org/fhir">\n  <gender value="banana"/>\n</Patient>'
    answered = client.post("/fhir/$validate", data=body, headers=headers)
    assert (answered.status_code, answered.content_type) == (200, "application/fhir+xml; charset=utf-8")
    outcome = xml.parse(answered.data)
    assert outcome["issue"][0]["expression"] == ["Patient.gender"]
    assert "line 2, column 3" in outcome["issue"][0]["diagnostics"]
    broken = client.post("/fhir/$validate", data=b"<Patient", headers=headers)
    assert broken.status_code == 200
    assert etree.fromstring(broken.data).tag == "{http://hl7.org/fhir}OperationOutcome"


def test_a_profile_is_asked_for_in_the_query_or_in_parameters(client: FlaskClient) -> None:
    patient = {"resourceType": "Patient"}
    assert errors(asked(client, patient)) == []
    missing = errors(asked(client, patient, f"/fhir/$validate?profile={PROFILE}"))
    assert "cardinality-min" in missing
    for value in ("valueUri", "valueCanonical"):
        body = parameters(resource={"resource": patient}, profile={value: PROFILE}, mode={"valueCode": "profile"})
        assert errors(asked(client, body)) == missing


def test_a_profile_that_nobody_knows_is_an_error(client: FlaskClient) -> None:
    assert errors(asked(client, {"resourceType": "Patient"}, "/fhir/$validate?profile=http://x.example/p")) == [
        "unknown-profile"
    ]


def test_a_parameters_of_something_else_is_judged_itself(client: FlaskClient) -> None:
    assert errors(asked(client, {"resourceType": "Parameters", "parameter": [{"name": "x", "valueString": "y"}]})) == []
    assert errors(asked(client, {"resourceType": "Parameters", "parameter": [{"valueString": "y"}]})) != []


def test_a_mode_that_stores_is_judged_as_a_push(client: FlaskClient) -> None:
    """A name is dropped, what no map reads is told, and what is of no form of the study is refused."""
    subject = told(client.post("/crf/subject/$convert", json=SUBJECT))
    patient = next(e["resource"] for e in subject["entry"] if e["resource"]["resourceType"] == "Patient")
    named = patient | {"name": [{"family": "Zhang"}]}
    assert errors(asked(client, named)) == ["cardinality-max"]
    body = parameters(resource={"resource": named}, mode={"valueCode": "create"})
    found = asked(client, body)
    assert errors(found) == []
    assert ["Patient.name"] in [issue.get("expression") for issue in found]
    unknown = parameters(resource={"resource": {"resourceType": "Patient"}}, mode={"valueCode": "update"})
    assert [issue["severity"] for issue in asked(client, unknown)] == ["error"]


def test_the_type_and_the_id_of_the_address_are_held_to(client: FlaskClient) -> None:
    assert errors(asked(client, {"resourceType": "Patient"}, "/fhir/Observation/$validate")) == ["resource-type"]
    assert asked(client, {"resourceType": "Patient", "id": "a"}, "/fhir/Patient/a/$validate")[0]["code"] == (
        "informational"
    )
    (issue,) = asked(client, {"resourceType": "Patient", "id": "b"}, "/fhir/Patient/a/$validate")
    assert (issue["severity"], issue["expression"]) == ("error", ["Patient.id"])


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/fhir/Banana/$validate", BANANA, 404, "not-supported"),
        ("/fhir/$validate?mode=banana", BANANA, 400, "invalid"),
        ("/fhir/$validate", parameters(mode={"valueCode": "create"}), 400, "required"),
        ("/fhir/$validate", parameters(resource={"resource": BANANA}, mode={"valueCode": 1}), 400, "invalid"),
    ],
)
def test_what_cannot_be_asked_is_refused(client: FlaskClient, path: str, body: Any, status: int, code: str) -> None:
    refused(client.post(path, data=json.dumps(body), headers=FHIR), status, code)


def test_deleting_is_told_to_be_possible(client: FlaskClient) -> None:
    assert asked(client, parameters(mode={"valueCode": "delete"}))[0]["severity"] == "information"


def test_an_empty_body_and_another_type_are_refused(client: FlaskClient) -> None:
    refused(client.post("/fhir/$validate", data=b"", headers=FHIR), 400, "structure")
    refused(client.post("/fhir/$validate", data=b"x", headers={"Content-Type": "text/csv"}), 415, "not-supported")


def test_nothing_is_stored(client: FlaskClient) -> None:
    before = everything(client)
    bundle = told(client.post("/crf/injection/$convert", json=INJECTION))
    for entry in bundle["entry"]:
        for mode in ("create", "update", "profile"):
            asked(client, parameters(resource={"resource": entry["resource"]}, mode={"valueCode": mode}))
    assert everything(client) == before


def test_a_restricted_value_is_not_repeated(client: FlaskClient) -> None:
    coding = {"system": "https://il2-csu.example/fhir/CodeSystem/trial", "code": "kit-number"}
    kit: dict[str, Any] = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [coding]},
        "valueString": "K-77\x01",
    }
    kit["identifier"] = [{"system": "https://il2-csu.example/id/observation", "value": "01-001-c1d1-kit"}]
    assert "K-77" not in json.dumps(asked(client, kit))


def test_the_closed_mode_validates_for_nobody(serve: Serve, database: str) -> None:
    app: Flask = serve(Config(database=database, clock=Clock()))
    answered: TestResponse = app.test_client().post("/fhir/$validate", data=json.dumps(BANANA), headers=FHIR)
    assert answered.status_code == 401


def test_of_a_profile_that_is_not_known_nobody_is_told_how_a_command_is_called(client: FlaskClient) -> None:
    claiming = {"resourceType": "Patient", "meta": {"profile": ["http://x.example/p"]}}
    (issue,) = asked(client, claiming)
    assert issue["severity"] == "warning"
    assert issue["diagnostics"].startswith("The profile http://x.example/p is not known here")
    assert "--" not in issue["diagnostics"]


def test_xml_is_judged_behind_a_fault_of_the_text(client: FlaskClient) -> None:
    body = b'<Patient xmlns="http://hl7.org/fhir">\n  <gendr value="male"/>\n  <gender value="banana"/>\n</Patient>'
    answered = client.post("/fhir/$validate", data=body, headers={"Content-Type": "application/fhir+xml"})
    text = answered.get_data(as_text=True)
    assert "did you mean 'gender'" in text
    assert "line 2, column 3" in text
    assert "line 3, column 3" in text


def test_a_fault_of_xml_within_parameters_is_told_too(client: FlaskClient) -> None:
    inner = '<resource><Patient><gender value="male"/><active value="true"/></Patient></resource>'
    body = (
        f'<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="resource"/>{inner}</parameter></Parameters>'
    )
    answered = client.post("/fhir/$validate", data=body, headers={"Content-Type": "application/fhir+xml"})
    (issue,) = answered.get_json()["issue"]
    assert issue["expression"] == ["Parameters.parameter[0].resource.active"]
