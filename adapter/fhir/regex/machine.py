"""A machine that reads a text once and tells whether a regular expression's tree matches it.

Thompson's construction: the states that it may be in are carried from character to character, so that
the time is the text's length by the expression's. Sets of states that were met are remembered.
Source: Ken Thompson, "Regular expression search algorithm", CACM 11 (1968).
"""

from __future__ import annotations

from collections.abc import Iterable

from adapter.fhir.regex.parser import Node, TooCostly
from adapter.fhir.regex.program import Program

REMEMBERED = 50_000
"""States in the sets that are kept, and steps between these."""

EFFORT = 3_000_000
"""States that are looked at for one text, those of remembered steps apart: about a second's work."""

States = frozenset[int]


class Met(dict[str, "Met"]):
    """A set of states that the machine was in, with those that follow each character that was read there."""

    __slots__ = ("_accepts", "_machine", "done", "first", "states")

    def __init__(self, machine: Machine, states: States, *, first: bool = False) -> None:
        super().__init__()
        self._machine = machine
        self.states = states
        self.first = first
        self.done = machine.is_done(states)
        self._accepts: bool | None = None

    def __missing__(self, char: str) -> Met:
        return self._machine.step(self, char)

    @property
    def accepts(self) -> bool:
        """Whether a text that ends here matches."""
        if self._accepts is None:
            self._accepts = self._machine.is_done(self._machine.reached(self.states, start=self.first, end=True))
        return self._accepts


class Machine:
    """Tells whether a text matches: the whole of it, or any part of it."""

    def __init__(self, tree: Node, *, whole: bool = True) -> None:
        self._program = Program(tree)
        self._whole = whole
        self._kept = 0
        self._left = EFFORT
        self._met: dict[States, Met] = {}
        self._first = Met(self, self.reached([0], start=True, end=False), first=True)

    @property
    def size(self) -> int:
        """How many steps the machine has: what a character costs at most."""
        return len(self._program.steps)

    def __call__(self, text: str) -> bool:
        """Tell whether the text matches. Raises TooCostly."""
        self._left = EFFORT
        return self._matches_whole(text) if self._whole else self._matches_part(text)

    def _matches_whole(self, text: str) -> bool:
        met = self._first
        for char in text:
            met = met[char]
            if not met.states:
                return False
        return met.accepts

    def _matches_part(self, text: str) -> bool:
        met = self._first
        for char in text:
            if met.done:
                return True
            met = met[char]
        return met.accepts

    def step(self, met: Met, char: str) -> Met:
        """Return the states after a character, and keep them for its next time."""
        self._left -= len(met.states) + 1
        after = [each + 1 for each in met.states if self._program.reads(each, char)]
        states = self.reached(after if self._whole else [*after, 0], start=False, end=False)
        if self._left < 0:
            raise TooCostly("the text is too long for an expression like this")
        found = self._met.get(states)
        if found is None:
            found = Met(self, states)
        if self._kept < REMEMBERED:
            self._kept += 1 + len(states)
            self._met[states] = found
            met[char] = found
        return found

    def is_done(self, states: Iterable[int]) -> bool:
        """Tell whether one of the states is the last."""
        return any(self._program.steps[each][0] == "done" for each in states)

    def reached(self, states: Iterable[int], *, start: bool, end: bool) -> States:
        """Return the states that are reached without reading: those that read, and those that wait for an end."""
        seen: set[int] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state not in seen:
                seen.add(state)
                waiting += self._program.onward(state, start=start, end=end)
        self._left -= len(seen)
        return frozenset(each for each in seen if self._program.steps[each][0] in ("one", "end", "done"))
