"""Forms as they are read from YAML: one a file, or several in the compact forms.yaml."""

from __future__ import annotations

import re
from typing import Any

from adapter.crf.faults import Faults, mapping, spell, text, word
from adapter.crf.item_type import parse_type
from adapter.crf.nearest import hint
from adapter.crf.strict_yaml import Map, Seq
from adapter.crf.study import Check, Form, Item, Labels

FORM_KEYS = ("form", "label", "id", "authored", "items", "checks", "rule")
ITEM_KEYS = ("type", "label", "rule")
CHECK_RULES = ("not_before", "not_future", "not_less", "begins_with", "only_with", "needs", "known")
QUERY_RULES = (
    "within",
    "answered",
    "reported",
    "unchanged",
    "scheduled",
    "once_a_day",
    "prohibited",
)
"""Rules of edit checks that only ever open a query: they look further than at the record, or are no fault of it."""

RESERVED = ("queries", "quarantine")
"""What no form is called: the service has its own lists at these addresses, beside those of the forms' records."""

_FORM_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*", re.ASCII)
_ITEM_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)?", re.ASCII)


def read_form_file(content: Any, faults: Faults, file: str) -> Form | None:
    """Return the form of a file of forms/, or None when it is none."""
    if not isinstance(content, Map):
        faults.add(file, 1, f"a form is a mapping, not {spell(content)}")
        return None
    form_id = text(content.get("form"))
    if form_id is None:
        faults.at(content, None, "a form names itself: form: ID")
        return None
    return _read_form(form_id, content, content.line_of("form"), faults)


def read_compact(content: Any, faults: Faults, file: str) -> list[Form]:
    """Return the forms of forms.yaml: form -> items, or form -> what a file of forms/ holds."""
    if not isinstance(content, Map):
        faults.add(file, 1, f"{file} is a mapping of forms, not {spell(content)}")
        return []
    forms = []
    for key in content:
        spec = mapping(content[key], content, key, f"the form {word(key)}", faults)
        if spec is None:
            faults.at(content, key, f"the form {word(key)} has no items")
        elif isinstance(spec.get("items"), Map):
            forms.append(_read_form(word(key), spec, content.line_of(key), faults))
        else:
            items = read_items(word(key), spec, faults)
            forms.append(_form(word(key), items, {}, content.file, content.line_of(key), faults))
    return forms


def _read_form(form_id: str, spec: Map, line: int, faults: Faults) -> Form:
    unknown_keys(spec, FORM_KEYS, f"the form {form_id}", faults)
    items_spec = mapping(spec.get("items"), spec, "items", "items", faults)
    if items_spec is None:
        faults.at(spec, "items", f"the form {form_id} has no items")
    items = {} if items_spec is None else read_items(form_id, items_spec, faults)
    return _form(form_id, items, spec, spec.file, line, faults)


def _form(form_id: str, items: dict[str, Item], spec: Any, file: str, line: int, faults: Faults) -> Form:
    if not _FORM_ID.fullmatch(form_id):
        faults.add(file, line, f"{form_id!r} is no form id: letters, digits, _ and -, a letter first")
    elif form_id in RESERVED:
        faults.add(file, line, f"no form is called {form_id}: /crf/{form_id} is the list of that; give it another id")
    keys = "-".join(f"{{{item.id}}}" for item in items.values() if item.key)
    checks = _checks(spec, faults)
    return Form(
        id=form_id,
        items=items,
        labels=labels(spec, faults),
        key_text=text(spec.get("id")) or keys,
        authored=text(spec.get("authored")),
        checks=tuple(check for check in checks if check.action == "refuse"),
        queries=tuple(check for check in checks if check.action == "query"),
        rule=mapping(spec.get("rule"), spec, "rule", "the rule of a form", faults) if spec else None,
        file=file,
        line=line,
    )


def read_items(form_id: str, spec: Map, faults: Faults) -> dict[str, Item]:
    """Return the items of a form in order; one that is faulty is there as well as it could be read."""
    items = {}
    for key in spec:
        item_id = word(key)
        if not _ITEM_ID.fullmatch(item_id):
            faults.at(
                spec,
                key,
                f"{item_id!r} is no item id: letters, digits, _ and -, a letter first; a member is group.member",
            )
        items[item_id] = _read_item(form_id, item_id, spec, key, faults)
    return items


