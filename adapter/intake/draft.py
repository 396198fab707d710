"""From what arrived to drafts: the record, or the fragment of one, that a push wants to see stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from adapter.crf.record import Record
from adapter.intake.arrival import source_of, unversioned
from adapter.intake.conformity import is_fhir
from adapter.intake.readings import Readings
from adapter.intake.shapes import CELLS, Apart, Draft, Drafts, Fragment, Rejected
from adapter.intake.voiding import is_void, void_draft
from adapter.mapping.residue import without
from adapter.outcome import Issue, Place
from adapter.store.shapes import Key

if TYPE_CHECKING:
    from adapter.intake.desk import Desk

WHOLE = "QuestionnaireResponse"
"""The resource that carries every open item of its form: what it leaves out is silent, as in a CRF record."""


def of_values(desk: Desk, form: str, values: Sequence[Any]) -> Drafts:
    """Read JSON records of one form; the same business key twice in one push is an issue."""
    found = Drafts(redacted=list(values))
    for row, value in enumerate(values, start=1):
        place = Place(row=row) if len(values) > 1 else None
        record, issues = desk.parser(form).parse_json(value, place)
        _add(desk, found, form, record, issues, place, f"/{row - 1}" if place is not None else "")
    _refuse_repeats(found)
    return found


def of_cells(desk: Desk, form: str, cells: Mapping[str, str], place: Place) -> Drafts:
    """Read one row of a table."""
    found = Drafts()
    record, issues = desk.cell_parser(form).parse_cells(cells, place)
    _add(desk, found, form, record, issues, place)
    _reject(found, form, {CELLS: dict(cells)})
    return found


def of_value(desk: Desk, form: str, value: Any, place: Place) -> Drafts:
    """Read one JSON record of a file."""
    found = Drafts()
    record, issues = desk.parser(form).parse_json(value, place)
    _add(desk, found, form, record, issues, place)
    _reject(found, form, value)
    return found


def _reject(found: Drafts, form: str | None, content: Any) -> None:
    if found.refused:
        found.rejected.append(Rejected(form, content, tuple(found.issues)))


def _add(
    desk: Desk,
    found: Drafts,
    form: str,
    record: Record,
    issues: Sequence[Issue],
    place: Place | None,
    pointer: str | None = None,
) -> None:
    found.issues += [issue.at(place) if place is not None else issue for issue in issues]
    if any(issue.refuses for issue in issues):
        return
    if desk.computed(form):
        found.issues.append(computed_here(form, place))
        return
    key = desk.key(form, record)
    content = desk.parser(form).to_json(record)
    fragment = Fragment((place.nameless if place is not None else "") if pointer is None else pointer)
    found.drafts.append(Draft(key, content, whole=True, place=place, record=record, fragments=(fragment,)))


def of_resources(
    desk: Desk, resources: Sequence[tuple[str, Mapping[str, Any]]], readings: Readings | None = None
) -> Drafts:
    """Read FHIR resources, each with the FHIRPath where it stands; fragments of one record become one
    draft. `readings`: what was judged and read of them before."""
    found, looked = Drafts(), Readings(desk) if readings is None else readings
    told: dict[tuple[str, Any], list[Any]] = {}
    pieces: dict[tuple[str, Any], list[Fragment]] = {}
    whole: set[tuple[str, Any]] = set()
    for where, resource in resources:
        if is_void(resource):
            take_back(desk, found, where, resource, looked)
            continue
        reading = read_one(desk, found, where, resource, looked)
        if reading is None:
            continue
        place = (reading.form, reading.key)
        told.setdefault(place, []).append(reading)
        pieces.setdefault(place, []).append(fragment_of(where, resource, reading, desk.study.zone))
        if is_whole(desk, resource, reading):
            whole.add(place)
    for place, fragments in told.items():
        merge_fragments(desk, found, fragments, place in whole, pieces[place])
    return found


def fragment_of(where: str, resource: Mapping[str, Any], reading: Any, zone: str) -> Fragment:
    """What is kept of where a resource stood, and of how old it is by its sender."""
    return Fragment(pointer(where), source_of(resource, zone), frozenset(reading.record))


def pointer(where: str) -> str:
    """A FHIRPath of a resource in a push as a JSON pointer: Bundle.entry[2].resource -> /entry/2/resource."""
    return "".join(f"/{step}" for step in where.replace("[", ".").replace("]", "").split(".")[1:])


def is_whole(desk: Desk, resource: Mapping[str, Any], reading: Any) -> bool:
    """True if what this resource leaves out of its record's open part is silent."""
    return resource["resourceType"] == WHOLE and desk.has_open(reading.form, reading.record)


