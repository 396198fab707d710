"""Reading objects: constants must not be contradicted, holes are read, the rest is noted (rule 8)."""

from __future__ import annotations

from typing import Any

from adapter.mapping.arrays import names_of_entries
from adapter.mapping.notes import Miss, Note, note_unread
from adapter.mapping.plan import Array, Choice, Const, Node, Object
from adapter.mapping.taken import KEPT, Logged, Read, Taken

Step = tuple[str, bool, Any, Read]
"""How one key of an object is read: whether it is a constant that must not be contradicted, the constant, its reader.
"""


class Shapes:
    """How each set of keys of an object is read: settled once, when it is first met."""

    def __init__(self, consts: dict[str, tuple[Read, Any]], handlers: dict[str, Read], needed: str | None) -> None:
        self.consts = consts
        self.handlers = handlers
        self.needed = needed
        self.known: dict[tuple[str, ...], list[Step]] = {}

    def settle(self, shape: tuple[str, ...]) -> list[Step]:
        """Return the steps of a set of keys, and remember them."""
        if len(self.known) >= KEPT:
            self.known.clear()
        refused = self.needed is not None and self.needed not in shape
        steps = [_REFUSED] if refused else [_step(key, self.consts, self.handlers) for key in shape]
        self.known[shape] = steps
        return steps


def object_reader(
    consts: dict[str, tuple[Read, Any]], handlers: dict[str, Read], whole: Any, needed: str | None = None
) -> Read:
    """Return the reader of an object; `needed` is the constant without which it is another one."""
    read = _any_reader(Shapes(consts, handlers, needed))
    if whole is not None:
        return lambda value, taken: value == whole or read(value, taken)
    usual = [key for key in handlers if not key.startswith("_") and key != "dataAbsentReason"]
    if len(usual) != 1 or len(consts) > 2:
        return read
    constants = [(key, constant) for key, (_, constant) in consts.items()]
    return _usual_reader(usual[0], handlers[usual[0]], constants, read)


def _any_reader(shapes: Shapes) -> Read:
    """Constants and holes are read in the order of the keys; if a constant is contradicted, all that was taken is given
    back.
    """
    known, settle = shapes.known, shapes.settle

    def read(value: Any, taken: Taken) -> bool:
        if type(value) is not dict:
            return False
        shape = tuple(value)
        steps = known.get(shape) or settle(shape)
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

    return read


def _usual_reader(key: str, read_child: Read, constants: list[tuple[str, Any]], read: Read) -> Read:
    """The common case of an object that is one answer beside its constants, and nothing else."""
    size = len(constants) + 1

    def read_usual(value: Any, taken: Taken) -> bool:
        if type(value) is not dict or len(value) != size or key not in value:
            return read(value, taken)
        for name, constant in constants:
            if name not in value or value[name] != constant:
                return read(value, taken)
        child, notes = value[key], taken.notes
        mark = len(notes)
        took = read_child(child, taken)
        if not took or len(notes) > mark:
            note_unread(took, child, notes, mark, key)
        return True

    return read_usual


def remembered(read: Read) -> Read:
    """Return the reader of a Reference with what its identifiers said kept: the resources of a record refer to the same
    ones.
    """
    known: dict[str, tuple[dict[str, Any], list[Logged]]] = {}

    def read_again(value: Any, taken: Taken) -> bool:
        identifier = value.get("identifier") if type(value) is dict else None
        name = identifier.get("value") if type(identifier) is dict else None
        hit = known.get(name) if type(name) is str else None
        if hit is not None and hit[0] == value:
            taken.log.extend(hit[1])
            return True
        noted, logged = len(taken.notes), len(taken.log)
        if not read(value, taken):
            return False
        if len(taken.notes) == noted and type(name) is str:
            if len(known) >= KEPT:
                known.clear()
            known[name] = _copy(value), taken.log[logged:]
        return True

    return read_again


def _copy(value: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of a Reference that was read whole: its keys are texts, but for the identifier, an object
    of texts.
    """
    return {key: dict(child) if type(child) is dict else child for key, child in value.items()}


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
