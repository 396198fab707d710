"""The primitives of an object judged together, where most of them are plain: one join instead of a check for each.

What is not seen to be right at one glance is left to the checks of the single elements, which also say what is
wrong. No glance may let pass what they would refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from adapter.fhir.constraints import Constraints
from adapter.fhir.definitions import invariants
from adapter.fhir.primitive import MAX_LENGTH, judge_of

if TYPE_CHECKING:
    from adapter.validation.element import Element

Glance = Callable[[dict[str, Any]], bool]
"""Whether the plain primitives of an object are certainly right."""

TEXTS = frozenset({"string", "markdown"})
UNBROKEN = frozenset({"code", "uri", "url"})
"""Types whose values hold no blank; a code may have single ones within, which the single check knows."""

FIXABLE = TEXTS | UNBROKEN
OTHERS = frozenset(
    {"boolean", "canonical", "date", "dateTime", "decimal", "id", "instant", "integer", "positiveInt", "unsignedInt"}
)

BESIDE = {"id", "profile", "slice_name", "types", "fixed", "pattern", "fixed_key", "min", "max", "source", "binding"}
"""What may be stated of a primitive that a glance can judge: which texts it may be, and how often it is there."""

LONGEST = MAX_LENGTH // 4

CodesOf = Callable[[str], frozenset[str] | None]
"""The codes of a value set that can be enumerated."""


def is_plain(element: Element, codes_of: CodesOf) -> bool:
    """Tell whether a glance can judge an element: a single primitive, of which profiles say at most what it is."""
    field = element.field
    if field.many or element.has_twin or not element.has_value or field.type not in FIXABLE | OTHERS:
        return False
    if invariants(field.path) or not all(_says_little(each, field.type) for each in element.stated):
        return False
    bound = [url for url, strength in _bindings(element) if strength != "example"]
    if bound and (field.type != "code" or any(codes_of(url) is None for url in bound)):
        return False
    return field.type in FIXABLE or not any(_texts(element))


def _bindings(element: Element) -> list[tuple[str, str | None]]:
    own = [(element.field.binding, element.field.strength)] if element.field.binding is not None else []
    return own + [
        (each.binding.value_set, each.binding.strength) for each in element.stated if each.binding is not None
    ]


def _texts(element: Element) -> list[str]:
    return [text for each in element.stated for text in (each.fixed, each.pattern) if text is not None]


def _says_little(stated: Constraints, type_name: str) -> bool:
    if stated.types and type_name not in {each.code for each in stated.types if not each.profiles}:
        return False
    said = {field.name for field in fields(stated) if getattr(stated, field.name) not in (None, (), {})}
    return said <= BESIDE and isinstance(stated.fixed, str | None) and isinstance(stated.pattern, str | None)


def glance(elements: Sequence[Element], codes_of: CodesOf) -> Glance | None:
    """Return the glance at the plain elements of a shape; None where there is none."""
    if not elements:
        return None
    allowed = {each.field.key: _allowed(each, codes_of) for each in elements}
    listed = tuple((key, codes) for key, codes in allowed.items() if codes is not None)
    rest = [each.field for each in elements if allowed[each.field.key] is None]
    texts = tuple(field.key for field in rest if field.type in TEXTS)
    unbroken = tuple(field.key for field in rest if field.type in UNBROKEN)
    judged = tuple((field.key, judge_of(field.type)) for field in rest if field.type not in FIXABLE)
    return _glance(texts, unbroken, listed, judged)


class _Booleans:
    """Holds True and False, and neither 1 nor 0."""

    def __contains__(self, value: object) -> bool:
        return value is True or value is False


BOOLEANS = _Booleans()


def _allowed(element: Element, codes_of: CodesOf) -> Any:
    """The values that an element may have, where they are few: codes, a profile's fixed text, true and false."""
    if element.field.type == "boolean":
        return BOOLEANS
    sets = [frozenset([text]) for text in _texts(element)]
    if element.field.type == "code":
        sets += [codes_of(url) or frozenset() for url, strength in _bindings(element) if strength != "example"]
    return frozenset.intersection(*sets) if sets else None


def _glance(
    texts: tuple[str, ...],
    unbroken: tuple[str, ...],
    listed: Sequence[tuple[str, Any]],
    judged: Sequence[tuple[str, Callable[[Any], str | None]]],
) -> Glance:
    written = _getter(texts + unbroken)

    def look(owner: dict[str, Any]) -> bool:
        try:
            if written is not None:
                values = written(owner)
                joined = "".join(values)
                if "" in values or not joined.isprintable() or len(joined) > LONGEST:
                    return False
                if "id:" in joined and unbroken:  # urn:oid:…, urn:uuid:…: as those are written
                    return False
                if " " in joined and not _blanks_stand_right(owner, texts, unbroken):
                    return False
            for key, codes in listed:
                if owner[key] not in codes:
                    return False
        except TypeError:  # no text, or nothing that can be looked up
            return False
        for key, judge in judged:
            if judge(owner[key]) is not None:
                return False
        return True

    return look


def _getter(keys: tuple[str, ...]) -> Callable[[dict[str, Any]], tuple[Any, ...]] | None:
    if len(keys) > 1:
        return itemgetter(*keys)
    return (lambda owner: (owner[keys[0]],)) if keys else None


def _blanks_stand_right(owner: dict[str, Any], texts: tuple[str, ...], unbroken: tuple[str, ...]) -> bool:
    """Tell whether blanks are within texts alone; a text of nothing else is left to its own check."""
    for key in unbroken:
        if " " in owner[key]:
            return False
    for key in texts:
        if owner[key][0] == " ":
            return False
    return True