def _read_item(form_id: str, item_id: str, items: Map, key: Any, faults: Faults) -> Item:
    spec = items[key]
    type_text = text(spec.get("type")) if isinstance(spec, Map) else text(spec)
    if isinstance(spec, Map):
        unknown_keys(spec, ITEM_KEYS, f"the item {item_id}", faults)
    if type_text is None:
        given = spec.get("type") if isinstance(spec, Map) else spec
        found = "" if given is None else f", but {spell(given)}; answers to choose from are a codelist"
        faults.at(items, key, f"the item {item_id} has no type, one text such as `integer 0..3`{found}")
    item_type, reasons = parse_type("text" if type_text is None else type_text)
    for reason in reasons:
        faults.at(items, key, f"{item_id}: {reason}")
    rule = spec.get("rule") if isinstance(spec, Map) else None
    return Item(
        id=item_id,
        type=item_type.type,
        codelist=item_type.codelist,
        low=item_type.low,
        high=item_type.high,
        unit=item_type.unit,
        **dict.fromkeys(item_type.flags, True),
        labels=labels(spec, faults) if isinstance(spec, Map) else {},
        rule=mapping(rule, spec, "rule", "a rule", faults) if isinstance(spec, Map) else None,
        oid=oid("IG" if item_type.type == "group" else "IT", form_id, item_id),
        file=items.file,
        line=items.line_of(key),
    )


def oid(kind: str, *ids: str) -> str:
    """Return the generated OID: IT.DIARY.WHEALS."""
    return ".".join((kind, *ids)).upper().replace("-", "_")


def labels(spec: Any, faults: Faults, key: str = "label") -> Labels:
    """Return language -> text of a `label:`; a label that is one text is English."""
    value = spec.get(key)
    if isinstance(value, Map):
        return {word(language): text(value[language]) or "" for language in value}
    if isinstance(value, Seq):
        faults.at(spec, key, "a label is a text, or a mapping of languages")
        return {}
    label = text(value)
    return {} if label is None else {"en": label}


def unknown_keys(spec: Map, known: tuple[str, ...], what: str, faults: Faults) -> None:
    """Note every key of `spec` that nobody reads."""
    for key in spec:
        if key not in known:
            comma = "; a text with a comma stands in quotation marks" if spec[key] is None else ""
            faults.at(spec, key, f"{what} has no key {word(key)}{hint(word(key), known)}{comma}")


def _checks(spec: Any, faults: Faults) -> tuple[Check, ...]:
    checks = mapping(spec.get("checks"), spec, "checks", "checks", faults) if spec else None
    if checks is None:
        return ()
    read = [_read_check(checks, key, faults) for key in checks]
    return tuple(check for check in read if check is not None)


def _read_check(checks: Map, key: Any, faults: Faults) -> Check | None:
    check_id = word(key)
    spec = mapping(checks[key], checks, key, f"the check {check_id}", faults)
    if spec is None:
        return None
    known = (*CHECK_RULES, *QUERY_RULES)
    unknown_keys(spec, (*known, "label", "action"), f"the check {check_id}", faults)
    rules = [rule for rule in known if rule in spec]
    if len(rules) != 1:
        faults.at(checks, key, f"the check {check_id} has one rule of {', '.join(known)}")
        return None
    arguments, action = spec[rules[0]], text(spec.get("action", "refuse"))
    if action not in ("refuse", "query") or (rules[0] in QUERY_RULES and action != "query"):
        needed = "query" if rules[0] in QUERY_RULES else "refuse or query"
        faults.at(checks, key, f"the action of the check {check_id} is {needed}, not {spell(spec.get('action'))}")
        return None
    return Check(
        id=check_id,
        rule=rules[0],
        arguments=arguments if isinstance(arguments, Map) else {"items": arguments},
        items=_check_items(arguments),
        labels=labels(spec, faults),
        file=checks.file,
        line=checks.line_of(key),
        action=action,
    )


def _check_items(arguments: Any) -> tuple[str, ...]:
    items = arguments.get("items") if isinstance(arguments, Map) else arguments
    named = [text(item) for item in items] if isinstance(items, Seq) else [text(items)]
    return tuple(item for item in named if item is not None)
