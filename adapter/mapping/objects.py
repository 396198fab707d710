"""Reading objects: constants must not be contradicted, holes are read, the rest is noted (rule 8)."""

from __future__ import annotations

from typing import Any

from adapter.mapping.arrays import names_of_entries
from adapter.mapping.notes import Miss, Note, lift
from adapter.mapping.plan import Array, Choice, Const, Node, Object
from adapter.mapping.taken import KEPT, Read, Taken

Step = tuple[str, bool, Any, Read]
"""How one key of an object is read: whether it is a constant that must not be contradicted, the constant, its reader."""


def object_reader(
    consts: dict[str, tuple[Read, Any]], handlers: dict[str, Read], whole: Any, needed: str | None = None
) -> Read:
    """Return the reader of an object. How a set of keys is read is settled once, when it is first met."""
    shapes: dict[tuple[str, ...], list[Step]] = {}
    only = next(iter(handlers)) if len(handlers) == 1 and not consts else None
    lone = (only, handlers[only]) if only is not None else None

    def steps_of(shape: tuple[str, ...]) -> list[Step]:
        if len(shapes) >= KEPT:
            shapes.clear()
        refused = needed is not None and needed not in shape
        steps = [_REFUSED] if refused else [_step(key, consts, handlers) for key in shape]
        shapes[shape] = steps
        return steps

    def read(value: Any, taken: Taken) -> bool:
        if type(value) is not dict:
            return False
        shape = tuple(value)
        steps = shapes.get(shape)
        if steps is None:
            steps = steps_of(shape)
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
            if not took and (len(notes) == mark or notes[-1].value is not child):
                notes.append(Note(child))
            lift(notes, mark, key)
            mark = len(notes)
        return True

    if lone is not None:
        return _lone_reader(*lone, read)
    return read if whole is None else lambda value, taken: value == whole or read(value, taken)


def _lone_reader(key: str, read_child: Read, read: Read) -> Read:
    """The common case of an object that holds one answer and nothing else."""

    def read_lone(value: Any, taken: Taken) -> bool:
        if type(value) is dict and len(value) == 1 and key in value:
            start = len(taken.notes)
            took = read_child(value[key], taken)
            if took and len(taken.notes) == start:
                return True
            if not took and (len(taken.notes) == start or taken.notes[-1].value is not value[key]):
                taken.notes.append(Note(value[key]))
            lift(taken.notes, start, key)
            return True
        return read(value, taken)

    return read_lone


def _step(key: str, consts: dict[str, tuple[Read, Any]], handlers: dict[str, Read]) -> Step:
    if key in consts:
        read, constant = consts[key]
        return key, True, constant, read
    return key, False, None, handlers.get(key, _unread)


def _unread(_value: Any, _taken: Taken) -> bool:
    return False


_REFUSED: Step = ("", True, Miss, _unread)
"""The step of a set of keys that lacks what its constants need: refused whatever stands there."""


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
    """Read the codings of one concept: one of the constant's must be among them, or the concept is another."""
    names = set(names_of_entries(node))
    codes = {code for _, code in names}

    def meant(one: Any) -> bool:
        if type(one) is not dict or type(one.get("code")) is not str or type(one.get("system", "")) is not str:
            return False
        return (one["system"], one["code"]) in names if "system" in one else one["code"] in codes

    def read(value: Any, taken: Taken) -> bool:
        found = [place for place, one in enumerate(value) if meant(one)] if type(value) is list else []
        for place, one in enumerate(value if found else ()):
            if place in found:
                taken.notes.extend(Note(one[key], key, place) for key in one if key not in ("system", "code"))
            else:
                taken.notes.append(Note(one, place))
        return bool(found)

    return read


def ignored(_value: Any, _taken: Taken) -> bool:
    return True


def set_aside(value: Any, taken: Taken) -> bool:
    taken.id = value
    return True


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
