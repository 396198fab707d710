"""Whether the parts of a study package fit each other: what a form names is there and of the right kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adapter.crf.faults import Faults, spell, text, word
from adapter.crf.item_type import DATES, NUMBERS, TEXTS
from adapter.crf.literal import literal
from adapter.crf.nearest import hint
from adapter.crf.strict_yaml import Map, Seq
from adapter.crf.study import Check, Codelist, Form, Item, Labels

PAIRS = {"not_before": "[later, earlier]", "not_less": "[greater, less]", "begins_with": "[whole, beginning]"}
"""Rules of edit checks that take two items, and what these are."""

OPERANDS = {
    "not_before": (DATES, "date"),
    "not_future": (DATES, "date"),
    "not_less": (NUMBERS, "number"),
    "begins_with": (TEXTS, "text"),
}
"""Rule of an edit check -> the types of its items, each with one answer, and what they are called."""

ARGUMENTS = {"only_with": ("items", "when", "strict"), "needs": ("items", "when")}
"""Rule of an edit check -> its arguments, if it has others than its items."""

HOLE = re.compile(r"\{([^{}]*)\}")


def check_form(form: Form, codelists: Mapping[str, Codelist], faults: Faults) -> None:
    """Note what does not fit in the items, the key text and the edit checks of a form."""
    for item in form.items.values():
        for why in (*_item_faults(form, item), *_codelist_faults(item, codelists)):
            faults.add(item.file, item.line, f"{item.id}: {why}")
    for why in (*_key_faults(form), *_authored_faults(form)):
        faults.add(form.file, form.line, f"the form {form.id}: {why}")
    for check in form.checks:
        for why in check_faults(form, check, codelists):
            faults.add(check.file, check.line, f"the check {check.id}: {why}")


def _item_faults(form: Form, item: Item) -> Iterable[str]:
    if item.group is not None:
        yield from _member_faults(form, item)
    if item.type == "group" and not form.members(item.id):
        yield f"a group has members: {item.id}.member"
    if item.rule is not None and not item.derived:
        yield "an item with a rule is derived; add the flag `derived`"
    if item.key and item.derived and form.rule is None:
        yield "a key cannot be derived in a form that is filled in"


def _member_faults(form: Form, item: Item) -> Iterable[str]:
    group = form.items.get(item.group or "")
    if group is None or group.type != "group":
        groups = [one.id for one in form.items.values() if one.type == "group"]
        yield f"a member of {item.group}, which is no group{hint(str(item.group), groups)}"
    for flag, is_set in (("key", item.key), ("many", item.many), ("derived", item.derived)):
        if is_set:
            yield f"a member of a group cannot be {flag}"
    if item.type == "group":
        yield "a group cannot stand in a group"


def _codelist_faults(item: Item, codelists: Mapping[str, Codelist]) -> Iterable[str]:
    if item.codelist is None:
        return
    codelist = codelists.get(item.codelist)
    if codelist is None:
        yield f"unknown codelist {item.codelist}{hint(item.codelist, codelists)}"
    elif item.type == "boolean" and set(codelist.rows) != {True, False}:
        yield f"the rows of a boolean's codelist are true and false, not those of {codelist.id}"
    elif item.type == "code" and not codelist.rows.keys().isdisjoint({True, False}):
        yield f"{codelist.id} has the rows true or false, so its items are `boolean {codelist.id}`"


def _key_faults(form: Form) -> Iterable[str]:
    if not form.keys:
        yield "no item is a key; a record needs a business key"
    holes = HOLE.findall(form.key_text)
    keys = [item.id for item in form.keys]
    for hole in holes:
        if hole not in form.items:
            yield f"id names {{{hole}}}, which is no item{hint(hole, keys)}"
        elif hole not in keys:
            yield f"id names {{{hole}}}, which is no key; only keys make an id"
    for key in keys:
        if key not in holes:
            yield f"id leaves the key {{{key}}} out, so two records could have one id"


def _authored_faults(form: Form) -> Iterable[str]:
    if form.authored is None:
        return
    item = form.items.get(form.authored)
    if item is None:
        yield f"authored names {form.authored}, which is no item{hint(form.authored, form.items)}"
    elif item.type not in ("datetime", "date", "fulldate") or item.group is not None or item.restricted:
        yield f"authored names {form.authored}, which is no open item of a day or time"


def check_faults(form: Form, check: Check, codelists: Mapping[str, Codelist]) -> Iterable[str]:
    """Say what does not fit in an edit check of a record."""
    unknown = [item for item in check.items if item not in form.items]
    for item in unknown:
        yield f"unknown item {item}{hint(item, form.items)}"
    if not check.items:
        yield f"{check.rule} names no items"
    elif not unknown:
        yield from _operand_faults(form, check)
    conditional = check.rule in ("only_with", "needs")
    when = check.arguments.get("when")
    if conditional and not (isinstance(when, Map) and when):
        yield f"{check.rule} needs `when: {{item: value}}`"
    yield from condition_faults(form, check, codelists, ARGUMENTS.get(check.rule, ("items",)))


def _operand_faults(form: Form, check: Check) -> Iterable[str]:
    if len({form.items[item].group for item in check.items}) > 1:
        yield "items of a group and others do not stand in one check"
    if check.rule in PAIRS and len(check.items) != 2:
        yield f"{check.rule} takes two items, {PAIRS[check.rule]}"
    if check.rule in OPERANDS:
        types, kind = OPERANDS[check.rule]
        for item in check.items:
            if form.items[item].type not in types or form.items[item].many:
                yield f"{item} is no {kind}"


def condition_faults(
    form: Form, check: Check, codelists: Mapping[str, Codelist], known: Sequence[str]
) -> Iterable[str]:
    """Say what does not fit in the arguments of an edit check that takes those `known`, and in its condition."""
    for key in check.arguments:
        if key not in known:
            yield f"{check.rule} has no {word(key)}{hint(word(key), known)}"
    if not isinstance(check.arguments.get("strict", False), bool):
        yield f"{check.rule}: strict is true or false"
    when = check.arguments.get("when")
    for item_id, value in when.items() if isinstance(when, Map) else ():
        item = form.items.get(item_id)
        if item is None:
            yield f"unknown item {word(item_id)}{hint(word(item_id), form.items)}"
        else:
            yield from value_faults(item, value if isinstance(value, Seq) else [value], codelists)


def value_faults(item: Item, values: Sequence[Any], codelists: Mapping[str, Codelist]) -> Iterable[str]:
    """Say for each of the values why the item cannot have it."""
    for value in values:
        try:
            typed = literal(item, value)
        except ValueError as reason:
            yield str(reason)
            continue
        codelist = None if item.type != "code" else codelists.get(item.codelist or "")
        if codelist is not None and typed not in codelist.rows:
            yield f"{item.id} has no answer {typed}{hint(typed, map(word, codelist.rows))}"


def check_labels(
    languages: Sequence[str], forms: Iterable[Form], codelists: Iterable[Codelist], faults: Faults
) -> None:
    """Note every form, item, check and answer that lacks a label in a language of the study."""
    for form in forms:
        _missing(languages, form.labels, form, f"the form {form.id}", faults)
        parts: list[Item | Check] = [*form.items.values(), *form.checks, *form.queries]
        for part in parts:
            _missing(languages, part.labels, part, part.id, faults)
    for codelist in codelists:
        for answer in codelist.rows:
            found = codelist.labels.get(answer, {})
            why = _lacking(languages, found)
            if why is not None:
                faults.add(codelist.file, codelist.lines[answer], f"{codelist.id} {word(answer)}: {why}")


def _missing(languages: Sequence[str], labels: Labels, part: Form | Item | Check, name: str, faults: Faults) -> None:
    why = _lacking(languages, labels)
    if why is not None:
        faults.add(part.file, part.line, f"{name}: {why}")


def _lacking(languages: Sequence[str], labels: Labels) -> str | None:
    lacking = [language for language in languages if not labels.get(language)]
    return f"no label in {', '.join(lacking)}" if lacking else None


def check_systems(codelists: Iterable[Codelist], names: Mapping[str, Any], faults: Faults) -> None:
    """Note every column whose code system is neither a uri nor a name that stands for one."""
    for codelist in codelists:
        for column, system in codelist.columns.items():
            if system is None or ":" in system:
                continue
            if system not in names:
                why = f"unknown name {system}{hint(system, names)}"
            elif text(names[system]) is None:
                why = f"the name {system} stands for {spell(names[system])}; a code system is a uri"
            else:
                continue
            faults.add(codelist.file, codelist.line, f"{codelist.id}, column {column}: {why}")
