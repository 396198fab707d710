"""What reading a resource leaves behind: notes on places that were not read, with their path built on the way out.

On the good path nothing is noted and no path is built. A note's segments are appended innermost first.
"""

from __future__ import annotations

from typing import Any, Final

from adapter.crf.study import Item

Segment = str | int


class Miss:
    """The answer of a lens that cannot read what it found."""


MISS: Final = Miss()
SILENT: Final = object()
"""The answer of a lens that read silence: the `~` row, or `unknown`."""


class Note:
    """A value that was not read, at a path; `item` and `why` are set where an item's lens could not read it."""

    __slots__ = ("item", "segments", "value", "why")

    def __init__(self, value: Any, *segments: Segment, item: Item | None = None, why: str = "") -> None:
        self.value = value
        self.segments: list[Segment] = list(segments)
        self.item = item
        self.why = why


Notes = list[Note]


def lift(notes: Notes, start: int, segment: Segment) -> None:
    """Say of the notes from `start` on that they lie below `segment`."""
    for position in range(start, len(notes)):
        notes[position].segments.append(segment)


def note_unread(took: bool, value: Any, notes: Notes, start: int, segment: Segment) -> None:
    """Note a value that was not taken, if its reader has not done so, and say of all notes from `start` where they
    stand.
    """
    if not took and (len(notes) == start or notes[-1].value is not value):
        notes.append(Note(value))
    lift(notes, start, segment)


def leaves(value: Any) -> int:
    """Count the leaves of a JSON value."""
    if type(value) is dict:
        return sum(map(leaves, value.values()))
    if type(value) is list:
        return sum(map(leaves, value))
    return 1


def weight(notes: Notes) -> int:
    """Count the leaves that the notes leave unread."""
    return sum(leaves(note.value) for note in notes)
