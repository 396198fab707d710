from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tests.api.trial import refused, told


def document(client: FlaskClient) -> dict[str, Any]:
    return told(client.get("/openapi.json"))


def test_every_route_of_the_crf_side_is_described_and_no_other(app: Flask, client: FlaskClient) -> None:
    forms = app.extensions["crfhir"].desk.forms
    paths = document(client)["paths"]
    assert all(path.startswith("/crf") for path in paths)
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/crf"):
            described = rule.rule.replace("<form>", next(iter(forms))).replace("<", "{").replace(">", "}")
            methods = {method.lower() for method in rule.methods or ()} - {"head", "options"}
            assert methods <= paths[described].keys(), rule.rule


def test_each_form_has_paths_of_its_own_and_each_operation_a_name_of_its_own(client: FlaskClient) -> None:
    found = document(client)
    ids = [operation["operationId"] for path in found["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids))
    assert {"/crf/diary", "/crf/diary/{key}", "/crf/injection"} <= found["paths"].keys()


def test_every_reference_leads_to_a_schema(client: FlaskClient) -> None:
    found = document(client)
    named = set(references(found))
    assert named
    assert named <= {f"#/components/schemas/{name}" for name in found["components"]["schemas"]}


def references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [each for entry in value for each in references(entry)]
    if not isinstance(value, dict):
        return []
    own = [value["$ref"]] if "$ref" in value else []
    return own + [each for entry in value.values() for each in references(entry)]


def test_the_page_loads_what_it_names_and_nothing_from_elsewhere(client: FlaskClient) -> None:
    page = client.get("/openapi").get_data(as_text=True)
    assert "http:" not in page
    assert "https:" not in page
    for name in ("swagger-ui.css", "swagger-ui-bundle.js"):
        assert f"/openapi/{name}" in page
        with client.get(f"/openapi/{name}") as answered:
            assert answered.status_code == 200
    assert client.get("/openapi/../setup.cfg").status_code == 404
    refused(client.get("/openapi/index.html"), 404, "not-found")


def test_the_issues_of_a_record_are_described_as_the_outcome_that_they_are(client: FlaskClient) -> None:
    answered = document(client)["paths"]["/crf/diary/{key}/issues"]["get"]["responses"]["200"]
    assert list(answered["content"]) == ["application/fhir+json"]
