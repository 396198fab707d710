"""What is known while one response is judged: the items met so far on the way down, and what a gap means."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

from adapter.validation.finding import Finding, Found, error, warning

if TYPE_CHECKING:
    from adapter.validation.scope import Scope

Frame: TypeAlias = dict[str, list[dict[str, Any]]]
"""The items that stand side by side, by linkId."""

COMPLETE = frozenset({"completed", "amended"})
"""The statuses of a response from which nothing may be missing; the others may have gaps."""

HINTS = 20
"""Suggestions for one response: each compares what was found with all that might have been meant."""

NAMES = 1_000
"""Names that a suggestion is looked for among."""

EFFORT = 2_000_000
"""Answers and items that conditions, and characters that patterns may look at in one response; then it is told."""


class Walk:
    """One response on its way through its Questionnaire."""

    __slots__ = ("effort", "frames", "gap", "hints", "response", "scope", "told")

    def __init__(self, response: dict[str, Any], scope: Scope) -> None:
        self.response = response
        self.scope = scope
        self.frames: list[Frame] = []
        status = response.get("status")
        complete = type(status) is str and status in COMPLETE
        self.gap: Callable[..., Finding] | None = error if complete else warning
        self.effort = EFFORT
        self.hints = HINTS
        self.told: dict[str, tuple[Frame, bool | None]] = {}  # what conditions said, and of which frame

    def spend(self, effort: int) -> bool:
        """Take from the effort that is left, and tell whether there was enough."""
        self.effort -= effort
        return self.effort >= 0

    def nearest(self, word: str, names: Iterable[str]) -> str:
        """Return a suggestion in words, or nothing: after the first ones of a response there is no time for more."""
        self.hints -= 1
        if self.hints < 0:
            return ""
        near = get_close_matches(word[:80], islice(names, NAMES), 1)
        return f" Did you mean {near[0]!r}?" if near and near[0] != word else ""


Condition: TypeAlias = Callable[[Walk], bool | None]
"""Whether an item is enabled; None where that cannot be told."""

Limit: TypeAlias = Callable[[Any, Walk], Found]
"""What a question asks of the value of an answer."""


def joined(found: Found, more: Found) -> Found:
    """Return both, the first one extended."""
    if found is None or more is None:
        return more if found is None else found
    found.extend(more)
    return found
