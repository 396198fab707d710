"""The CRF side told as OpenAPI, made from the routes that there are and the study's forms; and a page to try it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, Response, current_app, render_template, send_from_directory
from swagger_ui_bundle import swagger_ui_path
from werkzeug.routing import Rule

import adapter
from adapter.api import answer
from adapter.api.failure import failure
from adapter.api.schemas import OUTCOME, RECEIPT, schemas
from adapter.api.service import Service, service

blueprint = Blueprint("openapi", __name__)

VERSION = "3.0.3"
ASSETS = ("swagger-ui.css", "swagger-ui-bundle.js")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
FORM = "form"
"""The part of a path that names a form: each form has paths of its own, with its schema."""

_BELOW = re.compile(r"/crf/?([a-z]*)", re.ASCII)
"""What a path that is of no form is about: `queries` of /crf/queries."""

_HOLE = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")


@blueprint.get("/openapi.json")
def document() -> Response:
    """Answer the description of /crf."""
    return answer.plain(described(service()))


@blueprint.get("/openapi")
def page() -> str:
    """Answer the page on which the CRF side can be tried."""
    return render_template("openapi.html", study=service().desk.study.id)


@blueprint.get("/openapi/<name>")
def asset(name: str) -> Response:
    """Answer one of the page's files, from the package that carries them."""
    if name not in ASSETS:
        raise failure("not-found", f"The page has no such file: it has {', '.join(ASSETS)}.")
    return send_from_directory(swagger_ui_path, name)


def described(here: Service) -> dict[str, Any]:
    """Return the OpenAPI document of the CRF side."""
    return {
        "openapi": VERSION,
        "info": {
            "title": f"crfhir: the records of {here.desk.study.id}",
            "version": adapter.__version__,
            "description": "CRF records as JSON. FHIR is at /fhir: see /fhir/metadata.",
        },
        "tags": [{"name": form.id, "description": form.labels.get("en", form.id)} for form in here.desk.forms.values()],
        "servers": [{"url": here.config.base_url}],
        "paths": _paths(here),
        "components": {"schemas": schemas(here.desk.study)},
    }


def _paths(here: Service) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if not rule.rule.startswith("/crf"):
            continue
        for form in here.desk.forms if FORM in rule.arguments else (None,):
            found.setdefault(_path(rule, form), {}).update(_operations(rule, form))
    return found


def _path(rule: Rule, form: str | None) -> str:
    return _HOLE.sub(lambda hole: form if form is not None and hole[1] == FORM else f"{{{hole[1]}}}", rule.rule)


def _operations(rule: Rule, form: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
    view: Callable[..., Any] = current_app.view_functions[rule.endpoint]
    for method in METHODS:
        if method in (rule.methods or ()):
            yield method.lower(), _operation(rule, method, form, view)


def _operation(rule: Rule, method: str, form: str | None, view: Callable[..., Any]) -> dict[str, Any]:
    holes = [name for name in _HOLE.findall(rule.rule) if name != FORM]
    told: dict[str, Any] = {
        "summary": (view.__doc__ or "").strip().partition("\n\n")[0].replace("\n    ", " "),
        "operationId": "_".join(filter(None, (method.lower(), rule.endpoint.replace(".", "_"), form))),
        "responses": _responses(rule, method, form),
    }
    told["tags"] = [form if form is not None else _BELOW.match(rule.rule)[1] or "study"]  # type: ignore[index]
    parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in holes]
    if method == "GET" and rule.rule == f"/crf/<{FORM}>":
        parameters += [_query("subject", {"type": "string"}), _query("voided", {"type": "boolean"})]
        parameters += [_query("_count", {"type": "integer", "minimum": 0})]
    if parameters:
        told["parameters"] = parameters
    if method in ("POST", "PUT") and form is not None:
        told["requestBody"] = {"required": True, "content": _json(_body(form, method, holes))}
    return told


def _query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _body(form: str, method: str, holes: list[str]) -> dict[str, Any]:
    one = {"$ref": f"#/components/schemas/{form}"}
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]} if method == "POST" and not holes else one


def _responses(rule: Rule, method: str, form: str | None) -> dict[str, Any]:
    failed = {"description": "An OperationOutcome with every issue.", "content": _outcome()}
    if rule.rule.endswith("/$convert"):
        bundle = {"application/fhir+json": {"schema": {"type": "object"}}}
        return {"200": {"description": "A Bundle of the resources.", "content": bundle}, "default": failed}
    if rule.rule.endswith("/issues"):
        return {"200": {"description": "An OperationOutcome.", "content": _outcome()}, "default": failed}
    if method == "GET":
        # A record that is read may lack what its form requires and this reader may not see: it is an object.
        return {"200": {"description": "OK", "content": _json({"type": "object"})}, "default": failed}
    schema = {"$ref": f"#/components/schemas/{RECEIPT}"} if form is not None else {"type": "object"}
    done = {"description": "What became of it.", "content": _json(schema)}
    return {"200": done, "201": done, "default": failed}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _outcome() -> dict[str, Any]:
    return {"application/fhir+json": {"schema": {"$ref": f"#/components/schemas/{OUTCOME}"}}}
