"""The steps of a machine, written from the tree of an expression."""

from __future__ import annotations

from typing import Any

from adapter.fhir.regex.parser import Node, Unsupported

LARGEST = 5_000
"""Steps of a program."""


class Program:
    """`steps[i]`: ('one', predicate), ('fork', i, j), ('go', i), ('begin',), ('end',) or ('done',)."""

    def __init__(self, tree: Node) -> None:
        self.steps: list[tuple[Any, ...]] = []
        self._written = 0
        self._write(tree)
        self._add("done")

    def reads(self, state: int, char: str) -> bool:
        """Tell whether a step goes on with a character."""
        step = self.steps[state]
        return step[0] == "one" and bool(step[1](char))

    def onward(self, state: int, *, start: bool, end: bool) -> tuple[int, ...]:
        """Return the steps that follow one without reading."""
        step = self.steps[state]
        if step[0] in ("fork", "go"):
            return step[1:]
        passes = (step[0] == "begin" and start) or (step[0] == "end" and end)
        return (state + 1,) if passes else ()

    def _add(self, *step: Any) -> int:
        if len(self.steps) >= LARGEST:
            raise Unsupported("its repetitions make it too large")
        self.steps.append(step)
        return len(self.steps) - 1

    def _write(self, node: Node) -> None:
        """Append the steps of a tree; what follows it comes right behind."""
        self._written += 1
        if self._written > LARGEST:  # what is empty can be repeated without a step
            raise Unsupported("its repetitions make it too large")
        match node:
            case ("one", predicate):
                self._add("one", predicate)
            case ("each", nodes):
                for each in nodes:
                    self._write(each)
            case ("either", nodes):
                self._either(nodes)
            case ("repeat", repeated, least, most):
                self._repeat(repeated, least, most)
            case ("begin",) | ("end",):
                self._add(node[0])
            case _:
                raise Unsupported("it looks around, or back at what a group found")

    def _either(self, nodes: list[Node]) -> None:
        leaves = []
        for node in nodes[:-1]:
            fork = self._add("fork")
            self._write(node)
            leaves.append(self._add("go"))
            self.steps[fork] = ("fork", fork + 1, len(self.steps))
        self._write(nodes[-1])
        for leave in leaves:
            self.steps[leave] = ("go", len(self.steps))

    def _repeat(self, node: Node, least: int, most: int | None) -> None:
        for _ in range(least):
            self._write(node)
        if most is None:
            fork = self._add("fork")
            self._write(node)
            self._add("go", fork)
            self.steps[fork] = ("fork", fork + 1, len(self.steps))
            return
        forks = []
        for _ in range(most - least):
            forks.append(self._add("fork"))
            self._write(node)
        for fork in forks:
            self.steps[fork] = ("fork", fork + 1, len(self.steps))
