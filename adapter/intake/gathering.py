"""Resources of whole files: the fragments of a record may stand far apart, in any order and in any file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from adapter.intake.desk import Desk
from adapter.intake.draft import Drafts, is_whole, merge_fragments, read_one
from adapter.outcome import Place


@dataclass(slots=True)
class Fragments:
    """What was read of one record: the readings, the place of the first, and whether one tells it whole."""

    place: Place
    readings: list[Any] = field(default_factory=list)
    whole: bool = False


def gather(desk: Desk, resources: Iterable[tuple[Place, Mapping[str, Any]]]) -> Iterator[Drafts]:
    """Read every resource, then yield the draft of each record; what was wrong with a resource is yielded at
    once.

    The readings of all are held in memory until the last resource was read.
    """
    records: dict[tuple[str, Any], Fragments] = {}
    for place, resource in resources:
        found = Drafts()
        reading = read_one(desk, found, "", resource)
        if found.issues or found.residue:
            yield _placed(found, place)
        if reading is not None and not found.refused:
            fragments = records.setdefault((reading.form, reading.key), Fragments(place))
            fragments.readings.append(reading)
            fragments.whole |= is_whole(desk, resource, reading)
    for fragments in records.values():
        found = Drafts()
        merge_fragments(desk, found, fragments.readings, fragments.whole)
        yield _placed(found, fragments.place)


def _placed(found: Drafts, place: Place) -> Drafts:
    found.issues = [issue.at(place) for issue in found.issues]
    found.drafts = [replace(draft, place=place) for draft in found.drafts]
    return found
