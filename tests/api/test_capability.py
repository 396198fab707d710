from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from adapter.api.capability import RECEIPT
from adapter.api.conformance import TYPES
from adapter.fhir.conformance import Definitions
from adapter.validation.validator import Validator
from tests.api.trial import INJECTION, INJECTION_PATH, SUBJECT, told

STRICT = {"Prefer": "handling=strict"}
VALUES = {
    "date": "2025-01-01",
    "reference": "01-001",
    "token": "x",
    "string": "x",
    "uri": "urn:x",
    "quantity": "5.4||mg",
    "number": "1",
}


def statement(client: FlaskClient) -> Any:
    return told(client.get("/fhir/metadata"))


def kept(client: FlaskClient) -> list[dict[str, Any]]:
    return [entry for entry in statement(client)["rest"][0]["resource"] if entry["type"] not in (*TYPES, RECEIPT)]


def test_the_statement_names_what_is_there_and_is_sound(client: FlaskClient) -> None:
    found = statement(client)
    assert [issue for issue in Validator(Definitions()).check(found) if issue.refuses] == []
    rest = found["rest"][0]
    types = {entry["type"]: entry for entry in rest["resource"]}
    assert {"MedicationAdministration", "QuestionnaireResponse", "ResearchStudy", *TYPES} <= types.keys()
    assert {"convert", "validate"} <= {operation["name"] for operation in rest["operation"]}
    assert {"validate", "everything"} <= {operation["name"] for operation in types["Patient"]["operation"]}
    assert "everything" not in {operation["name"] for operation in types["Encounter"]["operation"]}
    parameters = {parameter["name"] for parameter in types["MedicationAdministration"]["searchParam"]}
    assert {"subject", "patient", "identifier", "effective-time", "status", "_lastUpdated", "_id"} <= parameters
    assert {"identifier", "patient"} <= {each["name"] for each in types["AdverseEvent"]["searchParam"]}
    assert "MedicationAdministration:subject" in types["MedicationAdministration"]["searchInclude"]
    assert "Observation:subject" in types["Patient"]["searchRevInclude"]


def test_every_parameter_that_is_named_is_understood(client: FlaskClient) -> None:
    for entry in statement(client)["rest"][0]["resource"]:
        for parameter in entry.get("searchParam", ()):
            query = f"{parameter['name']}={VALUES[parameter['type']]}"
            found = client.get(f"/fhir/{entry['type']}?{query}", headers=STRICT)
            assert found.status_code == 200, query
            assert parameter["name"] in told(found)["link"][0]["url"]


def test_every_inclusion_that_is_named_is_understood(client: FlaskClient) -> None:
    for entry in kept(client):
        for name, word in (("searchInclude", "_include"), ("searchRevInclude", "_revinclude")):
            for value in entry.get(name, ()):
                assert client.get(f"/fhir/{entry['type']}?{word}={value}", headers=STRICT).status_code == 200, value


@pytest.mark.parametrize(
    "query",
    [
        "_filter=x",
        "_content=x",
        "_text=x",
        "_list=x",
        "_query=x",
        "_include=Observation:nothing",
        "_include=Patient:link",
        "_revinclude=Nothing:subject",
        "code-value-quantity=x$5",
        "near=1",
        "phonetic=x",
    ],
)
def test_what_is_not_named_is_refused(client: FlaskClient, query: str) -> None:
    assert query.partition("=")[0] not in json.dumps(statement(client))
    assert client.get(f"/fhir/Observation?{query}", headers=STRICT).status_code == 400


def test_every_interaction_that_is_named_is_carried_out(client: FlaskClient) -> None:
    client.post("/crf/subject", json=SUBJECT)
    client.post("/crf/injection", json=INJECTION)
    type_, _, id_ = INJECTION_PATH.partition("/")
    own = next(entry for entry in kept(client) if entry["type"] == type_)
    requests = {
        "read": ("GET", f"{type_}/{id_}"),
        "vread": ("GET", f"{type_}/{id_}/_history/1"),
        "history-instance": ("GET", f"{type_}/{id_}/_history"),
        "history-type": ("GET", f"{type_}/_history"),
        "search-type": ("GET", type_),
        "create": ("POST", type_),
        "update": ("PUT", f"{type_}/{id_}"),
        "patch": ("PATCH", f"{type_}/{id_}"),
        "delete": ("DELETE", f"{type_}/{id_}"),
    }
    said = [interaction["code"] for interaction in own["interaction"]]
    assert set(said) == set(requests)
    for code in said:
        method, path = requests[code]
        assert client.open(f"/fhir/{path}", method=method).status_code not in (404, 405), code


def test_what_is_read_only_says_so(client: FlaskClient) -> None:
    for entry in statement(client)["rest"][0]["resource"]:
        if entry["type"] in TYPES:
            assert [each["code"] for each in entry["interaction"]] == ["read", "search-type"]
            assert client.post(f"/fhir/{entry['type']}", json={}).status_code == 405


def test_receipts_are_declared_as_what_can_be_done_with_them(client: FlaskClient) -> None:
    (own,) = [entry for entry in statement(client)["rest"][0]["resource"] if entry["type"] == RECEIPT]
    assert [each["code"] for each in own["interaction"]] == ["read"]
    assert "searchParam" not in own
    path = told(client.post("/crf/injection", json=INJECTION))["receipt"]
    assert client.get(path).status_code == 200
    for method, other in (("GET", "/fhir/Task"), ("GET", f"{path}/_history"), ("POST", "/fhir/Task"), ("PUT", path)):
        assert client.open(other, method=method).status_code in (404, 405), other


def test_every_type_that_has_a_route_of_its_own_is_declared(client: FlaskClient) -> None:
    declared = {entry["type"] for entry in statement(client)["rest"][0]["resource"]}
    rules = [rule.rule for rule in client.application.url_map.iter_rules()]
    routed = {found[1] for rule in rules if (found := re.match(r"/fhir/([A-Z][A-Za-z]+)(?:/|$)", rule, re.ASCII))}
    assert routed
    assert routed <= declared
