"""Codelists as CodeSystems and ValueSets, and the study's own codes wherever the package says one.

A codelist gives the CodeSystem of its answers, as the form view writes them; a ValueSet of them; and, where other
places say them with codes, a ValueSet `<codelist>-codes` of all codings that are written or read for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapter.crf.schedule import occasions
from adapter.crf.study import Codelist, Labels, Study
from adapter.publish.naming import Resource, head, languages, leading, word

Codes = dict[str, dict[str, Labels]]
"""Code system -> code -> what it is called, by language."""


def system_of(study: Study, codelist: Codelist) -> str:
    """Return the CodeSystem of a codelist's own answers."""
    return f"{study.base}/CodeSystem/{word(codelist.id)}"


def uri(study: Study, system: str | None) -> str | None:
    """Return the address of a column's code system, which may be a name of names.yaml."""
    named = study.names.get(system) if system is not None else None
    return named if isinstance(named, str) else system


def text_of(answer: str | bool) -> str:
    """Return an answer as a code: true, false, or itself."""
    return str(answer).lower() if isinstance(answer, bool) else answer


def code_systems(study: Study) -> Iterator[Resource]:
    """Yield the CodeSystem of each codelist, then those of the study's other own codes."""
    for codelist in study.codelists.values():
        labels = {text_of(answer): codelist.labels.get(answer, {}) for answer in codelist.rows}
        yield _code_system(study, word(codelist.id), labels, f"The answers of the codelist {codelist.id}.")
    for system, labels in own_codes(study).items():
        made = _code_system(study, system.rpartition("/")[2], labels, "Codes of the study's own.")
        yield made | ({"content": "fragment"} if _visits(study) == system else {})


def _code_system(study: Study, identifier: str, labels: Mapping[str, Labels], described: str) -> Resource:
    made = head(study, "CodeSystem", identifier, _title(identifier), described)
    made |= {"caseSensitive": True, "valueSet": f"{study.base}/ValueSet/{identifier}", "content": "complete"}
    made["concept"] = [_concept(study, code, told) for code, told in labels.items()]
    return made


def _title(identifier: str) -> str:
    return identifier.replace("-", " ").capitalize()


def _concept(study: Study, code: str, labels: Labels) -> Resource:
    concept: Resource = {"code": code, "display": leading(study, labels, code)}
    others = [{"language": tongue, "value": labels[tongue]} for tongue in languages(study)[1:] if tongue in labels]
    return concept | ({"designation": others} if others else {})


def own_codes(study: Study) -> Codes:
    """Return the codes of the study's own systems other than those of answers: what names and columns say, visits."""
    found: Codes = {}
    for system, code, labels in (*_named(study), *_in_columns(study), *_planned(study)):
        if system is not None and system.startswith(f"{study.base}/CodeSystem/"):
            found.setdefault(system, {}).setdefault(code, labels)
    return found


def _named(study: Study) -> Iterator[tuple[str | None, str, Labels]]:
    for meant in study.names.values():
        for one in meant if isinstance(meant, list) else [meant]:
            if isinstance(one, Mapping) and "code" in one:
                display = {languages(study)[0]: str(one["display"])} if "display" in one else {}
                yield uri(study, one.get("system")), str(one["code"]), display


def _in_columns(study: Study) -> Iterator[tuple[str | None, str, Labels]]:
    for codelist in study.codelists.values():
        for answer, row in codelist.rows.items():
            for column, system in codelist.columns.items():
                for code in row.get(column, ()):
                    yield uri(study, system), code, codelist.labels.get(answer, {})


def _visits(study: Study) -> str | None:
    """Return the CodeSystem of the visits' codes: the name `visit-code`. It is a fragment: visits may be unplanned."""
    return uri(study, "visit-code") if "visit-code" in study.names else None


def _planned(study: Study) -> Iterator[tuple[str | None, str, Labels]]:
    for form in study.forms.values():
        for occasion in occasions(study, form.id):
            for item, key in occasion.keys.items():
                if form.items[item].type == "visit":
                    yield _visits(study), str(key), {}


def value_sets(study: Study) -> Iterator[Resource]:
    """Yield the ValueSet of each CodeSystem, and of the codings of each codelist that has some."""
    for system in code_systems(study):
        made = head(study, "ValueSet", system["id"], system["title"], system["description"])
        yield made | {"compose": {"include": [{"system": system["url"]}]}}
    for codelist in study.codelists.values():
        if includes := _includes(study, codelist):
            described = f"The codings by which the answers of the codelist {codelist.id} are said."
            identifier = f"{word(codelist.id)}-codes"
            made = head(study, "ValueSet", identifier, _title(identifier), described)
            yield made | {"compose": {"include": includes}}


def _includes(study: Study, codelist: Codelist) -> list[dict[str, Any]]:
    by_system: dict[str, dict[str, None]] = {}
    for column, system in codelist.columns.items():
        address = uri(study, system)
        if address is not None:
            cells = (cell for row in codelist.rows.values() for cell in row.get(column, ()))
            by_system.setdefault(address, {}).update(dict.fromkeys(cells))
    used = ((system, [{"code": code} for code in codes]) for system, codes in by_system.items() if codes)
    return [{"system": system, "concept": concepts} for system, concepts in used]
