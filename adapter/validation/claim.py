"""The profiles that a resource claims in `meta.profile`, or is held to: known ones count, unknown ones are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapter.fhir.constraints import Constraints, Profile
from adapter.fhir.definitions import bases
from adapter.validation.finding import Finding, error, warning

if TYPE_CHECKING:
    from adapter.fhir.conformance import Definitions

KEPT = 1_000
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


def _unknown(url: str, definitions: Definitions, step: str) -> Finding:
    if definitions.own(url):
        text = f"{url[:200]} is of a package that is loaded, and not defined in it: check how it is written."
        return error("not-found", text, "unknown-profile", step)
    text = f"The profile {url[:200]} is not known here: the resource was not held to it. Load it with --definitions."
    return warning("not-found", text, "unknown-profile", step)
