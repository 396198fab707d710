"""A machine that reads a text once and tells whether a regular expression's tree matches the whole of it.

Thompson's construction: the states that it may be in are carried from character to character, so that
the time is the text's length by the expression's. Sets of states that were met are remembered.
Source: Ken Thompson, "Regular expression search algorithm", CACM 11 (1968).
"""

from __future__ import annotations

from typing import Any

from adapter.validation.questionnaire.pattern_parser import Node, OneOf, PatternError

LARGEST = 5_000
"""States of a machine."""

REMEMBERED = 2_000
"""Steps from a set of states that are kept."""

States = frozenset[int]


class Machine:
    """`_steps[i]`: ('one', predicate), ('fork', i, j), ('go', i), ('begin',), ('end',) or ('done',)."""

    def __init__(self, tree: Node) -> None:
        self._steps: list[tuple[Any, ...]] = []
        self._written = 0
        self._write(tree)
        self._add("done")
        self._first = self._reached([0], start=True, end=False)
        self._known: dict[tuple[States, str], States] = {}

    @property
    def size(self) -> int:
        """How many steps the machine has: what a character costs at most."""
        return len(self._steps)

    def __call__(self, text: str) -> bool:
        """Tell whether the whole text matches."""
        states = self._first
        for char in text:
            states = self._after(states, char)
            if not states:
                return False
        final = self._reached(states, start=not text, end=True)
        return any(self._steps[state][0] == "done" for state in final)

    def _after(self, states: States, char: str) -> States:
        found = self._known.get((states, char))
        if found is None:
            found = self._reached([each + 1 for each in states if self._reads(each, char)], start=False, end=False)
            if len(self._known) < REMEMBERED:
                self._known[states, char] = found
        return found

    def _reads(self, state: int, char: str) -> bool:
        step = self._steps[state]
        return step[0] == "one" and bool(step[1](char))

    def _reached(self, states: States | list[int], *, start: bool, end: bool) -> States:
        """Return the states that are reached without reading: those that read, and those that wait for an end."""
        seen: set[int] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state not in seen:
                seen.add(state)
                waiting += self._onward(state, start, end)
        return frozenset(each for each in seen if self._steps[each][0] in ("one", "end", "done"))

    def _onward(self, state: int, start: bool, end: bool) -> tuple[int, ...]:
        step = self._steps[state]
        if step[0] in ("fork", "go"):
            return step[1:]
        passes = (step[0] == "begin" and start) or (step[0] == "end" and end)
        return (state + 1,) if passes else ()

    def _add(self, *step: Any) -> int:
        if len(self._steps) >= LARGEST:
            raise PatternError("its repetitions make it too large")
        self._steps.append(step)
        return len(self._steps) - 1

    def _write(self, node: Node) -> None:
        """Append the steps of a tree; what follows it comes right behind."""
        self._written += 1
        if self._written > LARGEST:  # what is empty can be repeated without a step
            raise PatternError("its repetitions make it too large")
        match node:
            case ("one", predicate):
                self._one(predicate)
            case ("each", nodes):
                for each in nodes:
                    self._write(each)
            case ("either", nodes):
                self._either(nodes)
            case ("repeat", repeated, least, most):
                self._repeat(repeated, least, most)
            case ("begin",) | ("end",):
                self._add(node[0])

    def _one(self, predicate: OneOf) -> None:
        self._add("one", predicate)

    def _either(self, nodes: list[Node]) -> None:
        leaves = []
        for node in nodes[:-1]:
            fork = self._add("fork")
            self._write(node)
            leaves.append(self._add("go"))
            self._steps[fork] = ("fork", fork + 1, len(self._steps))
        self._write(nodes[-1])
        for leave in leaves:
            self._steps[leave] = ("go", len(self._steps))

    def _repeat(self, node: Node, least: int, most: int | None) -> None:
        for _ in range(least):
            self._write(node)
        if most is None:
            fork = self._add("fork")
            self._write(node)
            self._add("go", fork)
            self._steps[fork] = ("fork", fork + 1, len(self._steps))
            return
        forks = []
        for _ in range(most - least):
            forks.append(self._add("fork"))
            self._write(node)
        for fork in forks:
            self._steps[fork] = ("fork", fork + 1, len(self._steps))
