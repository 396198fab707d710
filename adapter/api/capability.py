"""The CapabilityStatement, made from what is there: the routes of the application, the parameters of the index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import current_app

import adapter
from adapter.api.inclusion import includes, revincludes
from adapter.api.media import JSON, XML
from adapter.api.parameters import searchable
from adapter.api.searching import COMPARTMENTS
from adapter.api.service import Service

DATE = "2026-11-22"
"""When what this server can do last changed."""

R4 = "http://hl7.org/fhir"

OPERATIONS = {
    "validate": f"{R4}/OperationDefinition/Resource-validate",
    "meta": f"{R4}/OperationDefinition/Resource-meta",
    "everything": f"{R4}/OperationDefinition/Patient-everything",
    "versions": f"{R4}/OperationDefinition/CapabilityStatement-versions",
}
"""The operations of R4 by name; any other is the study's own."""

INTERACTIONS = {
    ("GET", "/fhir/<type_>/<id_>"): "read",
    ("GET", "/fhir/<type_>/<id_>/_history/<version>"): "vread",
    ("PUT", "/fhir/<type_>/<id_>"): "update",
    ("PATCH", "/fhir/<type_>/<id_>"): "patch",
    ("DELETE", "/fhir/<type_>/<id_>"): "delete",
    ("GET", "/fhir/<type_>/<id_>/_history"): "history-instance",
    ("GET", "/fhir/<type_>/_history"): "history-type",
    ("POST", "/fhir/<type_>"): "create",
    ("GET", "/fhir/<type_>"): "search-type",
}
"""Route -> R4's word for it, of every type that is kept."""

OF_ALL = {("POST", "/fhir"): ("transaction", "batch"), ("GET", "/fhir/_history"): ("history-system",)}
"""Route -> R4's words for it, of the whole server."""

CONDITIONS: Mapping[tuple[str, str], dict[str, Any]] = {
    ("PUT", "/fhir/<type_>"): {"conditionalUpdate": True, "conditionalCreate": True},
    ("DELETE", "/fhir/<type_>"): {"conditionalDelete": "single"},
    ("GET", "/fhir/<type_>/<id_>"): {"conditionalRead": "full-support"},
}
"""Route -> what it says of conditions."""

RECEIPT = "Task"
"""The type that receipts are read as."""

HOLES = ("type_", "string:type_")
"""How a type stands in a route: of those that are kept, of any."""

Routes = frozenset[tuple[str, str]]


def capability_statement(here: Service) -> dict[str, Any]:
    """What this server can do: its types with their interactions, search parameters and operations."""
    routes = _routes()
    title = str(here.desk.study.facts.get("title") or here.desk.study.id)
    kept = [_resource(here, type_, routes) for type_ in here.desk.types]
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": DATE,
        "kind": "instance",
        "software": {"name": "crfhir", "version": adapter.__version__},
        "implementation": {
            "description": f"CRF records as FHIR R4: {title}",
            "url": f"{here.config.base_url}/fhir",
        },
        "fhirVersion": "4.0.1",
        "format": [JSON, XML],
        **({"patchFormat": ["application/json-patch+json"]} if ("PATCH", "/fhir/<type_>/<id_>") in routes else {}),
        "rest": [
            {
                "mode": "server",
                "documentation": _documentation(here),
                "resource": [*kept, *_definitions(routes), *_receipts(routes)],
                "interaction": [{"code": code} for route, codes in OF_ALL.items() if route in routes for code in codes],
                "operation": _operations(here, routes, "/fhir/"),
                "compartment": [f"{R4}/CompartmentDefinition/{name.lower()}" for name in COMPARTMENTS],
            }
        ],
    }


def _routes() -> Routes:
    """(method, path) of every route of the application."""
    rules = current_app.url_map.iter_rules()
    return frozenset((method, rule.rule) for rule in rules for method in rule.methods or ())


def _documentation(here: Service) -> str:
    access = "open demo: no token, loopback only" if here.config.open_demo else "closed: there are no logins yet"
    return (
        f"Access: {access}. A resource's id is its record's business key. "
        "The same record twice is one record. "
        "What may reveal a subject's arm is kept and not served."
    )


def _resource(here: Service, type_: str, routes: Routes) -> dict[str, Any]:
    catalogue, types = here.store.catalogue, here.desk.types
    conditions = {key: value for route, said in CONDITIONS.items() if route in routes for key, value in said.items()}
    at = (f"/fhir/{type_}/<id_>/", *(f"/fhir/<{hole}>/{id_}" for hole in HOLES for id_ in ("<id_>/", "")))
    included, including = list(includes(catalogue, types, type_)), list(revincludes(catalogue, types, type_))
    return {
        "type": type_,
        "interaction": [{"code": code} for route, code in INTERACTIONS.items() if route in routes],
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": True,
        **conditions,
        **({"searchInclude": included} if included else {}),
        **({"searchRevInclude": including} if including else {}),
        "searchParam": [
            {"name": name, "definition": url, "type": kind} for name, (kind, url) in searchable(here, type_).items()
        ],
        "operation": _operations(here, routes, *at),
    }


def _operations(here: Service, routes: Routes, *places: str) -> list[dict[str, str]]:
    """The operations that stand at one of these places."""
    paths = (path.rpartition("$") for _, path in sorted(routes))
    names = dict.fromkeys(name for place, dollar, name in paths if dollar and place in places)
    own = f"{here.desk.study.base}/OperationDefinition"
    return [{"name": name, "definition": OPERATIONS.get(name, f"{own}/{name}")} for name in names]


def _definitions(routes: Routes) -> Iterable[dict[str, Any]]:
    """What is said of the study's own definitions, which are read and searched, and never written."""
    from adapter.api.conformance import SEARCHABLE, TYPES  # which serves this statement itself

    for type_ in TYPES:
        read, search = ("GET", f"/fhir/{type_}/<id_>"), ("GET", f"/fhir/{type_}")
        codes = [code for route, code in ((read, "read"), (search, "search-type")) if route in routes]
        parameters = [{"name": name, "type": kind} for name, kind in SEARCHABLE.items()]
        yield {"type": type_, "interaction": [{"code": code} for code in codes], "searchParam": parameters}


def _receipts(routes: Routes) -> Iterable[dict[str, Any]]:
    """What is said of receipts, which are read by their senders and neither searched nor written."""
    if ("GET", f"/fhir/{RECEIPT}/<id_>") in routes:
        told = "The receipt of a push, for its sender alone: X-Receipt of the answer names it."
        yield {"type": RECEIPT, "documentation": told, "interaction": [{"code": "read"}]}
