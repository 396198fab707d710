"""How one hospital words things, by its site file: what its EHR pushes for the study's codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapter.crf.study import Site, Study
from adapter.fhir.terminology import Terminology

Coding = Mapping[str, Any]
Named = tuple[str, str]
"""System and code."""


@dataclass(frozen=True, slots=True)
class Hospital:
    """The words of one site: study coding -> its own, and what a coding is called."""

    host: str
    """The base of the addresses that the hospital gives its own things: no address that leads anywhere."""
    own: Mapping[Named, tuple[Coding, ...]]
    displays: Mapping[Named, str]


def hospitals(study: Study) -> dict[str, Hospital]:
    """Return site -> its words, for every site file; `hospital` makes those of a site without one."""
    return {site: hospital(study, site) for site in study.sites}


def hospital(study: Study, site: str) -> Hospital:
    """Return the words of `site`; without a site file, the study's own."""
    words = study.sites.get(site)
    own = dict(_own(study, words)) if words is not None else {}
    return Hospital(f"https://site{site}.example", own, dict(_displays(study)))


def _own(study: Study, words: Site) -> Iterator[tuple[Named, tuple[Coding, ...]]]:
    for name, codings in words.names.items():
        for coding in _listed(study.names.get(name)):
            if isinstance(coding, Mapping) and "system" in coding and "code" in coding:
                yield (str(coding["system"]), str(coding["code"])), codings
    for codelist, answers in words.codes.items():
        for answer, codings in answers.items():
            for named in _codings(study, codelist, answer):
                yield named, codings


def _displays(study: Study) -> Iterator[tuple[Named, str]]:
    """Yield coding -> what its code system calls it, for every codelist with code systems: of the study's own codes the
    first label of the answer. What others call theirs is said where R4 holds it.
    """
    known = Terminology()
    for codelist in study.codelists.values():
        for answer, labels in codelist.labels.items():
            for system, code in _codings(study, codelist.id, answer):
                if system.startswith(f"{study.base}/"):
                    yield (system, code), str(labels.get("en") or next(iter(labels.values()), answer))
                elif called := known.displays(system, code):
                    yield (system, code), called[0]


def _codings(study: Study, codelist: str, answer: Any) -> Iterable[Named]:
    """Yield the codings that the codelist writes for an answer: one for each column with a system."""
    table = study.codelists[codelist]
    for column, system in table.columns.items():
        cell = table.rows.get(answer, {}).get(column)
        if system is not None and cell:
            yield str(_uri(study, system)), cell[0]


def _uri(study: Study, system: str) -> Any:
    named = study.names.get(system)
    return next(iter(_listed(named)), system) if not isinstance(named, Mapping) else system


def _listed(named: Any) -> list[Any]:
    return list(named) if isinstance(named, list | tuple) else [] if named is None else [named]
