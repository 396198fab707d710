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
from adapter.fhir.primitive import MAX_LENGTH

if TYPE_CHECKING:
    from adapter.validation.element import Element

Glance = Callable[[dict[str, Any]], bool]
"""Whether the plain primitives of an object are certainly right."""

TEXTS = frozenset({"string", "markdown"})
UNBROKEN = frozenset({"code", "uri", "url", "canonical"})
"""Types whose values hold no blank; a code may have single ones within, which the single check knows."""

FIXABLE = TEXTS | UNBROKEN

BESIDE = {"id", "profile", "slice_name", "types", "fixed", "fixed_key", "min", "max", "source"}
"""What may be stated of a text whose value is fixed, and adds nothing to that."""

LONGEST = MAX_LENGTH // 4


def is_plain(element: Element) -> bool:
    """Tell whether a glance can judge an element: a single primitive of which profiles say at most what it is."""
    field = element.field
    if field.many or element.has_twin or not element.has_value:
        return False
    if element.stated:
        return all(map(_fixes_alone, element.stated)) and field.type in FIXABLE
    if field.binding is not None and field.strength != "example" and field.codes is None:
        return False
    return field.type in TEXTS or field.type in UNBROKEN or field.type == "boolean"


def _fixes_alone(stated: Constraints) -> bool:
    """Tell whether all that is said of an element is the text that it has (how often is for the shape to say)."""
    said = {field.name for field in fields(stated) if getattr(stated, field.name) not in (None, (), {})}
    return isinstance(stated.fixed, str) and said <= BESIDE


def glance(elements: Sequence[Element]) -> Glance | None:
    """Return the glance at the plain elements of a shape; None where there is none."""
    if not elements:
        return None
    listed = tuple((each.field.key, codes) for each in elements if (codes := _listed(each)) is not None)
    rest = [each.field for each in elements if _listed(each) is None]
    texts = [field.key for field in rest if field.type in TEXTS]
    unbroken = [field.key for field in rest if field.type in UNBROKEN]
    return _glance(_joined(texts), _joined(unbroken), listed)


class _Booleans:
    """Holds True and False, and neither 1 nor 0."""

    def __contains__(self, value: object) -> bool:
        return value is True or value is False


BOOLEANS = _Booleans()


def _listed(element: Element) -> Any:
    """The values that an element may have, where they are few: R4's codes, a profile's fixed text, true and false."""
    if element.stated:
        return frozenset.intersection(*(frozenset([each.fixed]) for each in element.stated))
    if element.field.type == "boolean":
        return BOOLEANS
    return element.field.codes if element.field.type == "code" else None


def _joined(keys: list[str]) -> Callable[[dict[str, Any]], tuple[Any, ...]] | None:
    if not keys:
        return None
    only = keys[0]
    return itemgetter(*keys) if len(keys) > 1 else lambda owner: (owner[only],)


def _glance(
    texts: Callable[[dict[str, Any]], tuple[Any, ...]] | None,
    unbroken: Callable[[dict[str, Any]], tuple[Any, ...]] | None,
    listed: Sequence[tuple[str, Any]],
) -> Glance:
    def look(owner: dict[str, Any]) -> bool:
        try:
            if unbroken is not None:
                values = unbroken(owner)
                joined = "".join(values)
                if "" in values or " " in joined or not joined.isprintable() or len(joined) > LONGEST:
                    return False
            if texts is not None and not _plain_texts(texts(owner)):
                return False
            for key, codes in listed:
                if owner[key] not in codes:
                    return False
        except TypeError:  # no text, or nothing that can be looked up
            return False
        return True

    return look


def _plain_texts(values: tuple[Any, ...]) -> bool:
    joined = "|".join(values)
    return (
        "" not in values and joined.isprintable() and "| " not in joined and joined[0] != " " and len(joined) < LONGEST
    )
