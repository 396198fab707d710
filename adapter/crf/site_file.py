"""A hospital's own words as they are read from sites/NN.yaml, checked against the forms and codelists."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from adapter.crf.faults import Faults, entries, spell, text, word
from adapter.crf.form_file import unknown_keys
from adapter.crf.nearest import hint
from adapter.crf.strict_yaml import Map, Seq
from adapter.crf.study import Answer, Codelist, Form, Site

SITE_KEYS = ("site", "title", "columns", "values", "codes", "names", "zone", "date_formats")
ZONE = re.compile(r"Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00", re.ASCII)
DIRECTIVES = {"Y": 4, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2}
"""The parts of a date format that are understood, as strptime has them, with their widest."""

Read = TypeVar("Read")


def read_site(
    content: Any,
    forms: Mapping[str, Form],
    codelists: Mapping[str, Codelist],
    names: Mapping[str, Any],
    faults: Faults,
) -> Site | None:
    """Return the site of a file, or None when it is none; every word that names nothing is a fault."""
    if not isinstance(content, Map) or text(content.get("site")) is None:
        return None
    unknown_keys(content, SITE_KEYS, "a site", faults)
    return Site(
        id=str(content["site"]),
        columns=_each(content, "columns", forms, "form", faults, _form_columns),
        values=_each(content, "values", {**codelists, "boolean": None}, "codelist", faults, _words),
        codes=_each(content, "codes", codelists, "codelist", faults, _answer_codings),
        names=_each(content, "names", names, "name", faults, _name_codings),
        zone=_zone(content, faults),
        date_formats=_formats(content, faults),
        file=content.file,
    )


def _each(
    site: Map,
    key: str,
    known: Mapping[str, Any],
    what: str,
    faults: Faults,
    read: Callable[[Map, Any, Any, Faults], Read],
) -> dict[str, Read]:
    """Return what `read` makes of each entry of one part of the site, by its name, which must be known."""
    part = entries(site.get(key), site, key, key, faults)
    found = {}
    for name in part:
        if name in known:
            found[word(name)] = read(part, name, known[name], faults)
        else:
            faults.at(part, name, f"unknown {what} {word(name)}{hint(word(name), known)}")
    return found


def _form_columns(part: Map, name: Any, form: Form, faults: Faults) -> dict[str, str]:
    columns = entries(part[name], part, name, f"the columns of {form.id}", faults)
    found: dict[str, str] = {}
    for column in columns:
        item = text(columns[column])
        if item is None or item not in form.items or form.items[item].type == "group":
            there = [i.id for i in form.items.values() if i.type != "group"]
            faults.at(columns, column, f"{form.id} has no column {item}{hint(str(item), there)}")
        elif column in form.items and column != item:
            faults.at(columns, column, f"{word(column)} is an item of {form.id} itself; it cannot also mean {item}")
        else:
            found[word(column)] = item
    return found


def _words(part: Map, name: Any, codelist: Codelist | None, faults: Faults) -> dict[str, Answer]:
    words = entries(part[name], part, name, f"the words of {word(name)}", faults)
    rows: list[Answer] = [True, False] if codelist is None else list(codelist.rows)
    found: dict[str, Answer] = {}
    for own in words:
        value = words[own]
        answer: Answer | None = value if isinstance(value, bool) else text(value)
        if answer is None or answer not in rows:
            faults.at(words, own, f"{word(name)} has no answer {word(answer)}{hint(word(answer), map(word, rows))}")
        else:
            found[word(own)] = answer
    return found


def _answer_codings(
    part: Map, name: Any, codelist: Codelist, faults: Faults
) -> dict[Answer, tuple[Mapping[str, str], ...]]:
    answers = entries(part[name], part, name, f"the codes of {word(name)}", faults)
    found: dict[Answer, tuple[Mapping[str, str], ...]] = {}
    for answer in answers:
        if answer is not None and answer in codelist.rows:
            found[answer] = _name_codings(answers, answer, None, faults)
        else:
            known = hint(word(answer), map(word, codelist.rows))
            faults.at(answers, answer, f"{word(name)} has no answer {word(answer)}{known}")
    return found


def _name_codings(part: Map, name: Any, _known: Any, faults: Faults) -> tuple[Mapping[str, str], ...]:
    value = part[name]
    codings = list(value) if isinstance(value, Seq) else [value]
    found = [_coding(coding) for coding in codings]
    if None in found:
        faults.at(part, name, f"{word(name)}: a coding is {{system: …, code: …}}")
    return tuple(coding for coding in found if coding is not None)


def _coding(value: Any) -> Mapping[str, str] | None:
    if not isinstance(value, Map) or not {"system", "code"} <= value.keys():
        return None
    parts = {word(key): text(value[key]) for key in value}
    return {key: part for key, part in parts.items() if part is not None}


def _zone(site: Map, faults: Faults) -> str | None:
    zone = text(site.get("zone"))
    if zone is not None and not ZONE.fullmatch(zone):
        faults.at(site, "zone", f'{zone} is no offset; write "+08:00" or Z')
        return None
    return zone


def _formats(site: Map, faults: Faults) -> tuple[str, ...]:
    value = site.get("date_formats")
    found = []
    for form in value if isinstance(value, Seq) else [] if value is None else [value]:
        shape = text(form)
        letters = re.findall(r"%(.)", shape or "")
        strange = [letter for letter in letters if letter not in DIRECTIVES]
        if shape is None or strange or not {"Y", "m", "d"} <= set(letters) or len(set(letters)) != len(letters):
            faults.at(site, "date_formats", f"{spell(form)} is no date format: %Y, %m and %d once each, %H %M %S")
        elif "H" in letters and site.get("zone") is None:
            faults.at(site, "date_formats", f'{shape} holds a time, and no offset: say which, zone: "+08:00"')
        else:
            found.append(shape)
    return tuple(found)
