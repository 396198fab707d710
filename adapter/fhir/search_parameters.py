"""What R4's resources can be searched by, and what a study's own package adds: the reader of the generated table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from adapter.errors import DefinitionError, Fault
from adapter.fhir import json
from adapter.fhir.generation.search_parameter import of_resource
from adapter.fhir.syntax import FhirSyntaxError
from adapter.fhir.table import FOLDER, Table

_TABLE = Table(FOLDER / "search_parameters.ndjson")
_COMPARTMENTS = Table(FOLDER / "compartments.ndjson")


@dataclass(frozen=True, slots=True)
class SearchParameter:
    """One parameter of one type. `expressions` are the parts of its union; no `targets`: any type."""

    code: str
    type: str  # token, string, date, reference, quantity, number, uri
    url: str
    expressions: tuple[str, ...]
    targets: tuple[str, ...] = ()


class SearchParameters:
    """R4's search parameters and those of `own`, SearchParameter resources that add to them or stand for them."""

    def __init__(self, own: Iterable[Mapping[str, Any]] = ()) -> None:
        self._own: dict[str, dict[str, SearchParameter]] = {}
        for resource in own:
            for base, row in of_resource(dict(resource)):
                self._own.setdefault(base, {})[resource["code"]] = _made(resource["code"], row)
        self._found: dict[str, Mapping[str, SearchParameter]] = {}

    def of(self, type_: str) -> Mapping[str, SearchParameter]:
        """Return code -> parameter of a resource type, those of every resource included."""
        if type_ not in self._found:
            self._found[type_] = {
                code: parameter
                for base in ("Resource", "DomainResource", type_)
                for code, parameter in {**_core(base), **self._own.get(base, {})}.items()
            }
        return self._found[type_]

    @cached_property
    def text(self) -> str:
        """All that they say, as one text: two that say the same are found by the same."""
        return repr((_TABLE.raw(), sorted((base, sorted(own.items())) for base, own in self._own.items())))


CORE = SearchParameters()
"""R4's own, and no others."""


def of_package(folder: Path) -> SearchParameters:
    """Return R4's and those that a package's folder adds. DefinitionError for a file that is no FHIR."""
    files = sorted(folder.glob("SearchParameter-*.json")) if folder.is_dir() else []
    return SearchParameters([_read(file) for file in files])


def compartment(name: str, type_: str) -> tuple[str, ...]:
    """Return the parameters by which a resource of a type is in a compartment (`Patient`); () where it is in none."""
    found: dict[str, list[str]] = _COMPARTMENTS.get(name) or {}
    return tuple(found.get(type_, ()))


@cache
def _core(base: str) -> Mapping[str, SearchParameter]:
    return {code: _made(code, row) for code, row in (_TABLE.get(base) or {}).items()}


def _made(code: str, row: Mapping[str, Any]) -> SearchParameter:
    return SearchParameter(code, row["type"], row["url"], tuple(row["expression"]), tuple(row.get("target", ())))


def _read(file: Path) -> dict[str, Any]:
    try:
        resource = json.parse(file.read_bytes())
    except FhirSyntaxError as reason:
        raise DefinitionError([Fault(str(file), reason.line or 1, str(reason))]) from None
    if not isinstance(resource, dict) or not {"code", "base", "url"} <= resource.keys():
        raise DefinitionError([Fault(str(file), 1, "a SearchParameter has a code, a base and a url")])
    return resource
