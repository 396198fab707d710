"""Reading lists: entries are found by the constants that name them, wherever they stand (rule 8).

Incoming entries look their candidates up by their name; rivals are tried, the least residue wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from adapter.crf.study import Item
from adapter.mapping.entry_names import ANY, UNTOLD, incoming_names, names_of, teller
from adapter.mapping.notes import Note, leaves, lift, note_unread
from adapter.mapping.plan import Array
from adapter.mapping.taken import KEPT, LONGEST, Read, Taken, closer, unread

Offer = tuple[bool, Read]
"""A template entry: whether it repeats, and its reader."""


def array_reader(node: Array, readers: list[Read]) -> Read:
    """Return the reader of a list. It contradicts nothing, but for the codings of one concept: see `_concept`."""
    entries = [
        (entry.each is not None, read if entry.each is None else entry_reader(entry.each, read))
        for entry, read in zip(node.entries, readers, strict=True)
    ]
    if len(entries) > 1:
        return _several(node, entries)
    ((repeats, read_one),) = entries
    return _repeated(read_one) if repeats else _single(read_one, _several(node, entries))


def entry_reader(each: Item, read_one: Read) -> Read:
    """Return the reader of an entry that repeats: what it takes is one entry of the item or group."""
    close = closer(each)

    def read(value: Any, taken: Taken) -> bool:
        start = len(taken.log)
        if not read_one(value, taken):
            return False
        close(taken, start)
        return True

    return read


def _repeated(read_one: Read) -> Read:
    """One template entry that repeats: every incoming one is tried."""

    def read(value: Any, taken: Taken) -> bool:
        if type(value) is not list:
            return False
        _read_each(value, [read_one] * len(value), taken)
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


def _several(node: Array, entries: list[Offer]) -> Read:
    by_name: dict[Any, list[int]] = {}
    for position, entry in enumerate(node.entries):
        for name in names_of(entry.node):
            by_name.setdefault(name, []).append(position)
    anyone = by_name.get(ANY, [])
    name_of = incoming_names(node.type)
    name_by = teller(node, by_name)
    told = None if name_by is None else _Told(name_by, {name: entries[found[0]] for name, found in by_name.items()})

    def candidates(value: Any) -> list[int]:
        found = [position for name in name_of(value) for position in by_name.get(name, ())]
        return sorted({*found, *anyone}) if found or anyone else []

    def read(value: Any, taken: Taken) -> bool:
        if type(value) is not list:
            return False
        if told is not None and (readers := told.readers(value)) is not None:
            _read_each(value, readers, taken)
            return True
        offers = [candidates(one) for one in value]
        if _plain(offers, entries):
            _read_each(value, [entries[offer[0]][1] if offer else unread for offer in offers], taken)
        else:
            _assign(value, offers, entries, taken)
        return True

    return read


class _Told:
    """The entries of a list that their names tell apart. Which of them came, and in which order, is settled once."""

    def __init__(self, name_of: Callable[[Any], Any], entries: dict[Any, Offer]) -> None:
        self._name_of = name_of
        self._entries = entries
        self._known: dict[tuple[Any, ...], list[Read] | None] = {}

    def readers(self, value: list[Any]) -> list[Read] | None:
        """Return the reader of each entry that came, None unless each has its own."""
        try:
            names = tuple(map(self._name_of, value))
            return self._known[names] if names in self._known else self._settle(names)
        except UNTOLD:
            return None

    def _settle(self, names: tuple[Any, ...]) -> list[Read] | None:
        found = [self._entries.get(name) for name in names]
        single = [name for name, entry in zip(names, found, strict=True) if entry is not None and not entry[0]]
        alone = len(set(single)) == len(single)
        readers = [entry[1] for entry in found if entry is not None]
        settled = readers if alone and len(readers) == len(names) else None
        if len(self._known) >= KEPT:
            self._known.clear()
        if len(names) <= LONGEST:
            self._known[names] = settled
        return settled


def _read_each(value: list[Any], readers: list[Read], taken: Taken) -> None:
    notes = taken.notes
    mark = len(notes)
    for place, read_one in enumerate(readers):
        one = value[place]
        took = read_one(one, taken)
        if took and len(notes) == mark:
            continue
        note_unread(took, one, notes, mark, place)
        mark = len(notes)


def _plain(offers: list[list[int]], entries: list[Offer]) -> bool:
    """True if no two incoming entries want one template entry and none has a choice."""
    wanted = [offer[0] for offer in offers if offer]
    single = [position for position in wanted if not entries[position][0]]
    return all(len(offer) <= 1 for offer in offers) and len(single) == len(set(single))


def _assign(value: list[Any], offers: list[list[int]], entries: list[Offer], taken: Taken) -> None:
    """Try all rivals; the pairs that leave the least residue are kept, each side at most once (a repeated entry:
    often).
    """
    trials = sorted(_trials(value, offers, entries), key=lambda trial: (trial[0], _content(value[trial[1]]), trial[2]))
    chosen: dict[int, Taken | None] = {}
    used: set[int] = set()
    for _, place, position, trial in trials:
        if place not in chosen and position not in used:
            chosen[place] = trial
            if not entries[position][0]:
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
    value: list[Any], offers: list[list[int]], entries: list[Offer]
) -> Iterator[tuple[tuple[int, int], int, int, Taken]]:
    for place, (one, offer) in enumerate(zip(value, offers, strict=True)):
        for position in offer:
            trial = Taken()
            if entries[position][1](one, trial):
                unread, found = trial.cost()
                yield (unread - leaves(one), found), place, position, trial
