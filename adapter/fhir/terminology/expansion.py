"""A value set by the expansion that came with it, for what its composition leaves untold.

Source: https://hl7.org/fhir/R4/valueset-definitions.html#ValueSet.expansion
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from adapter.fhir.terminology.concepts import Resource, rows
from adapter.fhir.terminology.membership import Codes, Listed, Membership


class Expanded:
    """What is in the expansion is in; what is not is as its composition tells."""

    def __init__(self, listed: Listed, composed: Membership) -> None:
        self._listed = listed
        self._composed = composed

    def member(self, system: str | None, code: str) -> bool | None:
        """Tell whether a code is in; None: the expansion is only a part."""
        return True if self._listed.member(system, code) else self._composed.member(system, code)

    def systems(self) -> Codes | None:
        """Return None: there are more."""

    def why(self, system: str | None = None) -> str | None:
        """Return why not every code can be told."""
        return self._composed.why(system)


def expanded(stated: Any, composed: Membership, is_sensitive: Callable[[str], bool]) -> Membership:
    """Return the codes of an expansion: all there are, or, where it is a part, those with the composition's."""
    if not isinstance(stated, dict):
        return composed
    systems: dict[str, set[str]] = {}
    contained = list(_contained(stated))
    for system, code in contained:
        systems.setdefault(system, set()).add(code)
    listed = Listed({system: frozenset(codes) for system, codes in systems.items()}, is_sensitive)
    return listed if _is_whole(stated, len(contained)) else Expanded(listed, composed)


def _contained(stated: Resource) -> Iterator[tuple[str, str]]:
    """Yield the codes that may be chosen: what is abstract only holds others."""
    waiting = list(reversed(rows(stated, "contains")))
    while waiting:
        entry = waiting.pop()
        code, system = entry.get("code"), entry.get("system")
        if isinstance(code, str) and isinstance(system, str) and entry.get("abstract") is not True:
            yield system, code
        waiting.extend(reversed(rows(entry, "contains")))


def _is_whole(stated: Resource, count: int) -> bool:
    """Tell whether an expansion has all codes: it starts at the first, and has as many as it says there are."""
    if stated.get("offset", 0) != 0 or any(
        each.get("name") == "limitedExpansion" for each in rows(stated, "parameter")
    ):
        return False
    total = stated.get("total")
    return count > 0 and (not isinstance(total, int) or total <= count)
