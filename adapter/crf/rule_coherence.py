"""Whether the named rules of derived items and computed forms fit the items that they name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from adapter.crf.coherence import value_faults
from adapter.crf.faults import Faults, text, word
from adapter.crf.item_type import NUMBERS, parse_range
from adapter.crf.nearest import hint
from adapter.crf.strict_yaml import Map, Seq
from adapter.crf.study import Codelist, Form, Item
from adapter.crf.weekly_coherence import form_rule_faults

ITEM_RULES = {"sum": ("missing",), "band": ("bands",), "all": (), "equals": ("value",)}
"""Named rule of an item -> its further arguments."""


def check_rules(forms: Mapping[str, Form], codelists: Mapping[str, Codelist], faults: Faults) -> None:
    """Note every fault of the rules of all forms."""
    for form in forms.values():
        for item in form.items.values():
            if item.rule is not None:
                for why in _item_rule(form, item, item.rule, codelists):
                    faults.add(item.file, _line(item.rule, item.line), f"{item.id}: {why}")
        for item_id in circle(form):
            item = form.items[item_id]
            faults.add(item.file, item.line, f"{item_id}: its rule needs, by others, itself")
        if form.rule is not None:
            for why in form_rule_faults(form, form.rule, forms, codelists):
                faults.add(form.file, _line(form.rule, form.line), f"the form {form.id}: {why}")


def _line(rule: Mapping[str, Any], line: int) -> int:
    return rule.line if isinstance(rule, Map) else line


def sources(rule: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ids of the items that the rule of an item reads."""
    name = next((name for name in ITEM_RULES if name in rule), None)
    if name is None:
        return ()
    operand = rule[name]
    if isinstance(operand, Mapping):
        return tuple(str(one) for part in operand.values() if isinstance(part, list) for one in part)
    return tuple(str(one) for one in (operand if isinstance(operand, list) else [operand]))


def circle(form: Form) -> tuple[str, ...]:
    """Return the items whose rules, through others, need themselves."""
    needs = {item.id: set(sources(item.rule)) for item in form.items.values() if item.rule is not None}
    reached = {item: set(direct) for item, direct in needs.items()}
    for _ in needs:
        for item, there in reached.items():
            reached[item] = there.union(*(needs.get(one, set()) for one in there))
    return tuple(item for item, there in reached.items() if item in there)


def _item_rule(form: Form, item: Item, rule: Mapping[str, Any], codelists: Mapping[str, Codelist]) -> Iterable[str]:
    named = [name for name in rule if name in ITEM_RULES]
    if len(named) != 1:
        first = word(next(iter(rule), None))
        yield (
            f"unknown rule {first}{hint(first, ITEM_RULES)}" if not named else f"one rule, not {' and '.join(named)}"
        )
        return
    name = named[0]
    for key in rule:
        if key != name and key not in ITEM_RULES[name]:
            yield f"the rule {name} has no {word(key)}{hint(word(key), ITEM_RULES[name])}"
    read, unknown = sources(rule), False
    for source in read:
        why = _source(form, source)
        unknown = unknown or why is not None
        if why is not None:
            yield why
    if not read:
        yield f"the rule {name} names no items"
    elif not unknown:
        yield from _OPERANDS[name](form, item, rule, codelists)


def _source(form: Form, source: str) -> str | None:
    item = form.items.get(source)
    if item is None:
        return f"unknown item {source}{hint(source, form.items)}"
    if item.many or item.group is not None:
        return f"{source} has many answers; a rule reads items with one"
    return None


def _sum(form: Form, item: Item, rule: Mapping[str, Any], _codelists: Any) -> Iterable[str]:
    types = {source: form.items[source].type for source in sources(rule)}
    for source, kind in types.items():
        if kind not in ("integer", "decimal"):
            yield f"{source} is a {kind}; a sum adds integers and decimals"
    if not isinstance(rule["sum"], Seq):
        yield "sum takes a list of items"
    elif len(types) != len(rule["sum"]):
        yield "an item stands twice in the sum"
    if item.type not in ("integer", "decimal") or (item.type == "integer" and "decimal" in types.values()):
        yield f"the sum is no {item.type}"
    missing = rule.get("missing", 0)
    if isinstance(missing, bool) or not isinstance(missing, int) or not 0 <= missing < max(len(types), 1):
        yield f"missing is how many items may be missing, 0 to {len(types) - 1}"


def _band(form: Form, item: Item, rule: Mapping[str, Any], codelists: Mapping[str, Codelist]) -> Iterable[str]:
    source = form.items[sources(rule)[0]]
    if source.type not in NUMBERS:
        yield f"{source.id} is a {source.type}; bands divide numbers"
    if item.type not in ("code", "token", "text"):
        yield f"a band is a code or a text, not a {item.type}"
    bands = rule.get("bands")
    if not isinstance(bands, Map) or not bands:
        yield "band needs `bands: {answer: LOW..HIGH}`"
        return
    yield from value_faults(item, list(bands), codelists)
    yield from _overlaps(bands)


def _overlaps(bands: Map) -> Iterable[str]:
    ends = []
    for name in bands:
        try:
            low, high = parse_range(text(bands[name]) or "")
        except ValueError as reason:
            yield f"band {word(name)}: {reason}"
            continue
        ends.append(
            (
                Decimal("-Infinity") if low is None else low,
                Decimal("Infinity") if high is None else high,
                word(name),
            )
        )
    ends.sort()
    for (_, high, first), (low, _, second) in pairwise(ends):
        if low <= high:
            yield f"the bands {first} and {second} overlap"


def _all(form: Form, item: Item, rule: Mapping[str, Any], _codelists: Any) -> Iterable[str]:
    operand = rule["all"]
    lists = isinstance(operand, Map) and all(isinstance(part, Seq) for part in operand.values())
    if not lists or not operand.keys() <= {True, False}:
        yield "all takes {true: [items], false: [items]}"
    for source in sources(rule):
        if form.items[source].type != "boolean":
            yield f"{source} is no boolean"
    if item.type != "boolean":
        yield f"the answer is true or false, no {item.type}"


def _equals(form: Form, item: Item, rule: Mapping[str, Any], codelists: Mapping[str, Codelist]) -> Iterable[str]:
    if item.type != "boolean":
        yield f"the answer is true or false, no {item.type}"
    yield from value_faults(form.items[sources(rule)[0]], [rule.get("value")], codelists)


_OPERANDS = {"sum": _sum, "band": _band, "all": _all, "equals": _equals}
