"""What an EHR writes otherwise than a study's map would. None holds what identifies a person.

A variant changes its copy of a resource in place and returns False where it does not apply. Whether the study
still reads it as the same record is for the caller to see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from adapter.fhir.definitions import fields
from adapter.sample.hospital import Hospital

Resource = dict[str, Any]
Variant = Callable[[Resource, Hospital, Random], bool]

XHTML = '<div xmlns="http://www.w3.org/1999/xhtml">{}</div>'


def period(resource: Resource, _hospital: Hospital, random: Random) -> bool:
    """`effectivePeriod` of some minutes where the study writes `effectiveDateTime`."""
    known = fields(resource["resourceType"])
    for key in [key for key in resource if key.endswith("DateTime") and not key.startswith("_")]:
        other = f"{key.removesuffix('DateTime')}Period"
        if other in known and f"_{key}" not in resource:
            start = resource[key]
            changed = {name if name != key else other: value for name, value in resource.items()}
            changed[other] = {"start": start, "end": _later(start, 1 + int(9 * random.random()))}
            resource.clear()
            resource.update(changed)
            return True
    return False


def _later(start: str, minutes: int) -> str:
    if len(start) <= len("2025-06-01"):
        return start
    return (datetime.fromisoformat(start) + timedelta(minutes=minutes)).isoformat()


def local_code(resource: Resource, hospital: Hospital, _random: Random) -> bool:
    """The hospital's own codes instead of the study's."""
    return _replace(resource, hospital, beside=False)


def local_code_too(resource: Resource, hospital: Hospital, _random: Random) -> bool:
    """The hospital's own codes before the study's."""
    return _replace(resource, hospital, beside=True)


def _replace(resource: Resource, hospital: Hospital, beside: bool) -> bool:
    changed = False
    for concept in list(_concepts(resource)):
        codings = concept["coding"]
        own = [dict(each) for coding in codings for each in hospital.own.get(_named(coding), ())[:1]]
        if own:
            concept["coding"] = own + codings if beside else own
            changed = True
    if changed:
        _claim_nothing(resource)
    return changed


def _claim_nothing(resource: Resource) -> None:
    """Drop the profiles: what speaks in codes of the hospital's own does not claim to conform to the study's."""
    meta = resource.get("meta", {})
    meta.pop("profile", None)
    if not meta:
        resource.pop("meta", None)


def _concepts(element: Any) -> Iterator[dict[str, Any]]:
    """Yield every element with codings, wherever it stands."""
    if isinstance(element, list):
        for entry in element:
            yield from _concepts(entry)
    elif isinstance(element, dict):
        if isinstance(element.get("coding"), list):
            yield element
        for child in element.values():
            yield from _concepts(child)


def _named(coding: dict[str, Any]) -> tuple[str, str]:
    return str(coding.get("system")), str(coding.get("code"))


def display(resource: Resource, hospital: Hospital, _random: Random) -> bool:
    """What codes are called, beside them."""
    named = [
        coding for concept in _concepts(resource) for coding in concept["coding"] if _named(coding) in hospital.displays
    ]
    for coding in named:
        coding.setdefault("display", hospital.displays[_named(coding)])
    return bool(named)


def note(resource: Resource, _hospital: Hospital, random: Random) -> bool:
    """A note of the ward."""
    texts = (
        "Entered from the ward chart.",
        "Checked with the study nurse.",
        "见病程记录。",
        "No complaints.",
    )
    return _add(resource, "note", "Annotation", [{"text": texts[int(len(texts) * random.random())]}])


def performer(resource: Resource, _hospital: Hospital, _random: Random) -> bool:
    """Who did it, by department: no person is named."""
    return _add(
        resource,
        "performer",
        "Reference",
        [{"type": "Organization", "display": "Dermatology outpatient clinic"}],
    )


def _add(resource: Resource, key: str, type_name: str, value: Any) -> bool:
    field = fields(resource["resourceType"]).get(key)
    if field is None or field.type != type_name or key in resource:
        return False
    resource[key] = value
    return True


def extension(resource: Resource, hospital: Hospital, random: Random) -> bool:
    """An order number, as an extension of the hospital's own."""
    url = f"{hospital.host}/fhir/StructureDefinition/order-number"
    resource["extension"] = [
        *resource.get("extension", []),
        {"url": url, "valueString": f"{int(1e8 * random.random()):08}"},
    ]
    return True


def narrative(resource: Resource, _hospital: Hospital, random: Random) -> bool:
    """A generated text for people to read."""
    written = XHTML.format(f"{resource['resourceType']}, site record {int(1e5 * random.random()):05}")
    return bool(resource.setdefault("text", {"status": "generated", "div": written})["div"] == written)


def source(resource: Resource, hospital: Hospital, random: Random) -> bool:
    """Where the EHR says that the resource comes from, and its own count of versions."""
    meta = {
        "versionId": str(1 + int(4 * random.random())),
        **resource.get("meta", {}),
        "source": f"{hospital.host}/ehr",
    }
    resource["meta"] = meta
    return True


def own_id(resource: Resource, _hospital: Hospital, random: Random) -> bool:
    """The EHR's own id of the resource: the business identifier alone says what it is."""
    resource["id"] = f"ehr-{int(1e10 * random.random()):010}"
    return True


def language(resource: Resource, _hospital: Hospital, _random: Random) -> bool:
    """The language of the site."""
    return bool(resource.setdefault("language", "zh-CN") == "zh-CN")


VARIANTS: tuple[Variant, ...] = (
    period,
    local_code,
    local_code_too,
    display,
    note,
    performer,
    extension,
    narrative,
    source,
    own_id,
    language,
)
