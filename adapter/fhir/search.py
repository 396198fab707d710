"""Search parameters as R4 defines them: of what type they are, and of which types of resources.

Source: http://hl7.org/fhir/R4/searchparameter-registry.html
"""

from __future__ import annotations

from typing import NamedTuple

from adapter.fhir.kept import kept
from adapter.fhir.table import FOLDER, Table

_TABLE = Table(FOLDER / "search_types.ndjson")


class SearchParameter(NamedTuple):
    """What a search parameter searches: its SearchParamType, and the types of resources that have it."""

    type: str | None
    bases: tuple[str, ...]


@kept(2_000)
def search_parameter(url: str) -> SearchParameter | None:
    """Return what R4 says of a search parameter; None of one that is not R4's."""
    stated = _TABLE.get(url)
    return None if stated is None else SearchParameter(stated["type"], tuple(stated["base"]))
