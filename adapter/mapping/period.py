"""A Period between two dates of which one is told less exactly: 2025-02-15 to 2025-02.

R4's per-1 wants `start <= end`, which has no answer for such two, so validators refuse them. The more exact one is then
written as exactly as the other, which is as true, and stands whole in an extension beside it. Sources:
http://hl7.org/fhir/R4/datatypes.html#Period; http://hl7.org/fhirpath/N1/#comparison (a time is compared in UTC).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from adapter.crf.record import Record
from adapter.mapping import lens
from adapter.mapping.pieces import Write
from adapter.mapping.plan import Hole, Object
from adapter.mapping.taken import Read, Taken

EXTENSION = "StructureDefinition/exact-date"
"""Where the extension is defined, below the study's base."""

DAY = len("2025-02-15")
ENDS = ("start", "end")
DATED = ("date", "fulldate", "datetime")


def exact(node: Object, base: str) -> Object:
    """Return a Period with the extension that it may need, any other object as it is."""
    told = ends(node) if node.type == "Period" else ()
    needed = len({hole.item.id for hole in told}) > 1 and any(hole.item.type != "fulldate" for hole in told)
    return replace(node, exact=f"{base}/{EXTENSION}") if needed else node


def ends(node: Object) -> tuple[Hole, ...]:
    """Return the holes at the two ends of a Period that are dates."""
    found = {member.key: member.node for member in node.members}
    holes = (found.get(key) for key in ENDS)
    return tuple(hole for hole in holes if isinstance(hole, Hole) and hole.item.type in DATED)


def in_step(node: Object, write: Write, zone: str) -> Write:
    """Return `write` of a Period, with its ends told alike where they could not be compared."""
    first, last = (hole.item.id for hole in ends(node))

    def write_period(record: Record) -> str:
        start, end = record.get(first), record.get(last)
        if type(start) is not str or type(end) is not str or len(start) == len(end):
            return write(record)
        alike = told_alike(start, end, zone)
        if alike is None:
            return write(record)
        text = write(record | {first: alike[0], last: alike[1]})
        for key, told, whole in zip(ENDS, alike, (start, end), strict=True):
            if told != whole:
                plain = f'"{key}":"{told}"'
                beside = f'{{"url":"{node.exact}","valueDateTime":"{whole}"}}'
                text = text.replace(plain, f'{plain},"_{key}":{{"extension":[{beside}]}}', 1)
        return text

    return write_period


def told_alike(start: str, end: str, zone: str) -> tuple[str, str] | None:
    """Return two dates, each as exact as the less exact of them, or None where R4 can tell that one is the earlier."""
    size = min(len(start), len(end))
    utc, days = ([lens.day(text, where) for text in (start, end)] for where in ("Z", zone))
    if size > DAY or None in utc or None in days:
        return None
    first, last = (str(day)[:size] for day in utc)
    return None if first < last else (str(days[0])[:size], str(days[1])[:size])


def whole_again(read: Read, url: str, zone: str) -> Read:
    """Return the reader of a Period whose ends may have what they exactly were beside them."""

    def read_period(value: Any, taken: Taken) -> bool:
        if type(value) is dict and not value.keys().isdisjoint(_TWINS):
            for key in ENDS:
                value = _whole(value, key, url, zone)
        return read(value, taken)

    return read_period


_TWINS = tuple(f"_{key}" for key in ENDS)


def _whole(value: dict[str, Any], key: str, url: str, zone: str) -> dict[str, Any]:
    twin, told = value.get(f"_{key}"), value.get(key)
    found = twin["extension"] if type(twin) is dict and len(twin) == 1 and "extension" in twin else None
    if type(told) is not str or type(found) is not list or len(found) != 1 or type(found[0]) is not dict:
        return value
    whole = found[0].get("valueDateTime")
    if type(whole) is not str or found[0] != {"url": url, "valueDateTime": whole}:
        return value
    day = lens.day(whole, zone)
    if day is None or len(told) >= len(whole) or day[: len(told)] != told:
        return value
    return {name: whole if name == key else child for name, child in value.items() if name != f"_{key}"}
