"""The CapabilityStatement, made from what is there."""

from __future__ import annotations

from typing import Any

import adapter
from adapter.api.media import JSON, XML
from adapter.api.parameters import searchable
from adapter.api.service import Service

DATE = "2026-11-22"
"""When what this server can do last changed."""

VALIDATE = {"name": "validate", "definition": "http://hl7.org/fhir/OperationDefinition/Resource-validate"}


def capability_statement(here: Service) -> dict[str, Any]:
    """What this server can do: its types with their interactions and search parameters, transaction,
    $convert, $validate."""
    base = here.desk.study.base
    title = str(here.desk.study.facts.get("title") or here.desk.study.id)
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
        "rest": [
            {
                "mode": "server",
                "documentation": _documentation(here),
                "resource": [_resource(type_) for type_ in here.desk.types],
                "interaction": [{"code": "transaction"}],
                "operation": [
                    {"name": "convert", "definition": f"{base}/OperationDefinition/convert"},
                    VALIDATE,
                ],
            }
        ],
    }


def _documentation(here: Service) -> str:
    access = "open demo: no token, loopback only" if here.config.open_demo else "closed: there are no logins yet"
    return (
        f"Access: {access}. A resource's id is its record's business key. "
        "The same record twice is one record. "
        "What may reveal a subject's arm is kept and not served."
    )


def _resource(type_: str) -> dict[str, Any]:
    return {
        "type": type_,
        "interaction": [{"code": code} for code in ("read", "vread", "update", "create", "search-type")],
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": True,
        "operation": [VALIDATE],
        "searchParam": [{"name": name, "type": kind} for name, kind in searchable(type_).items()],
    }
