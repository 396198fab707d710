"""A transaction Bundle, taken apart: every fault of it at once, references between its entries resolved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapter.api.conformity import refuse
from adapter.api.failure import FailureError, failure, unsupported
from adapter.api.references import resolved, unresolved
from adapter.api.service import Service
from adapter.api.several import bounded
from adapter.intake.conformity import is_fhir, judge
from adapter.intake.discretion import discreet
from adapter.intake.standing import standing
from adapter.outcome import Issue
from adapter.store.shapes import Emission

CONDITIONS = ("ifMatch", "ifNoneExist", "ifNoneMatch", "ifModifiedSince")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: where it stands, its resource with references resolved, and the resource that is kept for
    it."""

    where: str
    resource: dict[str, Any]
    kept: Emission | None


def entries_of(here: Service, bundle: Any) -> list[Entry]:
    """The entries of a transaction. Failure 400 or 422 with every issue when it cannot be carried out."""
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise failure("structure", "POST a Bundle of type transaction here, or a resource to /fhir/{its type}.")
    if bundle.get("type") != "transaction":
        raise unsupported("Only a Bundle of type transaction is carried out here.", status=422)
    given = bundle.get("entry", [])
    if isinstance(given, list):
        bounded(given, "entries")
    issues = judge(here.desk, bundle)
    asked = list(_asked(here, given)) if is_fhir(issues) else []
    if asked:
        raise FailureError(400, [*asked, *_elsewhere_than(asked, discreet(here.desk, issues))])
    refuse(here, issues)
    return _identified(here, given)


def _asked(here: Service, given: list[dict[str, Any]]) -> Iterator[Issue]:
    for position, entry in enumerate(given):
        yield from _faults(here, position, entry)
    yield from unresolved(given)


def _elsewhere_than(told: list[Issue], issues: list[Issue]) -> list[Issue]:
    places = {issue.expression for issue in told}
    return [issue for issue in issues if issue.expression not in places]


def _identified(here: Service, given: list[dict[str, Any]]) -> list[Entry]:
    kept = [standing(here.desk, entry["resource"]) for entry in given]
    known = {
        entry["fullUrl"]: f"{target.type}/{target.id}"
        for entry, target in zip(given, kept, strict=True)
        if target is not None and entry.get("fullUrl", "").startswith("urn:")
    }
    resources = [resolved(entry["resource"], known) for entry in given]
    entries = [
        Entry(
            f"Bundle.entry[{i}].resource",
            resource,
            target if resource == entry["resource"] else standing(here.desk, resource),
        )
        for i, (entry, resource, target) in enumerate(zip(given, resources, kept, strict=True))
    ]
    issues = [*_twice(entries), *_elsewhere(given, entries)]
    if issues:
        raise FailureError(400, issues)
    return entries


def _faults(here: Service, position: int, entry: Mapping[str, Any]) -> Iterator[Issue]:
    where = f"Bundle.entry[{position}]"
    asked = entry.get("request", {})
    method, url = asked.get("method"), asked.get("url", "")
    resource = entry.get("resource")
    if method not in ("POST", "PUT"):
        text = "A transaction here stores resources: give request.method POST or PUT."
        yield Issue("error", "not-supported", text, f"{where}.request.method")
    for condition in CONDITIONS:
        if condition in asked:
            yield Issue("error", "not-supported", f"{condition} is not supported.", f"{where}.request.{condition}")
    if resource is None:
        yield Issue("error", "required", "An entry to be stored has a resource.", where)
        return
    type_ = resource["resourceType"]
    if type_ not in here.desk.types:
        yield Issue("error", "not-supported", f"This server has no {type_}.", f"{where}.resource")
    expected = f"{type_}/{resource.get('id', '')}" if method == "PUT" else type_
    if url != expected:
        text = f"request.url must be {expected}: the resource's type{' and id' if method == 'PUT' else ''}."
        yield Issue("error", "invalid", text, f"{where}.request.url")


def _twice(entries: list[Entry]) -> Iterator[Issue]:
    seen: dict[tuple[str, str], str] = {}
    for entry in entries:
        if entry.kept is None:
            continue
        first = seen.setdefault((entry.kept.type, entry.kept.id), entry.where)
        if first != entry.where:
            text = f"This is the same resource as {first}: a transaction holds each once."
            yield Issue("error", "business-rule", text, entry.where)


def _elsewhere(given: list[dict[str, Any]], entries: list[Entry]) -> Iterator[Issue]:
    for asked, entry in zip(given, entries, strict=True):
        put = asked["request"]["method"] == "PUT"
        if put and entry.kept is not None and entry.kept.id != entry.resource.get("id"):
            text = f"This resource's id follows from its business key: {entry.kept.type}/{entry.kept.id}."
            yield Issue("error", "business-rule", text, f"{entry.where}.id")
