"""From what arrived to drafts: the record, or the fragment of one, that a push wants to see stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from adapter.crf.record import Record
from adapter.intake.arrival import unversioned
from adapter.intake.conformity import judge
from adapter.outcome import Issue, Place
from adapter.store.shapes import Key

if TYPE_CHECKING:
    from adapter.intake.desk import Desk

WHOLE = "QuestionnaireResponse"
"""The resource that carries every open item of its form: what it leaves out is silent, as in a CRF record."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a push says of one record, in the JSON form of records.

    `whole`: open items that it leaves out are silent now; otherwise it is a fragment, and what did not
    arrive is untouched.
    Restricted items that it leaves out are untouched in either case: a blinded sender cannot send what it
    may not see.
    """

    key: Key
    content: Mapping[str, Any]
    whole: bool
    place: Place | None = None
    record: Record | None = None
    """The record itself, where it was parsed as a whole record already."""
    told: frozenset[str] = frozenset()
    """Of a fragment, the items that what came can tell: on these it is silent, on others it says nothing."""


@dataclass(slots=True)
class Drafts:
    """What was read of a push: drafts, every issue, and of resources also what no map read and what was
    dropped."""

    drafts: list[Draft] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    residue: list[dict[str, Any]] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """True if an issue keeps the push from being stored."""
        return any(issue.refuses for issue in self.issues)


def of_values(desk: Desk, form: str, values: Sequence[Any]) -> Drafts:
    """Read JSON records of one form; the same business key twice in one push is an issue."""
    found = Drafts()
    for row, value in enumerate(values, start=1):
        place = Place(row=row) if len(values) > 1 else None
        record, issues = desk.parser(form).parse_json(value, place)
        _add(desk, found, form, record, issues, place)
    _refuse_repeats(found)
    return found


def of_cells(desk: Desk, form: str, cells: Mapping[str, str], place: Place) -> Drafts:
    """Read one row of a table."""
    found = Drafts()
    record, issues = desk.cell_parser(form).parse_cells(cells, place)
    _add(desk, found, form, record, issues, place)
    return found


def of_value(desk: Desk, form: str, value: Any, place: Place) -> Drafts:
    """Read one JSON record of a file."""
    found = Drafts()
    record, issues = desk.parser(form).parse_json(value, place)
    _add(desk, found, form, record, issues, place)
    return found


def _add(desk: Desk, found: Drafts, form: str, record: Record, issues: Sequence[Issue], place: Place | None) -> None:
    found.issues += [issue.at(place) if place is not None else issue for issue in issues]
    if any(issue.refuses for issue in issues):
        return
    if desk.computed(form):
        found.issues.append(computed_here(form, place))
        return
    key = desk.key(form, record)
    content = desk.parser(form).to_json(record)
    found.drafts.append(Draft(key, content, whole=True, place=place, record=record))


def of_resources(desk: Desk, resources: Sequence[tuple[str, Mapping[str, Any]]]) -> Drafts:
    """Read FHIR resources, each with the FHIRPath where it stands; fragments of one record become one
    draft."""
    found = Drafts()
    readings: dict[tuple[str, Any], list[Any]] = {}
    whole: set[tuple[str, Any]] = set()
    for where, resource in resources:
        reading = read_one(desk, found, where, resource)
        if reading is None:
            continue
        place = (reading.form, reading.key)
        readings.setdefault(place, []).append(reading)
        if is_whole(desk, resource, reading):
            whole.add(place)
    for place, fragments in readings.items():
        merge_fragments(desk, found, fragments, whole=place in whole)
    return found


def is_whole(desk: Desk, resource: Mapping[str, Any], reading: Any) -> bool:
    """True if what this resource leaves out of its record's open part is silent."""
    return resource["resourceType"] == WHOLE and desk.has_open(reading.form, reading.record)


def read_one(desk: Desk, found: Drafts, where: str, resource: Mapping[str, Any]) -> Any:
    """Read one resource; its issues and residue are added to `found`. None when it is of no record."""
    broken = judge(desk, resource)
    if any(issue.refuses for issue in broken):
        found.issues += [_below(where, issue) for issue in broken]
        return None
    found.issues += [_below(where, issue) for issue in broken if issue.severity == "warning"]
    reading = desk.read(unversioned(resource))
    found.issues += [_below(where, issue) for issue in reading.issues]
    if reading.form is None or reading.key is None:
        if not any(issue.refuses for issue in reading.issues):
            found.issues.append(_unknown(where, resource))
        return None
    left = [(below(where, residue.expression), residue.value) for residue in reading.residue]
    dropped = [below(where, path) for path in reading.dropped]
    found.issues += [_left(path) for path, _ in left]
    found.issues += [_dropped(path) for path in dropped]
    found.residue += [{"form": reading.form, "expression": path, "value": value} for path, value in left]
    return reading


def merge_fragments(desk: Desk, found: Drafts, fragments: Sequence[Any], whole: bool) -> None:
    """Add the draft of the record that these readings tell of to `found`, or the issues why there is none."""
    merged = desk.engine.merge(fragments)
    known = [issue for fragment in fragments for issue in fragment.issues]
    found.issues += [issue for issue in merged.issues if issue not in known]
    if any(issue.refuses for issue in merged.issues):
        return
    if desk.computed(merged.form):
        found.issues.append(computed_here(merged.form, None))
        return
    key = desk.key(merged.form, merged.record)
    told = desk.told(merged.form, fragments)
    found.drafts.append(Draft(key, desk.parser(merged.form).to_json(merged.record), whole, told=told))


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
