"""Reading straight through constants: how most elements are that hold one answer.

Of `identifier: [{system: …, value: "{subject}"}]` one comparison tells that all about the hole stands as it is written.
What differs from that anywhere is read with care, step by step, by the reader that the straight one has behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from adapter.mapping.notes import Notes, Segment, lift, note_unread
from adapter.mapping.taken import Read, Taken


class _Anything:
    """Equal to whatever stands in its place."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, _other: object) -> bool:
        return True


ANYTHING: Final = _Anything()


@dataclass(frozen=True, slots=True)
class Way:
    """The way to the one reader `end` of an element: its steps, and what stands around it, ANYTHING at the end."""

    steps: tuple[Segment, ...]
    around: Any
    end: Read


class Ways:
    """The readers of one study that go straight to one end, each with its way, so that a longer way goes through it."""

    def __init__(self) -> None:
        self._known: dict[Read, Way] = {}

    def through(self, step: Segment, constants: dict[str, Any] | None, below: Read, careful: Read) -> Read:
        """Return the reader of an element that is one step to `below` and constants, which `careful` reads otherwise.

        An object has `constants`; a list of one entry has none.
        """
        onward = self._known.get(below) or Way((), ANYTHING, below)
        around: Any = [onward.around] if constants is None else {**constants, step: onward.around}
        way = Way((step, *onward.steps), around, onward.end)
        read = _straight(way, careful)
        self._known[read] = way
        return read

    def by_name(
        self, constants: dict[str, Any], identifier: dict[str, Any], head: str, read_name: Read, careful: Read
    ) -> Read:
        """Return the reader of a Reference whose literal is `head` and its identifier's value: that is read once.

        `constants` and `identifier` are the constants of the Reference and of its identifier.
        """
        around = {**constants, "reference": ANYTHING, "identifier": {**identifier, "value": ANYTHING}}

        def read(value: Any, taken: Taken) -> bool:
            if value != around:
                return careful(value, taken)
            name = value["identifier"]["value"]
            mark = len(taken.notes)
            if value["reference"] == f"{head}{name}" and read_name(name, taken):
                return True
            del taken.notes[mark:]
            return careful(value, taken)

        return read


def _straight(way: Way, careful: Read) -> Read:
    steps, around, read_end = way.steps, way.around, way.end

    def read(value: Any, taken: Taken) -> bool:
        if value != around:
            return careful(value, taken)
        for step in steps:
            value = value[step]
        notes = taken.notes
        mark = len(notes)
        took = read_end(value, taken)
        if not took or len(notes) > mark:
            _note_end(took, value, notes, mark, steps)
        return True

    return read


def _note_end(took: bool, value: Any, notes: Notes, mark: int, steps: tuple[Segment, ...]) -> None:
    """Note what the end of a way left, as each step of it would have done."""
    note_unread(took, value, notes, mark, steps[-1])
    for step in reversed(steps[:-1]):
        lift(notes, mark, step)
