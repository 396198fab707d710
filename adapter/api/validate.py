"""$validate: what R4 and profiles say of a resource of any type, nothing stored.

The operation is HL7's: http://hl7.org/fhir/R4/resource-operation-validate.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from adapter.api import answer
from adapter.api.failure import failure, unsupported
from adapter.api.media import XML, written
from adapter.api.service import Service, service
from adapter.fhir import json
from adapter.fhir.definitions import is_resource
from adapter.fhir.locate import locate_json, locate_xml
from adapter.fhir.syntax import FhirSyntaxError, TextFault
from adapter.intake.conformity import judge
from adapter.intake.discretion import discreet
from adapter.intake.draft import of_resources
from adapter.outcome import Issue
from adapter.validation.validator import placed, syntax_issue
from adapter.validation.xml_faults import joined

blueprint = Blueprint("validate", __name__, url_prefix="/fhir")

STORING = ("create", "update")
"""Modes that ask whether a push would be taken; without a mode, or with `profile`, only FHIR's rules are asked."""

PARAMETERS = ("resource", "mode", "profile")


@dataclass(frozen=True, slots=True)
class Asked:
    """The resource to be judged, the profiles that were named, and the mode."""

    resource: Any
    profiles: tuple[str, ...]
    mode: str | None


@blueprint.post("/$validate")
def validate() -> Response:
    """Answer an OperationOutcome about the resource of the body, or about that in a Parameters."""
    return _answer(service(), None, None)


@blueprint.post("/<string:type_>/$validate")
def validate_type(type_: str) -> Response:
    """The same of a resource that must be of this type."""
    return _answer(service(), type_, None)


@blueprint.post("/<string:type_>/<id_>/$validate")
def validate_instance(type_: str, id_: str) -> Response:
    """The same of a resource that must have this id, too."""
    return _answer(service(), type_, id_)


def _answer(here: Service, type_: str | None, id_: str | None) -> Response:
    if type_ is not None and not is_resource(type_):
        raise unsupported(f"R4 has no resource {type_[:60]}: there is nothing to hold one to.", status=404)
    raw, kind = written(request, here.config.largest_body)
    try:
        value, faults = _parsed(raw, kind)
    except FhirSyntaxError as fault:
        return answer.outcome([syntax_issue(fault)])
    asked = _asked(value)
    issues = [*_misplaced(asked.resource, type_, id_), *_issues(here, asked)]
    if asked.resource is value and issues:
        issues = placed(issues, lambda paths: _located(raw, kind, paths))
    if faults:
        issues = joined(faults, issues)
    if faults and asked.resource is value:
        issues = here.desk.naming.named(issues, value)
    return answer.outcome(discreet(here.desk, issues))


def _parsed(raw: bytes, kind: str) -> tuple[Any, tuple[TextFault, ...]]:
    """What a text holds, and what of XML can be read on behind. Raises FhirSyntaxError."""
    if kind != XML:
        return json.parse(raw), ()
    from adapter.fhir import xml  # lxml is needed by few requests

    return xml.read(raw)


def _located(raw: bytes, kind: str, paths: Sequence[str]) -> dict[str, tuple[int, int]]:
    return locate_xml(raw, paths) if kind == XML else locate_json(raw.decode(), paths)


def _issues(here: Service, asked: Asked) -> list[Issue]:
    if asked.mode == "delete":
        return []  # whatever is here may be voided by its sender, and nothing is taken away
    known = tuple(url for url in asked.profiles if here.desk.validator.definitions.profile(url) is not None)
    unknown = [_unknown(url) for url in asked.profiles if url not in known]
    if asked.mode in STORING:
        return unknown + _of_push(here, asked.resource, known)
    found = here.desk.validator.check(asked.resource, known, is_read=True)
    return unknown + here.desk.naming.named(found, asked.resource)


def _of_push(here: Service, resource: Any, profiles: tuple[str, ...]) -> list[Issue]:
    """What a push of this resource would be told of it, before it meets what is stored."""
    found = judge(here.desk, resource, profiles)
    if any(issue.refuses for issue in found) or resource["resourceType"] == "Bundle":
        return found
    return found + [issue for issue in of_resources(here.desk, [("", resource)]).issues if issue not in found]


def _unknown(url: str) -> Issue:
    text = f"The profile {url[:200]} is not known here: the resource was not held to it."
    return Issue("error", "not-found", text, key="unknown-profile")


def _misplaced(resource: Any, type_: str | None, id_: str | None) -> Iterator[Issue]:
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if type_ is not None and isinstance(kind, str) and kind != type_:
        text = f"This is a {kind[:60]}, and the address is for {type_}: they must agree."
        yield Issue("error", "invalid", text, key="resource-type")
    elif id_ is not None and isinstance(kind, str) and resource.get("id") != id_:
        yield Issue(
            "error", "invalid", f"The address is for the id {id_[:64]}: the resource must have it.", f"{kind}.id"
        )


def _asked(value: Any) -> Asked:
    """What is asked: of a Parameters for this operation what it says, else the body and the query."""
    profiles, mode = tuple(request.args.getlist("profile")), request.args.get("mode")
    given = list(_given(value))
    if not given:
        return Asked(value, profiles, _mode(mode))
    named: dict[str, list[Any]] = {name: [content for each, content in given if each == name] for name in PARAMETERS}
    mode = next(iter(named["mode"]), mode)
    if not named["resource"] and mode != "delete":
        raise failure("required", "The Parameters hold no resource: give one by the name resource.", status=400)
    resource = next(iter(named["resource"]), None)
    return Asked(resource, (*profiles, *(url for url in named["profile"] if isinstance(url, str))), _mode(mode))


def _given(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the operation's parameters; of what is no Parameters, or one of something else, nothing."""
    parameters = value.get("parameter") if isinstance(value, dict) else None
    if not isinstance(parameters, list) or value.get("resourceType") != "Parameters":
        return
    for each in parameters:
        if isinstance(each, dict) and each.get("name") in PARAMETERS:
            content = next((each[key] for key in each if key == "resource" or key.startswith("value")), None)
            yield each["name"], content


def _mode(text: Any) -> str | None:
    if text not in (None, "create", "update", "profile", "delete"):
        raise failure("invalid", "mode is one of create, update, delete, profile.")
    return text if isinstance(text, str) else None
