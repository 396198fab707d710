from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from adapter.api.conformance import TYPES
from tests.api.test_history import walked
from tests.api.trial import FHIR, STUDY, refused, told


def test_what_the_package_holds_is_served_as_it_is(client: FlaskClient) -> None:
    served = {}
    for type_ in TYPES:
        for entry in walked(client, f"/fhir/{type_}?_count=7"):
            resource = entry["resource"]
            served[type_, resource["id"]] = resource
            assert told(client.get(f"/fhir/{type_}/{resource['id']}")) == resource
    held = [json.loads(path.read_bytes()) for path in (STUDY / "package").glob("*.json")]
    expected = {(each["resourceType"], each["id"]) for each in held if each.get("resourceType") in TYPES}
    assert set(served) - expected == {("CapabilityStatement", "crfhir")}
    assert expected - set(served) == set()


def test_a_definition_is_found_by_its_canonical_url(client: FlaskClient) -> None:
    one = told(client.get("/fhir/StructureDefinition?_count=1"))["entry"][0]["resource"]
    for asked in (f"url={one['url']}", f"url={one['url']}|{one['version']}", f"_id={one['id']}", f"name={one['name']}"):
        assert told(client.get(f"/fhir/StructureDefinition?{asked}"))["entry"][0]["resource"] == one
    everything = told(client.get("/fhir/StructureDefinition?_count=0"))["total"]
    assert told(client.get(f"/fhir/StructureDefinition?version={one['version']}&status={one['status']}"))["total"] > 1
    for asked in (f"url={one['url']}|9.9", "url=nothing", "status=retired"):
        assert told(client.get(f"/fhir/StructureDefinition?{asked}"))["total"] == 0
    assert everything > 1


def test_a_parameter_that_is_not_known_is_told_or_refused(client: FlaskClient) -> None:
    lenient = told(client.get("/fhir/ValueSet?kit=1&_count=1"))
    assert lenient["entry"][-1]["search"]["mode"] == "outcome"
    assert "kit" not in lenient["link"][0]["url"]
    refused(client.get("/fhir/ValueSet?kit=1", headers={"Prefer": "handling=strict"}), 400, "not-supported")


@pytest.mark.parametrize("type_", TYPES)
def test_definitions_are_never_written(client: FlaskClient, type_: str) -> None:
    for method, path in (("POST", ""), ("PUT", "/x"), ("PATCH", "/x"), ("DELETE", "/x"), ("DELETE", "?url=x")):
        sent = client.open(f"/fhir/{type_}{path}", method=method, json={"resourceType": type_}, headers=FHIR)
        refused(sent, 405, "not-supported")
        assert "GET" in sent.headers["Allow"]
    refused(client.get(f"/fhir/{type_}/nothing"), 404, "not-found")


def test_this_servers_own_statement_is_a_resource_too(client: FlaskClient) -> None:
    own = told(client.get("/fhir/CapabilityStatement/crfhir"))
    assert {key: own[key] for key in own if key != "id"} == told(client.get("/fhir/metadata"))


def test_definitions_are_searched_by_a_form_too(client: FlaskClient) -> None:
    asked = {"_count": "2", "status": "active", "_elements": "url"}
    by_form = client.post("/fhir/ValueSet/_search", data=asked)
    assert by_form.data == client.get("/fhir/ValueSet?_count=2&status=active&_elements=url").data
    assert len(told(by_form)["entry"]) == 2
    refused(client.post("/fhir/ValueSet/_search", json={}), 415, "not-supported")
