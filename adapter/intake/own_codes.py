"""Resources in a hospital's own codes: whose words they are is told by the code systems that they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapter.crf.study import Site, Study
from adapter.fhir import json
from adapter.outcome import Issue


def systems_of_sites(study: Study) -> dict[str, frozenset[str]]:
    """Site -> the code systems of its own codings; sites without any are left out."""
    found = {site.id: frozenset(_systems_of(site)) for site in study.sites.values()}
    return {site: systems for site, systems in found.items() if systems}


def _systems_of(site: Site) -> Iterator[str]:
    codings = [coding for answers in site.codes.values() for given in answers.values() for coding in given]
    codings += [coding for given in site.names.values() for coding in given]
    yield from (coding["system"] for coding in codings)


def sites_of(resource: Any, known: Mapping[str, frozenset[str]]) -> list[str]:
    """The sites one of whose code systems stands somewhere in the resource."""
    if not known or not _mentions(resource, known):
        return []
    named = set(_systems_in(resource))
    return [site for site, systems in known.items() if not systems.isdisjoint(named)]


def _mentions(resource: Any, known: Mapping[str, frozenset[str]]) -> bool:
    """False if none of the systems stands in the resource, at a fraction of the cost of looking where."""
    written = json.write(resource)
    return any(json.write(system) in written for systems in known.values() for system in systems)


def _systems_in(resource: Any) -> Iterator[str]:
    waiting = [resource]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if isinstance(each.get("system"), str):
                yield each["system"]
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each


def best(readings: Mapping[str, Any]) -> Any:
    """The reading with the fewest refusals and then the least residue; with an error when two sites' words say
    different things."""
    ranked = sorted(readings.values(), key=_left)
    rivals = [other for other in ranked[1:] if _left(other) == _left(ranked[0])]
    if any((other.form, other.record) != (ranked[0].form, ranked[0].record) for other in rivals):
        text = f"Sites {', '.join(readings)} mean different things by these codes: send the study's own."
        ranked[0].issues.append(Issue("error", "multiple-matches", text, form=ranked[0].form))
    return ranked[0]


def _left(reading: Any) -> tuple[int, int]:
    return sum(issue.refuses for issue in reading.issues), len(reading.residue)
