"""R4's own code systems and value sets, from the generated table. Each loads when it is first asked for.

`concepts.ndjson` holds the version of each code system, and for its codes, in the order of `code_systems.ndjson`,
what they are displayed as, lie under and carry; of a system that is not complete its codes too.
`compositions.ndjson` holds how those value sets are composed whose codes cannot be enumerated, `oids.ndjson` the url
of each code system by its OID, `maximums.ndjson` the value set beyond which no code of a looser binding goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from adapter.fhir import definitions
from adapter.fhir.table import FOLDER, Table
from adapter.fhir.terminology.concepts import Concept, Concepts, Resource

VERSION = "4.0.1"
THO = "http://terminology.hl7.org/"

_CONCEPTS = Table(FOLDER / "concepts.ndjson")
_COMPOSITIONS = Table(FOLDER / "compositions.ndjson")
_OIDS = Table(FOLDER / "oids.ndjson")
_MAXIMUMS = Table(FOLDER / "maximums.ndjson")


def is_version(url: str, version: str) -> bool:
    """Tell whether a version asked for is R4's: what HL7's terminology server publishes is versioned by itself."""
    return not version or f"{VERSION}.".startswith(f"{version}.") or url.startswith(THO)


def is_value_set(url: str) -> bool:
    """Tell whether R4 has a value set of this url."""
    return url in _COMPOSITIONS or (definitions.systems(url) is not None and definitions.code_system(url) is None)


def composition(url: str) -> Resource | None:
    """Return a ValueSet whose codes cannot be enumerated, with no more than its composition."""
    stated = _COMPOSITIONS.get(url)
    return None if stated is None else {"url": url, "compose": stated}


def is_held(url: str) -> bool:
    """Tell whether R4 has concepts of a code system."""
    return url in _CONCEPTS


def by_oid(oid: str) -> str | None:
    """Return the url of the code system that `urn:oid:…` means."""
    found: str | None = _OIDS.get(oid)
    return found


@cache  # of urls that are held alone
def concepts(url: str) -> Concepts:
    """Return the concepts of a code system for which `is_held`."""
    row: dict[str, Any] = _CONCEPTS.get(url)
    listed = definitions.listed_codes(url)
    codes, case = (row["codes"], row["case"]) if listed is None else listed
    return Concepts(
        _unpacked(row, codes),
        version=row["version"],
        complete=listed is not None,
        case_sensitive=case,
        declared=frozenset(row.get("declared", ())),
    )


def _unpacked(row: dict[str, Any], codes: list[str]) -> Iterator[Concept]:
    """Yield the concepts of a row, whose lists run along the codes; a parent is the place of its code."""
    parents, properties = row.get("parents", {}), row.get("properties", {})
    for place, (code, displays) in enumerate(zip(codes, row["displays"], strict=True)):
        above = tuple(codes[each] for each in parents.get(str(place), ()))
        carried = tuple((name, value) for name, value in properties.get(str(place), ()))
        yield Concept(code, (displays,) if isinstance(displays, str) else tuple(displays), above, carried)


def maximum(url: str) -> str | None:
    """Return the value set that a code must be of although the one that R4 binds it to is only preferred."""
    found: str | None = _MAXIMUMS.get(url.partition("|")[0])
    return found
