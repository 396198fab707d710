"""Whether the subjects, sites and visits that a package writes itself look as its `patterns` say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from adapter.crf.faults import Faults, text
from adapter.crf.strict_yaml import Map, Seq
from adapter.crf.study import Form, Item, Study

Written = tuple[str, str, str, int]
"""An item type, a text of it, and the file and line where the text stands."""


def check_patterns(study: Study, faults: Faults) -> None:
    """Note every planned visit, every site of sites/ and every value of a condition that no record could hold."""
    places = (_sites(study), _planned(study), _conditions(study.forms))
    for kind, written, file, line in (one for place in places for one in place):
        pattern = study.patterns[kind]
        if re.fullmatch(pattern, written, re.ASCII) is None:
            faults.add(file, line, f"{written} is no {kind}: `patterns` in study.yaml say {pattern}")


def _sites(study: Study) -> Iterator[Written]:
    for site in study.sites.values():
        yield "site", site.id, site.file, 1


def _planned(study: Study) -> Iterator[Written]:
    schedule = study.facts.get("schedule")
    for form_id, lines in schedule.items() if isinstance(schedule, Map) else ():
        if form_id in study.forms and isinstance(lines, Seq):
            for place, line in enumerate(lines):
                if isinstance(line, Map):
                    yield from _values(study.forms[form_id], line, lines.file, lines.line_of(place))


def _conditions(forms: Mapping[str, Form]) -> Iterator[Written]:
    for form in forms.values():
        for check in form.checks:
            when = check.arguments.get("when")
            if isinstance(when, Map):
                yield from _values(form, when, check.file, check.line)


def _values(form: Form, line: Map, file: str, at: int) -> Iterator[Written]:
    for key, value in line.items():
        item = form.items.get(key)
        if item is not None and _is_shaped(item):
            for one in value if isinstance(value, Seq) else (value,):
                written = text(one)
                if written is not None and ".." not in written:
                    yield item.type, written, file, at


def _is_shaped(item: Item) -> bool:
    return item.type in ("subject", "site", "visit")
