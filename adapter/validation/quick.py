"""The primitives of an object judged together, where most of them are plain: one join instead of a check for each.

What is not seen to be right at one glance is left to the checks of the single elements, which also say what is
wrong. No glance may let pass what they would refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from adapter.fhir.primitive import MAX_LENGTH

if TYPE_CHECKING:
    from adapter.validation.element import Element

Glance = Callable[[dict[str, Any]], bool]
"""Whether the plain primitives of an object are certainly right."""

TEXTS = frozenset({"string", "markdown"})
UNBROKEN = frozenset({"code", "uri", "url", "canonical"})
"""Types whose values hold no blank; a code may have single ones within, which the single check knows."""

LONGEST = MAX_LENGTH // 4


def is_plain(element: Element) -> bool:
    """Tell whether a glance can judge an element: a single primitive of which no profile says anything."""
    field = element.field
    return (
        not field.many
        and element.has_value
        and not element.has_twin
        and not element.stated
        and (field.type in TEXTS or field.type in UNBROKEN or field.type == "boolean")
        and (field.binding is None or field.strength == "example" or field.codes is not None)
    )


def glance(elements: Sequence[Element]) -> Glance | None:
    """Return the glance at the plain elements of a shape; None where there is none."""
    if not elements:
        return None
    texts = [each.field.key for each in elements if each.field.type in TEXTS]
    unbroken = [each.field.key for each in elements if each.field.type in UNBROKEN and not _listed(each)]
    listed = tuple((each.field.key, each.field.codes) for each in elements if _listed(each))
    truths = [each.field.key for each in elements if each.field.type == "boolean"]
    listed += tuple((key, BOOLEANS) for key in truths)
    return _glance(_joined(texts), _joined(unbroken), listed)


class _Booleans:
    """Holds True and False, and neither 1 nor 0."""

    def __contains__(self, value: object) -> bool:
        return value is True or value is False


BOOLEANS = _Booleans()


def _listed(element: Element) -> bool:
    return element.field.type == "code" and element.field.codes is not None


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
