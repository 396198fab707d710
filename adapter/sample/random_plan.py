"""The plan of a study that declares no sample: random records, by item types and the schedule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from random import Random
from typing import Any

from adapter.crf.check import checker
from adapter.crf.record import Record
from adapter.crf.schedule import occasions
from adapter.crf.study import Form, Item, Study
from adapter.sample import pattern
from adapter.sample.agreement import agreement
from adapter.sample.draw import Compiler, constant
from adapter.sample.moment import Draw
from adapter.sample.plan import Block, Enrolment, Plan

STUDY = "study"
"""The form whose one record is read from study.yaml; no sample of it is made."""

ENROLMENT = Enrolment(date(2025, 1, 6), date(2025, 5, 30), 1.0, 3)
UNTIL = date(2025, 12, 31)

WORDS = {
    "one_of": [
        "as discussed",
        "see source document",
        "none known",
        "to be followed up",
        "unchanged",
        "N/A; asked again",
    ]
}
ANSWERED = "0.85"
"""The share of optional items that is answered."""

SITES = 5
"""The most sites of a study that names none."""

TRIES = 40
"""How many texts are drawn for a subject, to find a free one of its site."""

TEXTS = "[A-Za-z0-9]{2,8}"
"""The pattern of a subject, site or visit where the study states none."""


def plan(study: Study) -> Plan:
    """Return a plan with which every form has valid records: as scheduled, else a few a subject."""
    answered = [form for form in study.forms.values() if form.rule is None and form.id != STUDY]
    return Plan(
        subject=_subject(study.patterns.get("subject", TEXTS)),
        enrolment=ENROLMENT,
        until=UNTIL,
        sites=dict.fromkeys(_sites(study), 1.0),
        hidden={},
        forms={form.id: (_block(study, form),) for form in answered},
    )


def _subject(texts: str) -> Callable[[str, int, int], str]:
    """Name subjects by random texts of the pattern, no two alike, of their site where that can be."""
    taken: set[str] = set()

    def name(site: str, _number: int, ordinal: int) -> str:
        random = Random(f"{texts}:{ordinal}")
        drawn = [pattern.text(texts, random) for _ in range(TRIES)]
        free = [text for text in drawn if text not in taken] or drawn
        named = next((text for text in free if text.startswith(site)), free[0])
        taken.add(named)
        return named

    return name


def _sites(study: Study) -> list[str]:
    declared = study.facts.get("sites")
    entries = declared if isinstance(declared, list) else []
    named = [str(entry["site"]) for entry in entries if isinstance(entry, Mapping) and "site" in entry]
    random, texts = Random(study.id), study.patterns.get("site", "0[1-9]")
    return named or sorted(dict.fromkeys(pattern.text(texts, random) for _ in range(TRIES)))[:SITES]


def _block(study: Study, form: Form) -> Block:
    compiler = Compiler(form.file, {})
    planned = occasions(study, form.id)
    draws = {
        item.id: _draw(study, form, item, compiler) for item in _drawn(form, set(planned[0].keys) if planned else set())
    }
    optional = {name: draws[name] for name in draws if not (form.items[name].required or form.items[name].key)}
    kept = _likely(optional)
    each = "schedule" if planned else "subject" if all(item.type == "subject" for item in form.keys) else "event"
    return Block(
        each=each,
        items=draws | kept,
        missed=compiler.draw({"chance": "0.05"}),
        count=compiler.draw({"uniform": ["1", "3"], "digits": 0}),
        day=compiler.draw({"uniform": ["0", "84"], "digits": 0}) if each == "event" else constant(0),
        mend=agreement(form, draws),
        accepts=_accepted(form, study.zone),
    )


def _accepted(form: Form, zone: str) -> Callable[[Record], bool]:
    """Keep what passes the edit checks: no agreement is found between the entries of a group."""
    check, last = checker(form, zone), datetime.combine(UNTIL, time.max, UTC)
    return lambda record: not any(issue.refuses for issue in check(record, last))


def _likely(draws: Mapping[str, Draw]) -> dict[str, Draw]:
    share = float(ANSWERED)

    def maybe(draw: Draw) -> Draw:
        return lambda moment: draw(moment) if moment.random.random() < share else None

    return {name: maybe(draw) for name, draw in draws.items()}


def _drawn(form: Form, planned: set[str]) -> list[Item]:
    """The items to draw for: not derived, not answered by the schedule or the participant, no members."""
    auto = ("subject", "site")
    return [
        item
        for item in form.items.values()
        if not (item.derived or item.group or item.id in planned or item.type in auto)
        and not (item.key and item.type in ("fulldate", "date"))
    ]


def _draw(study: Study, form: Form, item: Item, compiler: Compiler) -> Draw:
    if item.key and item.type in _KEYS:
        return compiler.draw(_KEYS[item.type](item))
    if item.type == "group":
        members = {member.member: _declared(study, member) for member in form.members(item.id)}
        count = {"uniform": ["1", "3"], "digits": 0}
        return compiler.draw({"entries": members, "count": count, "distinct": next(iter(members))})
    if item.type == "code" and item.many:
        rows = study.codelists[str(item.codelist)].rows
        return compiler.draw({"some": dict.fromkeys(rows, "0.3"), "least": 1})
    if item.type in ("subject", "site", "visit"):
        texts = study.patterns.get(item.type, TEXTS)
        return lambda moment: pattern.text(texts, moment.random)
    return compiler.draw(_declared(study, item))


def _declared(study: Study, item: Item) -> Any:
    """Return the draw, as a sample file would declare it, of one answer of the item's type."""
    if item.type == "code":
        return {"one_of": [str(row) for row in study.codelists[str(item.codelist)].rows]}
    if item.type in ("integer", "decimal", "year"):
        return {"uniform": _range(item), "digits": 0 if item.type != "decimal" else _digits(item)}
    return _BY_TYPE.get(item.type, WORDS)


def _range(item: Item) -> list[str]:
    least, most = (1950, 2004) if item.type == "year" else (0, 100)
    if item.low is None and item.high is not None:
        return [str(min(Decimal(least), item.high - 100)), str(item.high)]
    low = Decimal(least) if item.low is None else item.low
    return [str(low), str(max(Decimal(most), low + 100) if item.high is None else item.high)]


def _digits(item: Item) -> int:
    """As many digits as the range itself is stated with, at least one."""
    stated = (end.as_tuple().exponent for end in (item.low, item.high) if end is not None)
    return max(1, *(-int(exponent) for exponent in stated), 0)


_KEYS: Mapping[str, Callable[[Item], Any]] = {
    "integer": lambda item: {
        "sum": [{"value": "n"}, str(0 if item.low is None else item.low - 1)],
        "digits": 0,
    },
    "token": lambda _: {"text": "{subject}-{n}"},
    "text": lambda _: {"text": "{subject}-{n}"},
}
"""Type of a key that no schedule states -> a draw that tells the records of a subject apart."""

_BY_TYPE: Mapping[str, Any] = {
    "boolean": {"chance": "0.5"},
    "token": {"text": "T####"},
    "date": {"date": {"uniform": ["0", "3"], "digits": 0}, "from": "date"},
    "fulldate": {"date": {"uniform": ["0", "3"], "digits": 0}, "from": "date"},
    "datetime": {"time": ["07:00", "19:00"]},
}
"""Item type -> the draw of one answer, for types that need to know no more of the item."""
