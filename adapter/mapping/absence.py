"""Reading why an answer is missing, wherever R4 has a place for it (rule 5). `unknown` is silence itself."""

from __future__ import annotations

from typing import Any

from adapter.crf.record import REASONS, Absent
from adapter.mapping import coding, presence
from adapter.mapping.notes import Note, lift
from adapter.mapping.plan import Hole
from adapter.mapping.taken import Read, Taken, slot_of

_REASONS = frozenset(REASONS)


def either(reason: Read, read: Read) -> Read:
    """Return the reader of an element that may be nothing but an extension that says why it is missing."""

    def either(value: Any, taken: Taken) -> bool:
        if type(value) is dict and "extension" in value and reason(value, taken):
            return True
        return read(value, taken)

    return either


def reason_in_extension(hole: Hole) -> Read:
    """Read `{"extension": [data-absent-reason]}`, with the code `unknown` beside it where one is written; the reason
    `unknown` is silence.
    """
    beside = hole.unknown if isinstance(hole.unknown, dict) else {}

    def read(value: Any, taken: Taken) -> bool:
        if type(value) is not dict or type(value.get("extension")) is not list:
            return False
        reasons = [e for e in value["extension"] if type(e) is dict and e.get("url") == presence.DATA_ABSENT]
        if len(reasons) != 1 or not _put_reason(hole, reasons[0].get("valueCode"), taken):
            return False
        for place, other in enumerate(value["extension"]):
            if other is not reasons[0]:
                taken.notes.append(Note(other, place, "extension"))
            else:
                rest = (key for key in other if key not in ("url", "valueCode"))
                taken.notes.extend(Note(other[key], key, place, "extension") for key in rest)
        rest = (key for key in value if key != "extension" and not (key in beside and value[key] == beside[key]))
        taken.notes.extend(Note(value[key], key) for key in rest)
        return True

    return read


def but_unknown(read: Read, codes: dict[str, Any]) -> Read:
    """Return the reader of an object without the codes of members that say beside them why they have no answer."""

    def read_rest(value: Any, taken: Taken) -> bool:
        for key, code in codes.items():
            if type(value) is dict and _has_reason(value.get(f"_{key}")) and value.get(key) == code:
                value = {name: child for name, child in value.items() if name != key}
        return read(value, taken)

    return read_rest


def _has_reason(twin: Any) -> bool:
    beside = twin.get("extension") if type(twin) is dict else None
    return type(beside) is list and any(type(one) is dict and one.get("url") == presence.DATA_ABSENT for one in beside)


def reason_beside(hole: Hole) -> Read:
    """Read the extensions of an answer without a value; the `extension` of each note is the member itself."""
    read_object = reason_in_extension(hole)

    def read(value: Any, taken: Taken) -> bool:
        start = len(taken.notes)
        if not read_object({"extension": value}, taken):
            return False
        for note in taken.notes[start:]:
            note.segments.pop()
        return True

    return read


def or_unknown(read: Read, many: bool) -> Read:
    """Read an element that R4 requires, or the `unknown` that is written where all its holes are silent."""
    silence: Any = {"extension": [{"url": presence.DATA_ABSENT, "valueCode": "unknown"}]}
    silence = [silence] if many else silence
    return lambda value, taken: value == silence or read(value, taken)


def reason_in_list(read_one: Read) -> Read:
    """Read the reasons that stand beside a list of primitives: null where there is a value."""

    def read(value: Any, taken: Taken) -> bool:
        for place, one in enumerate(value if type(value) is list else ()):
            start = len(taken.notes)
            if one is not None and not read_one(one, taken):
                taken.notes.append(Note(one))
            lift(taken.notes, start, place)
        return type(value) is list

    return read


def but_nulls(read_list: Read) -> Read:
    """Read a list of primitives whose nulls have their reason in the list beside it."""

    def read(value: Any, taken: Taken) -> bool:
        if type(value) is not list or None not in value:
            return read_list(value, taken)
        places = [place for place, one in enumerate(value) if one is not None]
        start = len(taken.notes)
        took = read_list([value[place] for place in places], taken)
        for note in taken.notes[start:]:
            if note.segments and isinstance(note.segments[-1], int):
                note.segments[-1] = places[note.segments[-1]]
        return took

    return read


def reason_in_concept(hole: Hole) -> Read:
    """Read a dataAbsentReason, by its system wherever the coding stands."""

    def read(value: Any, taken: Taken) -> bool:
        codings = value.get("coding") if type(value) is dict else None
        for place, one in enumerate(codings if type(codings) is list else ()):
            ours = type(one) is dict and one.get("system") == presence.DATA_ABSENT_CODES
            if ours and _put_reason(hole, one.get("code"), taken):
                coding.note_rest(value, ("coding",), taken.notes)
                taken.notes.extend(Note(other, at, "coding") for at, other in enumerate(codings or ()) if at != place)
                taken.notes.extend(Note(one[key], key, place, "coding") for key in one if key not in ("system", "code"))
                return True
        return False

    return read


def _put_reason(hole: Hole, reason: Any, taken: Taken) -> bool:
    if reason == "unknown":
        return True
    if type(reason) is not str or reason not in _REASONS:
        return False
    if not hole.repeat:
        taken.log.append((slot_of(hole), Absent(reason)))
    return True
