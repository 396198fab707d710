"""Reading objects: constants must not be contradicted, holes are read, the rest is noted (rule 8)."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any

from adapter.mapping.entry_names import names_of_entries
from adapter.mapping.notes import Miss, Note, note_unread
from adapter.mapping.plan import Array, Choice, Const, Node, Object
from adapter.mapping.taken import KEPT, LONGEST, Read, Taken, unread

Step = tuple[str, bool, Any, Read]
"""How one key of an object is read: whether it is a constant that must not be contradicted, the constant, its reader.
"""

Shape = tuple[Callable[[Any], Any], Any, list[tuple[str, Read]], list[Step]]
"""How a set of keys is read: the constants among them, taken out together, and what they are as written; the other
keys; and all of them one by one, where a constant is not as written."""


class Shapes:
    """How each set of keys of an object is read: settled once, when it is first met."""

    def __init__(self, consts: dict[str, tuple[Read, Any]], handlers: dict[str, Read], needed: str | None) -> None:
        self.consts = consts
        self.handlers = handlers
        self.needed = needed
        self.known: dict[tuple[str, ...], Shape] = {}

    def settle(self, keys: tuple[str, ...]) -> Shape:
        """Return how a set of keys is read, and remember it."""
        refused = self.needed is not None and self.needed not in keys
        shape = _REFUSED if refused else self._shape(keys)
        if len(self.known) >= KEPT:
            self.known.clear()
        if len(keys) <= LONGEST:
            self.known[keys] = shape
        return shape

    def _shape(self, keys: tuple[str, ...]) -> Shape:
        named = [key for key in keys if key in self.consts]
        constants_of = itemgetter(*named) if named else _nothing
        written = constants_of({key: self.consts[key][1] for key in named})
        others = [(key, self.handlers.get(key, unread)) for key in keys if key not in self.consts]
        return constants_of, written, others, [_step(key, self.consts, self.handlers) for key in keys]


def object_reader(
    consts: dict[str, tuple[Read, Any]], handlers: dict[str, Read], whole: Any, needed: str | None = None
) -> Read:
    """Return the reader of an object; `needed` is the constant without which it is another one."""
    read = _any_reader(Shapes(consts, handlers, needed))
    return read if whole is None else lambda value, taken: value == whole or read(value, taken)


def _any_reader(shapes: Shapes) -> Read:
    """The constants are compared together, then holes are read in the order of the keys."""
    known, settle = shapes.known, shapes.settle

    def read(value: Any, taken: Taken) -> bool:
        if type(value) is not dict:
            return False
        keys = tuple(value)
        constants_of, written, others, steps = known.get(keys) or settle(keys)
        if constants_of(value) != written:
            return _step_by_step(value, steps, taken)
        notes = taken.notes
        mark = len(notes)
        for key, read_child in others:
            child = value[key]
            took = read_child(child, taken)
            if took and len(notes) == mark:
                continue
            note_unread(took, child, notes, mark, key)
            mark = len(notes)
        return True

    return read


def _step_by_step(value: dict[str, Any], steps: list[Step], taken: Taken) -> bool:
    """Read constants and holes in the order of the keys; if a constant is contradicted, all that was taken is given
    back.
    """
    notes, log = taken.notes, taken.log
    noted, logged = len(notes), len(log)
    mark = noted
    for child, (key, names, constant, read_child) in zip(value.values(), steps):  # noqa: B905
        if names and child == constant:
            continue
        took = read_child(child, taken)
        if took and len(notes) == mark:
            continue
        if not took and names:
            del notes[noted:], log[logged:]
            return False
        note_unread(took, child, notes, mark, key)
        mark = len(notes)
    return True


def _step(key: str, consts: dict[str, tuple[Read, Any]], handlers: dict[str, Read]) -> Step:
    if key in consts:
        read, constant = consts[key]
        return key, True, constant, read
    return key, False, None, handlers.get(key, unread)


def _nothing(_value: Any) -> None:
    """What an object holds of constants where it has none."""


_REFUSED: Shape = (_nothing, Miss, [], [("", True, Miss, unread)])
"""A set of keys that lacks what its constants need: refused whatever stands there."""


def first_of(readers: list[Read]) -> Read:
    """Return the reader of alternatives: the one that takes the value and leaves the least."""

    def read(value: Any, taken: Taken) -> bool:
        trials = []
        for place, option in enumerate(readers):
            trial = Taken()
            if option(value, trial):
                trials.append((trial.cost(), place, trial))
        if trials:
            taken.absorb(min(trials, key=lambda trial: trial[:2])[2])
        return bool(trials)

    return read


def const_reader(node: Const) -> Read:
    """Return the reader of a primitive constant: it or one of its alternatives must stand there."""
    allowed = [(type(value), value) for value in (node.value, *node.others)]

    def read(value: Any, _taken: Taken) -> bool:
        return (type(value), value) in allowed

    return read


def uncompared(node: Const) -> Read:
    """`display`, `unit` and `text` are never compared; another wording is lost, so it is noted."""

    def read(value: Any, taken: Taken) -> bool:
        if value != node.value:
            taken.notes.append(Note(value))
        return True

    return read


def codings_reader(node: Node) -> Read:
    """Read the codings of one concept: one of the constant's must be among them, or the concept is another. Of one that
    is as we write it nothing is left, in whichever order they stand.
    """
    names = set(names_of_entries(node))
    entries = [entry.node for entry in node.entries] if isinstance(node, Array) else []
    shapes = [shape for one in entries for shape in (one.options if isinstance(one, Choice) else (one,))]
    written = list(map(rendered, shapes))
    codes = {code for _, code in names}

    def meant(one: Any) -> bool:
        if type(one) is not dict or type(one.get("code")) is not str or type(one.get("system", "")) is not str:
            return False
        return (one["system"], one["code"]) in names if "system" in one else one["code"] in codes

    def read(value: Any, taken: Taken) -> bool:
        found = [place for place, one in enumerate(value) if meant(one)] if type(value) is list else []
        for place, one in enumerate(value if found else ()):
            if place not in found:
                taken.notes.append(Note(one, place))
            elif one not in written:
                taken.notes.extend(Note(one[key], key, place) for key in one if key not in ("system", "code"))
        return bool(found)

    return read


def ignored(_value: Any, _taken: Taken) -> bool:
    """Read what is no content: it is neither taken nor noted."""
    return True


def set_aside(value: Any, taken: Taken) -> bool:
    """Keep the resource's own id apart: whether it is ours is told later."""
    taken.id = value
    return True


def own_id(read: Read) -> Read:
    """Read an id that the map itself writes; another one is its sender's."""
    return lambda value, taken: read(value, taken) or set_aside(value, taken)


def rendered(node: Node) -> Any:
    """Return the JSON value of a constant node."""
    if isinstance(node, Const):
        return node.value
    if isinstance(node, Choice):
        return rendered(node.options[0])
    if isinstance(node, Array):
        return [rendered(entry.node) for entry in node.entries]
    if isinstance(node, Object):
        return {member.key: rendered(member.node) for member in node.members}
    return None
