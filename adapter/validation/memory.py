"""Values that were judged once are judged: the codes of a trial are few, and its subjects come back every day.

Remembered is what comes from a text that was read here: its JSON tells all of such a value. And it asked nothing of
what is around it, so that its verdict is its own wherever it stands.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, cast

from adapter.fhir import json
from adapter.fhir.kept import Table, Together
from adapter.validation.finding import Check, Finding, Found

if TYPE_CHECKING:
    from adapter.fhir.fhirpath import Env
    from adapter.validation.scope import Judge, Scope

LONGEST = 2_000
"""Bytes of JSON of a value that is remembered."""

FEW = 4
"""Findings of a value that is remembered: notes mostly, of codes that cannot be looked up here."""

MOST_BYTES = 8_000_000
"""What the checks of one validator remember together; then they begin anew, so that they have what comes now."""

BESIDE = 400
"""Bytes of memory that a remembered value takes beside its JSON, about."""

FINDING = 350
"""Bytes of memory that a remembered finding takes beside its text, about."""

VAIN = 500
"""How many more values may be new than were met before: then a check gives up remembering, they are each another."""

PAUSE = 10_000
"""Values after which a check that gave up tries again: all is new to it once, when the first come in."""


class Memories(Together[bytes, Any]):
    """All memories of one validator, each by the JSON of a value, and how many bytes they hold."""

    def __init__(self) -> None:
        super().__init__(MOST_BYTES)

    def remember(self, memory: Table[bytes, Any], written: bytes, told: Any, size: int = 0) -> None:
        """Remember what was told of a value, in so many bytes, unless the value is long."""
        if len(written) <= LONGEST:
            self.keep(memory, written, told, len(written) + BESIDE + size)


def _watched(name: str) -> property:
    """Return what reads and writes an attribute of the scope, and tells that it was asked for."""

    def read(alone: Alone) -> Any:
        alone.is_asked = True
        return getattr(alone.scope, name)

    return property(read, lambda alone, value: setattr(alone.scope, name, value))


class Alone:
    """A scope that tells whether it was asked for anything that is not the same around every value."""

    __slots__ = ("is_asked", "judge", "scope")

    is_read: ClassVar[bool] = False  # what is within is remembered with the whole
    context: ClassVar[Any] = None
    extension: ClassVar[Any] = None
    index: ClassVar[Any] = None
    total: ClassVar[Any] = None

    ids, held = _watched("ids"), _watched("held")

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.judge: Judge = scope.judge
        self.is_asked = False

    def __getattr__(self, name: str) -> Any:
        self.is_asked = True
        return getattr(self.scope, name)

    @property
    def env(self) -> Env:
        """The scope, as FHIRPath knows it."""
        return cast("Env", self)

    def member_of(self, value: Any, url: str) -> bool | None:
        """Tell whether a code is of a value set; None where that cannot be told."""
        return self.judge.member_of(value, url)


def remembering(check: Check, memories: Memories) -> Check:
    """Return a check that looks once at each value, as long as values come again."""
    verdicts, vain = memories.new(), 0
    write, known = json.write, verdicts.get  # at hand: this is the way of nearly every value

    def checked(value: Any, scope: Scope) -> Found:
        nonlocal vain
        if not scope.is_read:
            return check(value, scope)
        if vain > VAIN:
            vain = vain + 1 if vain < VAIN + PAUSE else 0
            return check(value, scope)
        written = write(value)
        verdict: tuple[Finding, ...] | None = known(written)
        if verdict is None:
            vain += 1
            return _anew(check, value, scope, lambda told: memories.remember(verdicts, written, told, _size(told)))
        if vain:
            vain -= 1
        return [each.again() for each in verdict] if verdict else None

    return checked


def _size(told: tuple[Finding, ...]) -> int:
    """Return the bytes that findings take, about; those of a text that is not made yet are few."""
    return sum(FINDING + (len(each.text) if isinstance(each.text, str) else 0) for each in told)


def _anew(check: Check, value: Any, scope: Scope, keep: Callable[[tuple[Finding, ...]], None]) -> Found:
    alone = Alone(scope)
    found = check(value, cast("Scope", alone))
    if not alone.is_asked and (found is None or len(found) <= FEW):
        keep(() if found is None else tuple([each.again() for each in found]))
    return found
