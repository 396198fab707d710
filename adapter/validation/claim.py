"""The profiles that a resource claims in `meta.profile`, or is held to: known ones count, unknown ones are told.

Vital signs are held to R4's profiles whether or not they claim them. Source:
http://hl7.org/fhir/R4/observation-vitalsigns.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapter.fhir.constraints import Constraints, Profile
from adapter.fhir.definitions import bases
from adapter.validation.finding import Finding, error, note, warning
from adapter.validation.vital_signs import by_code

if TYPE_CHECKING:
    from adapter.fhir.conformance import Definitions

KEPT = 1_000
"""Sets of profiles asked and claimed together of which the check is kept."""

KEY = "profile-type"
CORE = "http://hl7.org/fhir/StructureDefinition/"


@dataclass(frozen=True, slots=True)
class Claimed:
    """The constraints that bind, and what is wrong with the claims themselves."""

    roots: tuple[Constraints, ...]
    faults: tuple[Finding, ...]


def urls(resource: dict[str, Any]) -> tuple[str, ...]:
    """Return the profiles that a resource claims; what is of the wrong shape there is told elsewhere."""
    meta = resource.get("meta")
    stated = meta.get("profile") if type(meta) is dict else None
    if type(stated) is not list:
        return ()
    if len(stated) == 1 and type(stated[0]) is str:
        return (stated[0],)
    return tuple(url for url in stated if type(url) is str)


def implied(resource: dict[str, Any]) -> tuple[str, ...]:
    """Return the profiles that R4 holds an Observation to by its codes, whatever it claims."""
    code = resource.get("code")
    codings = code.get("coding") if type(code) is dict else None
    if type(codings) is not list:
        return ()
    named = [(each.get("system"), each.get("code")) for each in codings if type(each) is dict]
    profiles = by_code()
    found = (profiles.get((system, code)) for system, code in named if type(system) is type(code) is str)
    return tuple(dict.fromkeys(url for url in found if url is not None))


def told(found: list[Finding], profiles: tuple[str, ...]) -> list[Finding]:
    """Return what was found of a vital sign, and why it is held to a profile that it does not claim."""
    if not any(each.severity == "error" for each in found):
        return found
    text = "R4 holds every Observation with a vital sign's code to the profile {}."
    return [*found, *(note("informational", text.format(each), "implied-profile", ".code") for each in profiles)]


def claimed(type_: str, asked: tuple[str, ...], stated: tuple[str, ...], definitions: Definitions) -> Claimed:
    """Return the constraints of the profiles that a resource of a type is asked to conform to, and that it claims."""
    found: list[Profile] = []
    faults: list[Finding] = []
    own = {CORE + name for name in (type_, *bases(type_))}
    for url in dict.fromkeys((*stated, *asked)):
        if url.partition("|")[0] in own:
            continue
        profile = definitions.profile(url)
        step = ".meta.profile" if url in stated else ""
        if profile is None:
            faults.append(_unknown(url, definitions, step))
        elif profile.type != type_:
            faults.append(error("structure", f"{url} is a profile of {profile.type}, not of {type_}.", KEY, step))
        else:
            found.append(profile)
    implied = {base for profile in found for base in profile.bases}
    return Claimed(tuple(each.root for each in found if each.url not in implied), tuple(faults))


def not_here(url: str) -> Finding:
    """Return the error of a profile that the caller asked for by name, and that nobody knows."""
    text = f"The profile {url[:200]} was asked for and is not known here: load it. The resource was not held to it."
    return error("not-found", text, "unknown-profile")


def _unknown(url: str, definitions: Definitions, step: str) -> Finding:
    if definitions.own(url):
        text = f"{url[:200]} is of a package that is loaded, and not defined in it: check how it is written."
        return error("not-found", text, "unknown-profile", step)
    text = f"The profile {url[:200]} is not known here: the resource was not held to it."
    return warning("not-found", text, "unknown-profile", step)
