"""Systems that are known to be wrong, and what they should be.

"In all cases where a code system is listed here, the URI given SHALL be used": an OID where the system has a url, a
url that is nearly one, the url of a value set.
Source: https://hl7.org/fhir/R4/terminologies-systems.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from adapter.fhir.terminology import core
from adapter.fhir.terminology.registry import COUNTRIES, CURRENCIES, LANGUAGES, UCUM

OIDS = "urn:oid:"

# Systems that others publish, by the OID that R4 (or HL7's registry of OIDs) gives for them.
ELSEWHERE = {
    "2.16.840.1.113883.6.96": "http://snomed.info/sct",
    "2.16.840.1.113883.6.1": "http://loinc.org",
    "2.16.840.1.113883.6.8": UCUM,
    "2.16.840.1.113883.6.88": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "2.16.840.1.113883.3.26.1.1": "http://ncimeta.nci.nih.gov",
    "2.16.840.1.113883.3.26.1.5": "http://www.nlm.nih.gov/research/umls/ndfrt",
    "2.16.840.1.113883.4.9": "http://fdasis.nlm.nih.gov",
    "2.16.840.1.113883.6.12": "http://www.ama-assn.org/go/cpt",
    "2.16.840.1.113883.6.69": "http://hl7.org/fhir/sid/ndc",
    "2.16.840.1.113883.12.292": "http://hl7.org/fhir/sid/cvx",
    "2.16.840.1.113883.6.59": "http://hl7.org/fhir/sid/cvx",
    "2.16.840.1.113883.6.3": "http://hl7.org/fhir/sid/icd-10",
    "2.16.840.1.113883.6.90": "http://hl7.org/fhir/sid/icd-10-cm",
    "2.16.840.1.113883.6.42": "http://hl7.org/fhir/sid/icd-9-cm",
    "2.16.840.1.113883.6.103": "http://hl7.org/fhir/sid/icd-9-cm",
    "2.16.840.1.113883.6.73": "http://www.whocc.no/atc",
    "2.16.840.1.113883.6.24": "urn:iso:std:iso:11073:10101",
    "1.2.840.10008.2.16.4": "http://dicom.nema.org/resources/ontology/DCM",
    "2.16.840.1.113883.6.281": "http://www.genenames.org",
    "2.16.840.1.113883.6.101": "http://nucc.org/provider-taxonomy",
    "2.16.840.1.113883.6.254": "http://hl7.org/fhir/sid/icf-nl",
    "2.16.840.1.113883.6.316": LANGUAGES,
    "2.16.840.1.113883.6.121": LANGUAGES,
    "1.0.3166.1.2.2": COUNTRIES,
    "1.0.3166.1.2.3": COUNTRIES,
    "2.16.1": COUNTRIES,
    "1.0.4217": CURRENCIES,
}

# Names that people write for a system's url.
NAMES = {
    "loinc": "http://loinc.org",
    "snomed": "http://snomed.info/sct",
    "snomed-ct": "http://snomed.info/sct",
    "snomedct": "http://snomed.info/sct",
    "ucum": UCUM,
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "atc": "http://www.whocc.no/atc",
}

_NAME = re.compile(r"[a-z0-9.-]+", re.ASCII)
_BEFORE_R4 = re.compile(r"http://hl7\.org/fhir/(?:R4/)?(?:(v2|v3)/|CodeSystem/)?([A-Za-z0-9_.-]+)", re.ASCII)


def hint(system: str, is_held: Callable[[str], bool], is_value_set: Callable[[str], bool]) -> str | None:
    """Return what is wrong with a system and what it should be; None: nothing is known against it."""
    if is_held(system) or system in well_known():
        return None
    if is_value_set(system):
        return "it is the url of a value set, and codes are of a code system"
    right = _of_oid(system) or next((each for each in _alike(system) if is_held(each) or each in well_known()), None)
    return None if right is None else f"use {right}"


def _of_oid(system: str) -> str | None:
    oid = system.removeprefix(OIDS)
    if not oid[:1].isdigit():
        return None
    return ELSEWHERE.get(oid) or core.by_oid(OIDS + oid)


def _alike(system: str) -> Iterator[str]:
    """Yield the urls that were probably meant."""
    yield from _respelt(system.strip())
    name = re.sub(r"[ _]+", "-", system.strip().lower())
    if _NAME.fullmatch(name) and name in NAMES:
        yield NAMES[name]
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
def well_known() -> frozenset[str]:
    """Return the urls of the systems that others publish."""
    return frozenset((*ELSEWHERE.values(), *NAMES.values()))
