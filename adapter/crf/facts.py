"""The one record of the form that describes the study itself, taken from study.yaml item by item."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from adapter.crf.faults import Faults
from adapter.crf.record import Record, parser
from adapter.crf.study import Form, Item, Study

FORM = "study"
"""The id of the form that takes its record from study.yaml."""


def study_record(study: Study) -> Record | None:
    """Return the record of the form `study`; None for a study that has no such form.

    Facts that are no items are left out, here and within the entries of a group; a YAML number is the text
    of a text. Raises DefinitionError, with the line in study.yaml, for a fact that its item refuses.
    """
    if FORM not in study.forms:
        return None
    form = study.forms[FORM]
    asked = [item for item in form.items.values() if item.group is None and item.rule is None]
    given = {item.id: _json(form, item, study.facts[item.id]) for item in asked if item.id in study.facts}
    record, issues = parser(study, form).parse_json(given)
    faults = Faults()
    for issue in issues:
        top = (issue.item or "").partition(".")[0]
        line = study.facts.line_of(top) if hasattr(study.facts, "line_of") else 1
        faults.add("study.yaml", line, f"{issue.item or FORM}: {issue.diagnostics}")
    faults.done()
    return record


def _json(form: Form, item: Item, fact: Any) -> Any:
    """Return a fact as JSON would hold the item: `3` of a text is "3", `1.0` of a decimal is a number."""
    if item.type == "group":
        members = {member.member: member for member in form.members(item.id)}
        entries = fact if isinstance(fact, list) else [fact]
        return [_entry(form, members, entry) for entry in entries]
    if item.many and isinstance(fact, list):
        return [_scalar(item, one) for one in fact]
    return [_scalar(item, fact)] if item.many else _scalar(item, fact)


def _entry(form: Form, members: Mapping[str, Item], entry: Any) -> Any:
    if not isinstance(entry, Mapping):
        return entry
    return {name: _json(form, members[name], value) for name, value in entry.items() if name in members}


def _scalar(item: Item, fact: Any) -> Any:
    if item.type in ("integer", "year", "boolean") or isinstance(fact, bool | dict | list) or fact is None:
        return fact
    if item.type != "decimal":
        return str(fact)
    try:
        return Decimal(str(fact))
    except ArithmeticError:
        return fact
