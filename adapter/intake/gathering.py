"""Resources of whole files: the fragments of a record may stand far apart, in any order and in any file."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from adapter.fhir import json
from adapter.files.spill import Fragments, Spill
from adapter.intake.desk import Desk
from adapter.intake.draft import fragment_of, is_whole, merge_fragments, read_one
from adapter.intake.shapes import Drafts, Rejected
from adapter.mapping.residue import without
from adapter.outcome import Place

TOGETHER = 200
"""Resources that are read before they go to the temporary file."""


def gather(desk: Desk, resources: Iterable[tuple[Place, Mapping[str, Any]]]) -> Iterator[Drafts]:
    """Read every resource, then yield the draft of each record; what was wrong with a resource, or is left of it,
    is yielded at once.

    The readings wait in a temporary file until the last resource was read.
    """
    arriving = iter(resources)
    with Spill() as spill:
        while some := list(islice(arriving, TOGETHER)):
            read: list[Fragments] = []
            for place, resource in some:
                yield from _read(desk, place, resource, read)
            spill.add(read)
        for _, _, packed in spill.records():
            yield _merged(desk, packed)


def _read(desk: Desk, place: Place, resource: Mapping[str, Any], read: list[Fragments]) -> Iterator[Drafts]:
    found = Drafts()
    reading = read_one(desk, found, "", resource)
    if found.refused:
        found.rejected.append(Rejected(None, resource, tuple(found.issues)))
    if found.issues or found.residue:
        yield _placed(found, place)
    if reading is not None and not found.refused:
        kept = replace(reading, residue=[], dropped=[])
        piece = fragment_of("", resource, reading, desk.study.zone)
        piece = replace(piece, pointer=place.nameless)
        own = json.encode(without(resource, reading.dropped) if reading.dropped else resource)
        packed = pickle.dumps((place, kept, is_whole(desk, resource, reading), piece, own), 5)
        read.append(Fragments(reading.form, repr(reading.key), packed))


def _merged(desk: Desk, packed: Sequence[bytes]) -> Drafts:
    """The draft of the record that these readings tell, at the place of the first: our temporary file, no input.

    Where they contradict each other their resources are kept as rejected, together.
    """
    fragments = [pickle.loads(each) for each in packed]
    place, found = fragments[0][0], Drafts()
    whole = any(tells_whole for _, _, tells_whole, *_ in fragments)
    pieces = [piece for *_, piece, _ in fragments]
    merge_fragments(desk, found, [reading for _, reading, *_ in fragments], whole, pieces)
    came = tuple(own for *_, own in fragments)
    found.rejected += [Rejected(None, tuple(map(json.parse, came)), apart.issues) for apart in found.apart]
    found.drafts = [replace(draft, came=came) for draft in found.drafts]
    return _placed(found, place)


def _placed(found: Drafts, place: Place) -> Drafts:
    found.issues = [issue.at(place) for issue in found.issues]
    found.drafts = [replace(draft, place=place) for draft in found.drafts]
    return found
