"""The entries of a Bundle to be carried out, read as requests: method, address, conditions; every fault at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapter.api.failure import FailureError
from adapter.api.precondition import OF_ENTRY, conditions
from adapter.api.service import Service
from adapter.outcome import Issue

WRITING = ("DELETE", "POST", "PUT", "PATCH")
READING = ("GET", "HEAD")

_ADDRESS = re.compile(r"([A-Z][A-Za-z]{0,63})(?:/([A-Za-z0-9\-.]{1,64}))?(?:\?(.{1,4000}))?", re.ASCII)
_READ = re.compile(r"[A-Za-z$_][A-Za-z0-9$_\-]*(?:/[A-Za-z0-9$_\-][A-Za-z0-9$_\-.]*)*(?:\?[^#]{0,4000})?", re.ASCII)
_MAY_HAVE = {
    "DELETE": ("ifMatch",),
    "POST": ("ifNoneExist",),
    "PUT": ("ifMatch", "ifNoneMatch"),
    "PATCH": ("ifMatch",),
    "GET": ("ifNoneMatch", "ifModifiedSince"),
    "HEAD": ("ifNoneMatch", "ifModifiedSince"),
}


@dataclass(frozen=True, slots=True)
class Interaction:
    """One entry: where it stands, and what it asks for. `search` is the query of an address, '' where it has none."""

    position: int
    method: str
    url: str
    type: str
    id: str | None
    search: str
    full_url: str
    conditions: Mapping[str, str]
    resource: dict[str, Any] | None

    @property
    def where(self) -> str:
        """The FHIRPath of the entry."""
        return f"Bundle.entry[{self.position}]"

    @property
    def reads(self) -> bool:
        """True if the entry changes nothing."""
        return self.method in READING


def interactions(here: Service, given: Sequence[Mapping[str, Any]]) -> list[Interaction]:
    """Read the entries of a Bundle that is FHIR. Failure 400 with every issue of those that cannot be carried out."""
    read = [read_entry(here, position, entry) for position, entry in enumerate(given)]
    issues = [issue for each in read for issue in _faults(here, each, given[each.position])]
    if issues:
        raise FailureError(400, issues)
    return read


def relative(here: Service, url: str) -> str:
    """An address below this server's own base, without it."""
    return url.removeprefix(f"{here.config.base_url}/fhir/").removeprefix("/")


def refuse_faults(here: Service, asked: Interaction, entry: Mapping[str, Any]) -> None:
    """Failure 400 with every issue of one entry that cannot be carried out."""
    issues = list(_faults(here, asked, entry))
    if issues:
        raise FailureError(400, issues)


def read_entry(here: Service, position: int, entry: Mapping[str, Any]) -> Interaction:
    """One entry, read as a request, whatever may be wrong with it."""
    given = entry.get("request")
    asked = given if isinstance(given, dict) else {}
    url = relative(here, _text(asked.get("url")))
    found = _ADDRESS.fullmatch(url)
    type_, id_, search = found.groups() if found is not None else ("", None, None)
    return Interaction(
        position,
        _text(asked.get("method")),
        url,
        type_,
        id_,
        search or "",
        _text(entry.get("fullUrl")),
        conditions(asked),
        entry.get("resource"),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _faults(here: Service, each: Interaction, entry: Mapping[str, Any]) -> Iterator[Issue]:
    if each.method not in (*WRITING, *READING):
        text = f"request.method is one of {', '.join((*WRITING, *READING))}."
        yield Issue("error", "not-supported", text, f"{each.where}.request.method")
        return
    for condition in OF_ENTRY:
        if condition in entry.get("request", {}) and condition not in _MAY_HAVE[each.method]:
            text = f"{condition} does not go with {each.method}."
            yield Issue("error", "not-supported", text, f"{each.where}.request.{condition}")
    if each.reads:
        if not _READ.fullmatch(each.url):
            text = "request.url is an address below /fhir, relative to it."
            yield Issue("error", "invalid", text, f"{each.where}.request.url")
        return
    yield from _misaddressed(here, each)
    if each.method != "DELETE" and each.resource is None:
        yield Issue("error", "required", "An entry to be stored has a resource.", each.where)
    elif each.method in ("POST", "PUT"):
        yield from _at_odds(each, each.resource or {})


def _misaddressed(here: Service, each: Interaction) -> Iterator[Issue]:
    where = f"{each.where}.request.url"
    if not each.type:
        yield Issue("error", "invalid", "request.url is Type, Type/id or Type?search, relative to /fhir.", where)
    elif each.type not in here.desk.types:
        yield Issue("error", "not-supported", f"This server stores no {each.type}.", f"{each.where}.resource")
    elif each.method == "POST" and (each.id is not None or each.search):
        yield Issue("error", "invalid", f"request.url must be {each.type}: POST goes to the type.", where)
    elif each.method != "POST" and (each.id is None) != bool(each.search):
        text = f"request.url must be {each.type}/id or {each.type}?search."
        yield Issue("error", "invalid", text, where)


def _at_odds(each: Interaction, resource: Mapping[str, Any]) -> Iterator[Issue]:
    type_, id_ = resource.get("resourceType", ""), resource.get("id")
    if each.type and type_ != each.type:
        expected = type_ if each.method == "POST" else f"{type_}/{id_ or ''}"
        text = f"request.url must be {expected}: the resource's type{'' if each.method == 'POST' else ' and id'}."
        yield Issue("error", "invalid", text, f"{each.where}.request.url")
    elif each.method == "PUT" and each.id is not None and id_ != each.id:
        text = f"request.url must be {type_}/{id_ or ''}: the resource's type and id."
        yield Issue("error", "invalid", text, f"{each.where}.request.url")
