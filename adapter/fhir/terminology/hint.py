"""Systems that are known to be wrong, and what they should be.

"In all cases where a code system is listed here, the URI given SHALL be used": an OID where the system has a url, a
url that is nearly one, the url of a value set.
Source: https://hl7.org/fhir/R4/terminologies-systems.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from adapter.fhir.terminology import core

OIDS = "urn:oid:"

_BEFORE_R4 = re.compile(r"http://hl7\.org/fhir/(?:R4/)?(?:(v2|v3)/|CodeSystem/)?([A-Za-z0-9_.-]+)", re.ASCII)
_OF_R4 = re.compile(
    r"https?://(?:www\.)?hl7\.org/fhir/(?:(?:CodeSystem|StructureDefinition|ValueSet)/)?[A-Za-z0-9.-]+", re.ASCII
)
"""The urls under which R4 itself defines; those of guides have a realm and a name before it."""

_PAGE = re.compile(r"https?://(?:www\.)?hl7\.org/fhir/\S+\.html", re.ASCII)

STEMS = frozenset(f"2.16.840.1.113883.6.{number}" for number in (1, 8, 88, 96))
"""LOINC, UCUM, RxNorm and SNOMED CT are named by their urls alone: what goes on after them is no system of its own."""


def hint(system: str, is_held: Callable[[str], bool], is_value_set: Callable[[str], bool]) -> str | None:
    """Return what is wrong with a system and what it should be; None: nothing is known against it."""
    if is_held(system) or system in well_known():
        return None
    if is_value_set(system):
        return "it is the url of a value set, and codes are of a code system"
    right = _of_oid(system) or next((each for each in _alike(system) if is_held(each) or each in well_known()), None)
    if right is not None:
        return f"use {right}"
    stem = next((each for each in stems() if system.startswith(each)), None)
    if stem is not None:
        return f"use {stem}, and put what is said of an edition into `version`"
    if "//build.fhir.org/" in system:
        return "it leads to a draft of the specification: use the code system's own url"
    if _PAGE.fullmatch(system) is not None:
        return "it leads to a page about a code system: use the code system's own url"
    return "R4 defines no code system of this url" if _OF_R4.fullmatch(system) is not None else None


def _of_oid(system: str) -> str | None:
    oid = system.removeprefix(OIDS)
    if not oid[:1].isdigit():
        return None
    return _elsewhere("oids").get(oid) or core.by_oid(OIDS + oid)


def _alike(system: str) -> Iterator[str]:
    """Yield the urls that were probably meant."""
    yield from _respelt(system.strip())
    name = re.sub(r"[ _]+", "-", system.strip().lower())
    if name in _elsewhere("names"):
        yield _elsewhere("names")[name]
    moved = _BEFORE_R4.fullmatch(system.partition("|")[0].rstrip("/"))
    if moved is not None:
        table, name = moved.groups()
        yield f"http://hl7.org/fhir/{name}"
        yield f"{core.THO}CodeSystem/{f'{table}-' if table else ''}{name}"


def _respelt(system: str) -> Iterator[str]:
    """Yield a url with one scheme and the other, with www and without, with a slash at its end and without."""
    scheme, _, rest = system.partition("://")
    if scheme.lower() not in ("http", "https"):
        yield system.lower()
        return
    rest = rest.partition("|")[0].rstrip("/")
    host, slash, path = rest.partition("/")
    host = host.lower().removeprefix("www.")
    for start in ("http://", "http://www.", "https://", "https://www."):
        for end in ("", "/"):
            yield f"{start}{host}{slash}{path}{end}"


@cache
def _elsewhere(by: str) -> dict[str, str]:
    """Return the urls of the systems that others publish, by their OIDs or by the names that people write for them."""
    found: dict[str, str] = json.loads((Path(__file__).parent / "systems.json").read_bytes())[by]
    return found


@cache
def well_known() -> frozenset[str]:
    """Return the urls of the systems that others publish."""
    return frozenset((*_elsewhere("oids").values(), *_elsewhere("names").values()))


@cache
def stems() -> tuple[str, ...]:
    """Return the urls of the systems that have no other."""
    return tuple(url for oid, url in _elsewhere("oids").items() if oid in STEMS)
