"""Which of a record's resources one that arrived stands for: the one it is answered with, and addressed
by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapter.intake.desk import Desk
from adapter.intake.readings import Readings
from adapter.store.index import identifiers, index
from adapter.store.shapes import Emission


def standing(desk: Desk, resource: Mapping[str, Any], readings: Readings | None = None) -> Emission | None:
    """The resource that this server keeps for one of sound structure that arrived, as its content alone would
    make it.

    Found by its business identifier among those of its record; None when no form reads it, or it says
    nothing.
    """
    reading = (Readings(desk) if readings is None else readings).read(resource)
    if reading.form is None or reading.key is None or any(issue.refuses for issue in reading.issues):
        return None
    type_ = resource["resourceType"]
    emitted = desk.engine.emit(reading.form, reading.record, "both")
    rivals: list[Emission] = [entry for entry in emitted if entry.type == type_]
    if len(rivals) < 2:
        return rivals[0] if rivals else None
    named = set(identifiers(resource.get("identifier")))
    same = [entry for entry in rivals if not named.isdisjoint(index(entry.body, desk.study.zone)[0])]
    return (same or rivals)[0]
