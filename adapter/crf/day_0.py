"""Day 0 of a subject, from which the study days count: the first date there is of study.yaml's `day_0`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from adapter.crf.coherence import value_faults
from adapter.crf.faults import Faults, spell, word
from adapter.crf.instant import day_of
from adapter.crf.item_type import DATES
from adapter.crf.literal import literal
from adapter.crf.nearest import hint
from adapter.crf.strict_yaml import Map, Seq
from adapter.crf.study import Codelist, Form, Study

SOURCE = ("form", "item", "when")


def day_0(study: Study, records: Mapping[str, Sequence[Mapping[str, Any]]]) -> date | None:
    """Return Day 0 of the subject whose records, by form, are given; None while no source has a date."""
    for source in _sources(study.facts.get("day_0")):
        form = study.forms[source["form"]]
        wanted = {key: literal(form.items[key], value) for key, value in (source.get("when") or {}).items()}
        for record in records.get(form.id, ()):
            if all(record.get(key) == value for key, value in wanted.items()):
                day = day_of(record.get(source["item"]), study.zone)
                if day is not None:
                    return day
    return None


def check_day_0(facts: Map, forms: Mapping[str, Form], codelists: Mapping[str, Codelist], faults: Faults) -> None:
    """Note what `day_0` names and is not there."""
    given = facts.get("day_0")
    if given is not None and not isinstance(given, Seq | Map):
        faults.at(facts, "day_0", f"day_0 is a list of {{form, item, when}}, not {spell(given)}")
    for source in _sources(given):
        for why in _source_faults(source, forms, codelists):
            faults.at(source if isinstance(source, Map) else facts, None if isinstance(source, Map) else "day_0", why)


def _sources(given: Any) -> list[Any]:
    """Return the sources in order; they may stand in a list, or in a mapping that gives each a name."""
    return list(given.values()) if isinstance(given, dict) else given if isinstance(given, list) else []


def _source_faults(source: Any, forms: Mapping[str, Form], codelists: Mapping[str, Codelist]) -> list[str]:
    if not isinstance(source, Map) or not {"form", "item"} <= source.keys():
        return ["a source of day_0 is {form: …, item: …, when: {item: value}}"]
    form = forms.get(str(source["form"]))
    if form is None:
        return [f"unknown form {source['form']}{hint(str(source['form']), forms)}"]
    why = [f"day_0 has no {word(key)}{hint(word(key), SOURCE)}" for key in source if key not in SOURCE]
    item = form.items.get(str(source["item"]))
    if item is None or item.type not in DATES or item.many:
        why.append(f"{form.id} has no date {source['item']}{hint(str(source['item']), form.items)}")
    when = source.get("when")
    for key, value in when.items() if isinstance(when, Map) else ():
        if key in form.items:
            why += value_faults(form.items[key], [value], codelists)
        else:
            why.append(f"{form.id} has no item {word(key)}{hint(word(key), form.items)}")
    return why
