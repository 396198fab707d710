"""Interpolated strings: filled forwards, inverted backwards where that has one answer (rule 9)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from functools import cache
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parser  # type: ignore[attr-defined]
from typing import Any

from adapter.crf.study import Form, Item
from adapter.fhir.primitive import MAX_EXPONENT
from adapter.mapping.holes import parse as parse_holes
from adapter.mapping.plan import Hole, Node, Text

SHAPES = {
    "text": ".+",
    "token": r"\S+",
    "integer": "-?[0-9]+",
    "decimal": r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?",
    "date": "[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?",
    "fulldate": "[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "datetime": r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2}(?:T[0-9:.]+(?:Z|[+-][0-9]{2}:[0-9]{2}))?)?)?",
    "year": "[0-9]{4}",
    "boolean": "true|false",
}
STUDY_SHAPE = "[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"
"""Subjects, sites and visits of a study that declares no pattern for them."""


def shape(item: Item, patterns: dict[str, str]) -> str:
    """Return the regular expression of an item's texts; an integer to 9 has one digit, one to 999 up to three."""
    if item.type == "integer" and item.low is not None:
        sign = "-?" if item.low < 0 else ""
        digits = None if item.high is None else max(len(str(abs(int(end)))) for end in (item.low, item.high))
        if digits is None:
            return f"{sign}[0-9]+"
        return f"{sign}[0-9]{{1,{digits}}}" if digits > 1 or sign else "[0-9]"
    return patterns.get(item.type) or SHAPES.get(item.type, STUDY_SHAPE)


def hole_shape(hole: Hole, patterns: dict[str, str]) -> str:
    """Return the regular expression of what a hole writes into a text; a codelist's are its cells."""
    if hole.table is None:
        return shape(hole.item, patterns)
    column = hole.table.columns[0][0]
    rows = [*hole.table.rows.values(), *([hole.table.silence] if hole.table.silence is not None else [])]
    return "|".join(sorted({re.escape(cell) for row in rows for cell in row.get(column, ())}, reverse=True)) or "(?!)"


def inverter(text: Text, patterns: dict[str, str]) -> re.Pattern[str]:
    """Return the expression that reads a text: one named group a hole. ValueError if it has no one inverse."""
    _check(text.parts, patterns)
    groups = [
        re.escape(part) if isinstance(part, str) else f"(?P<_{place}>{hole_shape(part, patterns)}){_optional(part)}"
        for place, part in enumerate(text.parts)
    ]
    try:
        return re.compile("".join(groups), re.DOTALL | re.ASCII)
    except re.error as reason:
        raise ValueError(
            f"this text cannot be read back: a pattern of study.yaml does not stand within another: {reason}"
        ) from None


def inverts(form: Form, written: str, patterns: dict[str, str]) -> bool:
    """Tell whether a text of a form's keys has one inverse."""
    parts = [
        part if isinstance(part, str) else Hole(form.items[part.item], "string", "text")
        for part in parse_holes(written)
    ]
    try:
        _check(parts, patterns)
    except ValueError:
        return False
    return True


def _optional(hole: Hole) -> str:
    return "" if hole.item.key else "?"


def parts(node: Node) -> tuple[str | Hole, ...]:
    """Return the literals and holes of a text; a hole alone is one that holds nothing else."""
    return node.parts if isinstance(node, Text) else (node,) if isinstance(node, Hole) else ()


def head(whole: Text, name: Node) -> str | None:
    """Return what stands before a name in a text that ends in it; None for another text, and for no name."""
    first, *others = whole.parts
    named = list(parts(name))
    start = named.pop(0) if named and isinstance(named[0], str) else ""
    coded = isinstance(name, Hole) and name.table is not None  # its rows are met elsewhere
    if coded or not isinstance(first, str) or not isinstance(start, str) or not first.endswith(start):
        return None
    return first.removesuffix(start) if named and list(map(_said, named)) == list(map(_said, others)) else None


def _said(part: str | Hole) -> Any:
    """Return what a part of a text says, wherever it stands: itself, or an item in the words of a column."""
    return part if isinstance(part, str) else (part.item.id, part.column)


def parts_found(text: Text) -> Callable[[re.Match[str]], tuple[str | None, ...]]:
    """Return the function that tells what each hole of a text held, in order; a pattern of the study may have groups
    of its own.
    """
    names = [f"_{place}" for place, part in enumerate(text.parts) if isinstance(part, Hole)]
    if len(names) == 1:
        (only,) = names
        return lambda found: (found[only],)
    return lambda found: found.group(*names)


