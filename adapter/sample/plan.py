"""A sample's plan, read from sample.yaml: who takes part, what makes occasions, what records answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from adapter.crf.record import Record
from adapter.crf.strict_yaml import load as load_yaml
from adapter.crf.study import Form, Study
from adapter.errors import DefinitionError
from adapter.sample import choices, numbers, words
from adapter.sample.draw import Compiler, case, constant, number
from adapter.sample.moment import Draw, Moment

DRAWS = (choices, numbers, words)
"""The modules whose verbs a sample file may use."""

EACH = ("subject", "schedule", "event")
"""What makes the occasions of a form: one a subject, the study's schedule, or events counted by chance."""

USUAL = {"missed": False, "drift": 0, "count": 1}
"""What holds for the occasions of a block that does not say."""

NEVER, ZERO, ONE = constant(False), constant(0), constant(1)

PARTS = frozenset({"sample", "subject", "enrolment", "until", "sites", "hidden", "tables", "forms"})
BLOCK = frozenset({"each", "where", "missed", "drift", "per", "count", "day", "let", "items"})


@dataclass(frozen=True, slots=True)
class Block:
    """One way in which records of a form come about."""

    each: str
    items: Mapping[str, Draw]
    lets: Mapping[str, Draw] = field(default_factory=dict)
    where: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    """Hidden name -> the values with which a participant has these records at all."""
    missed: Draw = NEVER
    drift: Draw = ZERO
    per: str | None = None
    """The key that occasions which drift together share (a cycle); None: each drifts by itself."""
    count: Draw = ONE
    day: Draw = ZERO
    mend: Callable[[dict[str, Any], Moment], None] | None = None
    """What makes drawn answers agree with each other, where no one declared how they hang together."""
    accepts: Callable[[Record], bool] | None = None
    """Whether a record stands; one that does not is as if the occasion had been missed."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Day 0 of the participants: one every so many days from `start` to `end`, then again, jittered."""

    start: date
    end: date
    every: float
    jitter: int

    def day_0(self, ordinal: int, chance: float) -> int:
        """Return the days after `start` of participant `ordinal`, who is late by `chance` of the jitter."""
        span = max((self.end - self.start).days, 1)
        return int((ordinal - 1) * self.every + chance * self.jitter) % span


@dataclass(frozen=True, slots=True)
class Plan:
    """How the sample of a study is made."""

    subject: Callable[[str, int, int], str]
    """Site, number at the site, ordinal in the study -> the subject's id."""
    enrolment: Enrolment
    until: date
    """The last date that is written."""
    sites: Mapping[str, float]
    hidden: Mapping[str, Draw]
    forms: Mapping[str, tuple[Block, ...]]
    """In the order in which a participant's records are made."""


def load(study: Study, file: Path) -> Plan:
    """Return the plan that `file` declares for `study`; raises DefinitionError with every fault."""
    declared = load_yaml(file)
    compiler = Compiler(file.name, {form.id: frozenset(form.items) for form in study.forms.values()})
    try:
        plan = _plan(study, declared, compiler)
    except (ValueError, TypeError, LookupError, AttributeError) as reason:
        compiler.fault(f"no sample can be read from here: {reason!r}")
        raise DefinitionError(compiler.faults) from reason
    if compiler.faults:
        raise DefinitionError(compiler.faults)
    return plan


def _plan(study: Study, declared: Mapping[str, Any], compiler: Compiler) -> Plan:
    _unknown(declared, PARTS, compiler)
    _tables(declared.get("tables") or {}, compiler)
    return Plan(
        subject=_subject(declared["subject"]),
        enrolment=_enrolment(declared["enrolment"]),
        until=date.fromisoformat(declared["until"]),
        sites={str(site): number(weight) for site, weight in declared["sites"].items()},
        hidden=_named(declared.get("hidden") or {}, compiler),
        forms={form: _blocks(study, form, blocks, compiler) for form, blocks in declared["forms"].items()},
    )


def _subject(template: str) -> Callable[[str, int, int], str]:
    template.format(site="", number=1, ordinal=1)
    return lambda site, number, ordinal: template.format(site=site, number=number, ordinal=ordinal)


def _enrolment(declared: Mapping[str, Any]) -> Enrolment:
    start, end = (date.fromisoformat(declared[name]) for name in ("from", "to"))
    return Enrolment(start, end, number(declared.get("every", 1)), int(declared.get("jitter", 0)))


def _tables(declared: Mapping[str, Any], compiler: Compiler) -> None:
    for table, rows in declared.items():
        compiler.columns[table] = frozenset(column for row in rows for column in row if column != "weight")
        compiler.tables[table] = tuple(
            (
                number(row.get("weight", 1)),
                {column: compiler.draw(cell) for column, cell in row.items() if column != "weight"},
            )
            for row in rows
        )


def _named(declared: Mapping[str, Any], compiler: Compiler) -> dict[str, Draw]:
    """Compile draws that are known by their names to all that follow."""
    draws = {}
    for name, value in declared.items():
        if isinstance(value, Mapping) and "row" in value:
            compiler.rows[name] = compiler.columns.get(value["row"], frozenset())
        draws[name] = compiler.draw(value)
        compiler.names.add(name)
    return draws


def _blocks(study: Study, form: str, declared: Any, compiler: Compiler) -> tuple[Block, ...]:
    compiler.line = getattr(declared, "line", compiler.line)
    if form not in study.forms:
        compiler.fault(f"the study has no form {form!r}; known: {', '.join(study.forms)}")
        return ()
    blocks = declared if isinstance(declared, list) else [declared]
    return tuple(_block(study.forms[form], block, compiler) for block in blocks)


def _block(form: Form, declared: Mapping[str, Any], compiler: Compiler) -> Block:
    outside, rows = set(compiler.names), dict(compiler.rows)
    compiler.line = getattr(declared, "line", compiler.line)
    _unknown(declared, BLOCK, compiler)
    each = declared.get("each", "subject")
    if each not in EACH:
        compiler.fault(f"each: {each!r} is none of {', '.join(EACH)}")
    compiler.names |= {item.id for item in form.keys}
    missed, drift, count = (compiler.draw(declared.get(name, usual)) for name, usual in USUAL.items())
    lets = _named(declared.get("let") or {}, compiler)
    day = compiler.draw(declared.get("day", 0))
    items = _items(form, declared.get("items") or {}, compiler)
    compiler.names, compiler.rows = outside, rows
    where, per = _where(declared.get("where") or {}, compiler), declared.get("per")
    if per is not None and per not in {item.id for item in form.keys}:
        compiler.fault(f"per: form {form.id} has no key {per!r}")
    return Block(each, items, lets, where, missed, drift, per, count, day)


def _items(form: Form, declared: Mapping[str, Any], compiler: Compiler) -> dict[str, Draw]:
    draws = _named(declared, compiler)
    for item in declared:
        compiler.line = getattr(declared, "line", compiler.line)
        if item not in form.items or form.items[item].derived or form.items[item].group is not None:
            compiler.fault(f"form {form.id} has no item {item!r} to answer")
    return draws


def _where(declared: Mapping[str, Any], compiler: Compiler) -> dict[str, tuple[Any, ...]]:
    for name in declared:
        compiler.name(name)
    return {
        name: tuple(map(case, value)) if isinstance(value, list) else (case(value),) for name, value in declared.items()
    }


def _unknown(declared: Mapping[str, Any], known: frozenset[str], compiler: Compiler) -> None:
    for key in declared:
        if key not in known:
            compiler.fault(f"{key!r} is not known here; known: {', '.join(sorted(known))}")
