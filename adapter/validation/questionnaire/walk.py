"""What is known while one response is judged: the items met so far on the way down, and what a gap means."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from adapter.validation.finding import Finding, Found, error, warning

if TYPE_CHECKING:
    from adapter.validation.scope import Scope

Frame: TypeAlias = dict[str, list[dict[str, Any]]]
"""The items that stand side by side, by linkId."""

COMPLETE = frozenset({"completed", "amended"})
"""The statuses of a response from which nothing may be missing; the others may have gaps."""

HINTS = 20
"""Suggestions for one response: each compares one linkId with all of the Questionnaire's."""


class Walk:
    """One response on its way through its Questionnaire."""

    __slots__ = ("_hints", "frames", "gap", "response", "scope")

    def __init__(self, response: dict[str, Any], scope: Scope) -> None:
        self.response = response
        self.scope = scope
        self.frames: list[Frame] = []
        status = response.get("status")
        complete = type(status) is str and status in COMPLETE
        self.gap: Callable[..., Finding] | None = error if complete else warning
        self._hints = HINTS

    def may_hint(self) -> bool:
        """Tell whether there is time for one more suggestion."""
        self._hints -= 1
        return self._hints >= 0


Condition: TypeAlias = Callable[[Walk], bool | None]
"""Whether an item is enabled; None where that cannot be told."""


def joined(found: Found, more: Found) -> Found:
    """Return both, the first one extended."""
    if found is None or more is None:
        return more if found is None else found
    found.extend(more)
    return found