def _check(parts: Sequence[str | Hole], patterns: dict[str, str]) -> None:
    """All holes but one must end at a character that they cannot hold: before it on the right, behind it on the left.

    What is left for that one is then found from both ends. A hole of fixed length ends by itself.
    """
    loose = [place for place, part in enumerate(parts) if isinstance(part, Hole) and not _fixed(part, patterns)]
    stopped = [_ends_at(parts, place, 1, patterns) for place in loose]
    begun = [_ends_at(parts, place, -1, patterns) for place in loose]
    if not loose or any(all(stopped[:one]) and all(begun[one + 1 :]) for one in range(len(loose))):
        return
    place = next(place for place, ends in zip(loose, stopped, strict=True) if not ends)
    onward = parts[place + 1]
    stop = "another hole" if isinstance(onward, Hole) else repr(onward[0])
    raise ValueError(
        f"this text cannot be read back: {{{_hole(parts[place]).item.id}}} may be of any length "
        f"and is followed by {stop}; "
        "put a character between that it cannot contain"
    )


def _ends_at(parts: Sequence[str | Hole], place: int, way: int, patterns: dict[str, str]) -> bool:
    """Tell whether the text beside a hole, behind it (1) or before it (-1), begins with a character it cannot hold."""
    beside = place + way
    if not 0 <= beside < len(parts):
        return True
    other = parts[beside]
    return isinstance(other, str) and not _may_hold(
        hole_shape(_hole(parts[place]), patterns), other[0 if way == 1 else -1]
    )


def width(pattern: str) -> int:
    """Return the most characters that a pattern can match; a very large number for one without an end."""
    return int(_tree(pattern).getwidth()[1])


def characters(pattern: str) -> frozenset[str] | None:
    """Return the characters that a pattern can match, None where they cannot be listed."""
    found: set[str] = set()
    for op, argument in _flat(_tree(pattern)):
        some = _listed(op, argument)
        if some is None:
            return None
        found |= some
    return frozenset(found)


def _listed(op: Any, argument: Any) -> set[str] | None:
    if op is sre.LITERAL:
        return {chr(argument)}
    if op is sre.IN:
        sets = [_listed_in(kind, value) for kind, value in argument]
        return None if None in sets else set().union(*(one for one in sets if one is not None))
    return set() if op is sre.AT else None


def _listed_in(kind: Any, value: Any) -> set[str] | None:
    if kind is sre.LITERAL:
        return {chr(value)}
    if kind is sre.RANGE and value[1] - value[0] < 256:
        return {chr(code) for code in range(value[0], value[1] + 1)}
    return set("0123456789") if kind is sre.CATEGORY and value is sre.CATEGORY_DIGIT else None


def _hole(part: str | Hole) -> Hole:
    if isinstance(part, str):
        raise TypeError(part)
    return part


def _fixed(hole: Hole, patterns: dict[str, str]) -> bool:
    low, high = _tree(hole_shape(hole, patterns)).getwidth()
    return hole.item.key and low == high


@cache
def _tree(pattern: str) -> Any:
    """Return Python's own parse of a pattern: its widths and characters are found nowhere public."""
    return sre_parser.parse(pattern, re.DOTALL | re.ASCII)


def _may_hold(pattern: str, character: str) -> bool:
    return any(_holds(op, argument, ord(character)) for op, argument in _flat(_tree(pattern)))


def _flat(tree: Any) -> Any:
    """Yield the operations of a parsed pattern that consume characters."""
    for op, argument in tree:
        if op is sre.BRANCH:
            for branch in argument[1]:
                yield from _flat(branch)
        elif op in (sre.SUBPATTERN, sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            yield from _flat(argument[-1])
        else:
            yield op, argument


def _holds(op: Any, argument: Any, code: int) -> bool:
    """Tell whether a consuming operation may take the character; in doubt it may."""
    if op is sre.LITERAL:
        return bool(argument == code)
    if op is sre.IN and argument[0][0] is not sre.NEGATE:
        return any(_in(kind, value, code) for kind, value in argument)
    return op not in (sre.AT, sre.ASSERT, sre.ASSERT_NOT)


def _in(kind: Any, value: Any, code: int) -> bool:
    if kind is sre.LITERAL:
        return bool(value == code)
    if kind is sre.RANGE:
        return bool(value[0] <= code <= value[1])
    return True


def parser(item: Item) -> Callable[[str], Any]:
    """Return the function from a text that has the item's shape to the typed answer; ValueError beyond measure."""
    if item.type in ("integer", "year"):
        return int
    if item.type == "decimal":
        return _decimal
    return "true".__eq__ if item.type == "boolean" else str


def _decimal(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if abs(found.adjusted()) > MAX_EXPONENT:
        raise ValueError(text)
    return found
