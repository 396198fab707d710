"""What conformance resources have in common: canonical, name, version, and their words in several languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapter.crf.study import Study

TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
Resource = dict[str, Any]


def version(study: Study) -> str:
    """Return the version of the study's conformance resources, as responses claim it (`url|version`)."""
    return str(study.facts.get("version", "1.0.0"))


def languages(study: Study) -> tuple[str, ...]:
    """Return the languages of the labels, the leading one first; English where the study does not say."""
    return tuple(study.facts.get("languages") or ("en",))


def title(study: Study) -> str:
    """Return the study's title, its id where it has none."""
    return str(study.facts.get("title", study.id))


def word(name: str) -> str:
    """Return an id of the package as a FHIR id may hold it: adverse_event -> adverse-event."""
    return name.replace("_", "-")


def name_of(identifier: str) -> str:
    """Return the computer name of a FHIR id: adverse-event -> AdverseEvent (inv-0 wants a capital, no dashes)."""
    parts = identifier.replace("_", "-").replace(".", "-").split("-")
    return "".join(part[:1].upper() + part[1:] for part in parts)


def head(study: Study, kind: str, identifier: str, shown: str, described: str) -> Resource:
    """Return the elements with which every conformance resource begins."""
    return {
        "resourceType": kind,
        "id": identifier,
        "language": languages(study)[0],
        "url": f"{study.base}/{kind}/{identifier}",
        "version": version(study),
        "name": name_of(identifier),
        "title": shown,
        "status": "active",
        "description": described,
    }


def leading(study: Study, labels: Mapping[str, str], fallback: str) -> str:
    """Return the label in the leading language, `fallback` where there is none."""
    return labels.get(languages(study)[0], fallback)


def translated(study: Study, labels: Mapping[str, str], key: str) -> Resource:
    """Return the twin of a primitive that says it in the other languages: {"_text": {"extension": […]}}, or {}."""
    told = [
        {
            "url": TRANSLATION,
            "extension": [{"url": "lang", "valueCode": tongue}, {"url": "content", "valueString": text}],
        }
        for tongue in languages(study)[1:]
        if (text := labels.get(tongue)) is not None
    ]
    return {f"_{key}": {"extension": told}} if told else {}
