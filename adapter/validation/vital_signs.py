"""The codes that make an Observation a vital sign, and the profile of R4 that it is then held to.

R4 holds every vital sign to these profiles, claimed or not: each is "the" profile of what has the code that it fixes,
beside which a more precise one or one of another system may stand. Source:
http://hl7.org/fhir/R4/observation-vitalsigns.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

CORE = "http://hl7.org/fhir/StructureDefinition/"

NAMES = (
    *("vitalspanel", "resprate", "heartrate", "oxygensat", "bodytemp"),
    *("bodyheight", "headcircum", "bodyweight", "bmi", "bp"),
)
"""The profiles of R4 that stand on its profile of vital signs; that their codes are all, a test tells."""

CODING = "Observation.code.coding"


@cache
def by_code() -> dict[tuple[str, str], str]:
    """Return the url of the profile by the system and code that it fixes."""
    return {found: CORE + name for name in NAMES for found in _fixed(CORE + name)}


def _fixed(url: str) -> Iterator[tuple[str, str]]:
    from adapter.fhir.conformance import Definitions

    row = Definitions().row(url)
    stated = {each["path"]: each for each in ([] if row is None else row["elements"])}
    yield stated[f"{CODING}.system"]["fixedUri"], stated[f"{CODING}.code"]["fixedCode"]