def take_back(desk: Desk, found: Drafts, where: str, resource: Mapping[str, Any], readings: Readings) -> None:
    """Add the draft that takes back what a resource tells, entered in error; it is FHIR, whatever its profile asks."""
    wrong = readings.judge(resource)
    if not is_fhir(wrong):
        found.issues += [_below(where, issue) for issue in wrong]
        return
    draft, issues = void_draft(desk, unversioned(resource))
    found.issues += [_below(where, issue) for issue in issues]
    if draft is not None:
        found.redacted.append({"resourceType": resource["resourceType"], "status": resource["status"]})
        piece = Fragment(pointer(where), source_of(resource, desk.study.zone), draft.voids)
        found.drafts.append(replace(draft, fragments=(piece,)))


def read_one(
    desk: Desk, found: Drafts, where: str, resource: Mapping[str, Any], readings: Readings | None = None
) -> Any:
    """Read one resource; its issues and residue are added to `found`. None when it is of no record."""
    looked = Readings(desk) if readings is None else readings
    broken = looked.judge(resource)
    if any(issue.refuses for issue in broken):
        found.issues += [_below(where, issue) for issue in broken]
        return None
    found.issues += [_below(where, issue) for issue in broken if issue.severity == "warning"]
    reading = looked.read(resource)
    found.issues += [_below(where, issue) for issue in reading.issues]
    if reading.form is None or reading.key is None:
        if not any(issue.refuses for issue in reading.issues):
            found.issues.append(_unknown(where, resource))
        return None
    left = [(below(where, residue.expression), residue.value) for residue in reading.residue]
    dropped = [below(where, path) for path in reading.dropped]
    found.issues += [_left(path) for path, _ in left]
    found.issues += [_dropped(path) for path in dropped]
    found.redacted.append(without(resource, reading.dropped) if reading.dropped else resource)
    found.residue += [{"form": reading.form, "expression": path, "value": value} for path, value in left]
    return reading


def merge_fragments(
    desk: Desk, found: Drafts, fragments: Sequence[Any], whole: bool, pieces: Sequence[Fragment] = ()
) -> None:
    """Add the draft of the record that these readings tell of to `found`, or the issues why there is none."""
    merged = desk.engine.merge(fragments)
    known = [issue for fragment in fragments for issue in fragment.issues]
    found.issues += [issue for issue in merged.issues if issue not in known]
    if any(issue.refuses for issue in merged.issues):
        found.apart.append(Apart(tuple(pieces), tuple(merged.issues)))
        return
    if desk.computed(merged.form):
        found.issues.append(computed_here(merged.form, None))
        return
    key = desk.key(merged.form, merged.record)
    told = desk.told(merged.form, fragments)
    content = desk.parser(merged.form).to_json(merged.record)
    found.drafts.append(Draft(key, content, whole, told=told, fragments=tuple(pieces)))


def _refuse_repeats(found: Drafts) -> None:
    seen: set[Key] = set()
    for draft in found.drafts:
        if draft.key in seen:
            found.issues.append(repeated(draft))
        seen.add(draft.key)


def repeated(draft: Draft) -> Issue:
    """The issue of a record whose business key stood in the same push before."""
    text = f"{draft.key.text} stands twice in this push: send each record once."
    return Issue("error", "duplicate", text, form=draft.key.form, place=draft.place)


def _below(where: str, issue: Issue) -> Issue:
    return replace(issue, expression=below(where, issue.expression))


def below(where: str, expression: str | None) -> str | None:
    """The FHIRPath of an issue where its resource stands: `Bundle.entry[2].resource` in place of the type's
    name."""
    if expression is None or not where:
        return expression or where or None
    _, dot, rest = expression.partition(".")
    return f"{where}{dot}{rest}"


def computed_here(form: str, place: Place | None) -> Issue:
    """A record of a computed form is not taken over: it follows from the records that it is computed from."""
    text = f"Records of {form} are computed here from those they follow from: this one was not stored."
    return Issue("information", "informational", text, form=form, place=place, key="computed")


def _left(expression: str | None) -> Issue:
    text = "No map of this study reads this: it is kept with the submission and not served."
    return Issue("information", "informational", text, expression, key="residue")


def _dropped(expression: str | None) -> Issue:
    text = "This may identify a person: it was dropped and not stored."
    return Issue("information", "suppressed", text, expression, key="identifying")


def _unknown(where: str, resource: Mapping[str, Any]) -> Issue:
    text = (
        f"No form of this study reads this {resource['resourceType']}: no identifier or code is its own. "
        "Compare it with the same resource read from this server."
    )
    return Issue("error", "not-supported", text, where or resource["resourceType"])
