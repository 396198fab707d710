"""Reading lists: entries are found by the constants that name them, wherever they stand (rule 8).

Each template entry has a name where its constants give one: an extension's url, an identifier's system, a coding's
system and code, an item's linkId. Incoming entries look their candidates up by it; rivals are tried, the least residue
wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from adapter.mapping.notes import Note, leaves, lift, note_unread
from adapter.mapping.plan import Array, Choice, Const, Entry, Node, Object
from adapter.mapping.taken import Read, Taken

NAMING = ("url", "linkId", "system")
ANY: Any = object()
"""The name of an entry that has none: it is a candidate for everything."""


def array_reader(node: Array, readers: list[Read]) -> Read:
    """Return the reader of a list. It contradicts nothing, but for the codings of one concept: see `_concept`."""
    entries = list(zip(node.entries, readers, strict=True))
    if len(entries) == 1 and entries[0][0].each is None:
        return _single(entries[0][1], _several(node, entries))
    if len(entries) == 1:
        return _repeated(entries[0])
    return _several(node, entries)


def _repeated(entry: tuple[Entry, Read]) -> Read:
    """One template entry that repeats: every incoming one is tried."""

    def read(value: Any, taken: Taken) -> bool:
        if type(value) is not list:
            return False
        _read_named(value, [entry] * len(value), taken)
        return True

    return read


def _single(read_one: Read, several: Read) -> Read:
    """The common case: one entry here, one there."""

    def read(value: Any, taken: Taken) -> bool:
        if type(value) is list and len(value) == 1:
            start = len(taken.notes)
            took = read_one(value[0], taken)
            if not took or len(taken.notes) > start:
                note_unread(took, value[0], taken.notes, start, 0)
            return True
        return several(value, taken)

    return read


def _several(node: Array, entries: list[tuple[Entry, Read]]) -> Read:
    by_name: dict[Any, list[int]] = {}
    for position, (entry, _) in enumerate(entries):
        for name in names_of(entry.node):
            by_name.setdefault(name, []).append(position)
    anyone = by_name.get(ANY, [])
    name_of = _incoming_names(node.type)
    key = _one_key(node)
    alone = {name: entries[found[0]] for name, found in by_name.items() if len(found) == 1} if key else {}

    def candidates(value: Any) -> list[int]:
        found = [position for name in name_of(value) for position in by_name.get(name, ())]
        return sorted({*found, *anyone}) if found or anyone else []

    def read(value: Any, taken: Taken) -> bool:
        if type(value) is not list:
            return False
        if key is not None and (offered := _by_key(value, key, alone)) is not None:
            _read_named(value, offered, taken)
            return True
        offers = [candidates(one) for one in value]
        if _plain(offers, entries):
            _read_each(value, offers, entries, taken)
        else:
            _assign(value, offers, entries, taken)
        return True

    return read


def _one_key(node: Array) -> str | None:
    """Return the key whose constant names every entry of a list, each differently: a linkId, a url, a system."""
    objects = [entry.node for entry in node.entries if isinstance(entry.node, Object)]
    for key in NAMING:
        named = [member.node for one in objects for member in one.members if member.key == key]
        values = [value for one in named if isinstance(one, Const) for value in (one.value, *one.others)]
        if len(named) == len(node.entries) <= len(values) == len(set(values)):
            return key
    return None


def _by_key(value: list[Any], key: str, alone: dict[Any, tuple[Entry, Read]]) -> list[tuple[Entry, Read]] | None:
    """Return the template entry of each incoming one, None unless each has its own."""
    names = [one.get(key) if type(one) is dict else None for one in value]
    if not all(type(name) is str and name in alone for name in names):
        return None
    if len(set(names)) < len(names):
        single = [name for name in names if alone[name][0].each is None]
        if len(set(single)) < len(single):
            return None
    return [alone[name] for name in names]


def _read_named(value: list[Any], offered: list[tuple[Entry, Read]], taken: Taken) -> None:
    notes = taken.notes
    mark = len(notes)
    for place, entry in enumerate(offered):
        one = value[place]
        took = entry[1](one, taken) if entry[0].each is None else _take(entry, one, taken)
        if took and len(notes) == mark:
            continue
        note_unread(took, one, notes, mark, place)
        mark = len(notes)


def _plain(offers: list[list[int]], entries: list[tuple[Entry, Read]]) -> bool:
    """True if no two incoming entries want one template entry and none has a choice."""
    wanted = [offer[0] for offer in offers if offer]
    single = [position for position in wanted if entries[position][0].each is None]
    return all(len(offer) <= 1 for offer in offers) and len(single) == len(set(single))


def _read_each(value: list[Any], offers: list[list[int]], entries: list[tuple[Entry, Read]], taken: Taken) -> None:
    for place, (one, offer) in enumerate(zip(value, offers, strict=True)):
        start = len(taken.notes)
        took = bool(offer) and _take(entries[offer[0]], one, taken)
        note_unread(took, one, taken.notes, start, place)


def _take(entry: tuple[Entry, Read], value: Any, taken: Taken) -> bool:
    each, read = entry[0].each, entry[1]
    start = len(taken.log)
    if not read(value, taken):
        return False
    if each is not None:
        taken.close_entry(each, start)
    return True


def _assign(value: list[Any], offers: list[list[int]], entries: list[tuple[Entry, Read]], taken: Taken) -> None:
    """Try all rivals; the pairs that leave the least residue are kept, each side at most once (a repeated entry:
    often).
    """
    trials = sorted(_trials(value, offers, entries), key=lambda trial: (trial[0], _content(value[trial[1]]), trial[2]))
    chosen: dict[int, Taken | None] = {}
    used: set[int] = set()
    for _, place, position, trial in trials:
        if place not in chosen and position not in used:
            chosen[place] = trial
            if entries[position][0].each is None:
                used.add(position)
    for place, one in enumerate(value):
        start = len(taken.notes)
        kept = chosen.get(place)
        if kept is None:
            taken.notes.append(Note(one))
        else:
            taken.absorb(kept)
        lift(taken.notes, start, place)


def _content(value: Any) -> str:
    """Return a value as a text that no order changes: among equals the order of what came decides nothing."""
    if type(value) is dict:
        return f"{{{','.join(sorted(f'{key}:{_content(child)}' for key, child in value.items()))}}}"
    return f"[{','.join(sorted(map(_content, value)))}]" if type(value) is list else repr(value)


def _trials(
    value: list[Any], offers: list[list[int]], entries: list[tuple[Entry, Read]]
) -> Iterator[tuple[tuple[int, int], int, int, Taken]]:
    for place, (one, offer) in enumerate(zip(value, offers, strict=True)):
        for position in offer:
            trial = Taken()
            if _take(entries[position], one, trial):
                unread, found = trial.cost()
                yield (unread - leaves(one), found), place, position, trial


def names_of(node: Node) -> list[Any]:
    """Return the names of a template entry: one for each alternative; [ANY] if it has none."""
    if isinstance(node, Choice):
        return [name for option in node.options for name in names_of(option)]
    if isinstance(node, Const):
        return [node.value, *node.others]
    if not isinstance(node, Object):
        return [ANY]
    return _names_of_object(node, {member.key: member.node for member in node.members})


def _names_of_object(node: Object, members: dict[str, Node]) -> list[Any]:
    if node.type == "CodeableConcept":
        return _coding_names(members.get("coding"))
    if node.type == "Coding":
        return _coding_name(members)
    for key in NAMING:
        if isinstance(named := members.get(key), Const):
            return [named.value, *named.others]
    if "code" in members:
        return names_of(members["code"])
    return [ANY]


def _coding_names(node: Node | None) -> list[Any]:
    return [ANY] if node is None else names_of_entries(node) or [ANY]


def names_of_entries(node: Node) -> list[Any]:
    """Return the names of all entries of a list."""
    return [name for entry in node.entries for name in names_of(entry.node)] if isinstance(node, Array) else [ANY]


def _coding_name(members: dict[str, Node]) -> list[Any]:
    system, code = members.get("system"), members.get("code")
    if isinstance(code, Const):
        systems = [system.value, *system.others] if isinstance(system, Const) else [None]
        return [(one, value) for one in systems for value in (code.value, *code.others)]
    return [ANY]


def _incoming_names(fhir_type: str) -> Callable[[Any], list[Any]]:
    if fhir_type == "Coding":
        return lambda value: _names_in([value])
    if fhir_type == "CodeableConcept":
        return _concept_names
    return _names


def _names(value: Any) -> list[Any]:
    if type(value) is not dict:
        return [value] if type(value) is str else []
    for key in NAMING:
        if type(value.get(key)) is str:
            return [value[key]]
    return _concept_names(value.get("code"))


def _concept_names(value: Any) -> list[Any]:
    codings = value.get("coding") if type(value) is dict else None
    return _names_in(codings) if type(codings) is list else []


def _names_in(codings: list[Any]) -> list[Any]:
    """A coding without a system may be any template's with its code: it has both names."""
    return [
        (one.get("system"), one.get("code"))
        for one in codings
        if type(one) is dict and type(one.get("code")) is str and type(one.get("system", "")) is str
    ]
