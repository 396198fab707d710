"""Profiles and extensions → rows: their differentials without prose, as `adapter.fhir.differential` makes them.

Known defects of the published definitions are corrected here, each with its reason.
"""

from __future__ import annotations

from adapter.fhir import differential
from adapter.fhir.differential import Row
from adapter.fhir.generation.package import Published


def rows(published: Published) -> dict[str, Row]:
    """Return every profile of the packages by url, extensions included."""
    profiles = {url: each for url, each in sorted(published.structures.items()) if differential.is_profile(each)}
    return {url: differential.row(structure, "differential") for url, structure in profiles.items()}
