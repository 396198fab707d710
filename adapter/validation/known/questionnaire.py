"""Questionnaires: what enables an item is another item, which is not within it.

"If present, indicates that this item should only be enabled (displayed/allow answers to be captured) when the
specified condition is true"; `question` is "the linkId for the question whose answer (or lack of answer) governs
whether this item is enabled". Source: http://hl7.org/fhir/R4/questionnaire.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from adapter.validation.finding import Finding, Found, error, warning
from adapter.validation.known.read import deep, each, text

if TYPE_CHECKING:
    from adapter.validation.scope import Scope


def check_questionnaire(value: dict[str, Any], scope: Scope) -> Found:
    """Return what is wrong with the conditions of a Questionnaire's items."""
    items = list(deep(value, "item"))
    places = {text(item, "linkId"): (order, path) for order, (path, item) in enumerate(items)}
    found: list[Finding] = []
    for order, (path, item) in enumerate(items):
        for step, condition in each(item, "enableWhen"):
            question = text(condition, "question")
            if question is not None:
                found += _judged(question, path + step, places.get(question), (order, path))
    return found or None


def _judged(question: str, step: str, target: tuple[int, str] | None, item: tuple[int, str]) -> Iterator[Finding]:
    where = f"{step}.question"
    if target is None:
        yield error("business-rule", f"No item has the linkId {question[:80]!r}.", "enable-when-target", where)
    elif target == item:
        yield error("business-rule", "An item cannot depend on its own answer.", "enable-when-self", where)
    elif target[1].startswith(f"{item[1]}.item["):
        told = f"{question[:80]!r} is within this item, and can be answered only once the item is enabled."
        yield error("business-rule", told, "enable-when-inner", where)
    elif target[0] > item[0]:
        told = f"{question[:80]!r} comes after this item: it is asked before what decides about it."
        yield warning("business-rule", told, "enable-when-after", where)
