"""Readings of resources, packed small for the temporary file, grouped by the record that they belong to."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from adapter.files.spill import Fragments
from adapter.mapping.reading import Reading
from adapter.mapping.residue import Residue
from adapter.outcome import Place

_Plain = tuple[Any, ...]
_FIELDS = tuple(field.name for field in fields(Reading) if field.name != "residue")


@dataclass(frozen=True, slots=True)
class Met:
    """A reading, where its resource stood, and the resource itself where it is kept."""

    reading: Reading
    place: Place
    resource: Any


class Gathered:
    """The readings of one chunk by record, in order of first appearance."""

    def __init__(self) -> None:
        self._records: dict[tuple[str, str], list[_Plain]] = {}

    def add(self, reading: Reading, place: Place, resource: Any) -> None:
        """Keep a reading that has a form and a key."""
        key = " ".join([str(part) for part in reading.key or ()])
        self._records.setdefault((str(reading.form), key), []).append(_plain(reading, place, resource))

    def packed(self) -> list[Fragments]:
        """Return the fragments of each record as bytes."""
        return [Fragments(form, key, pickle.dumps(found, 5)) for (form, key), found in self._records.items()]


def unpacked(packed: Sequence[bytes]) -> Iterator[Met]:
    """Yield the readings of one record from what `Gathered.packed` made: our temporary file, no input."""
    for each in packed:
        for reading, residue, place, resource in pickle.loads(each):
            leaves = [Residue(*leaf) for leaf in residue]
            yield Met(Reading(residue=leaves, **reading), Place(*place), resource)


def _plain(reading: Reading, place: Place, resource: Any) -> _Plain:
    """Return a reading as tuples: these pack several times faster than dataclasses."""
    told = {name: getattr(reading, name) for name in _FIELDS}
    return (
        told,
        [(leaf.expression, leaf.value) for leaf in reading.residue],
        (place.file, place.line, place.column, place.sheet, place.row),
        resource,
    )
