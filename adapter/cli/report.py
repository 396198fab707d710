"""What a conversion tells a person: the issues by file and place, what was not carried, and a count of it
all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapter.convert.options import Options
from adapter.convert.places import STANDARD_OUTPUT, Places
from adapter.convert.tally import Group, Tally
from adapter.outcome import Issue, Place

MOST = 40
"""Issues after which one of a kind is told; --rejects has them all."""

KINDS = 150
"""Issues after which kinds are counted."""

ITEMS = 12
"""Items that are named of the issues that are counted."""

LOSSES = 12


def lines(tally: Tally, options: Options, places: Places) -> Iterator[str]:
    """Yield the report, line by line."""
    yield from _issues(tally, places)
    yield from _skipped(tally)
    yield from _lost(tally, options, places)
    yield _summary(tally, options)
    if tally.refused or tally.failed:
        yield _verdict(tally, places)


def _issues(tally: Tally, places: Places) -> Iterator[str]:
    groups = sorted(tally.groups.values(), key=lambda group: _order(group.issues[0]))
    told, file = 0, ""
    for position, group in enumerate(groups):
        if told >= KINDS:
            yield _rest(groups[position:], tally.ungrouped, places)
            return
        examples = group.issues if told < MOST else group.issues[:1]
        where = _file(examples[0]) or "input"
        if where != file:
            file = where
            yield file
        yield from (f"  {_issue(issue)}" for issue in examples)
        yield from _more(group, len(examples))
        told += len(examples)
    if tally.ungrouped:
        yield _rest([], tally.ungrouped, places)


def _more(group: Group, told: int) -> Iterator[str]:
    rest = group.count - told
    if rest > 0:
        first = group.issues[0]
        item = f" of {first.item}" if first.item is not None else ""
        yield f"  … and {rest:,} more{item} like {'this' if told == 1 else 'these'} [{first.code}]"


def _rest(groups: Sequence[Group], ungrouped: int, places: Places) -> str:
    """Return the line that counts the kinds that are not told, and names their items."""
    count = sum(group.count for group in groups) + ungrouped
    items = list(dict.fromkeys(_item(group.issues[0]) for group in groups if _item(group.issues[0])))
    named = f", of {', '.join(items[:ITEMS])}{', …' if len(items) > ITEMS else ''}" if items else ""
    return f"… and {count:,} more issues of other kinds{named}{_all_in(places)}"


def _issue(issue: Issue) -> str:
    words = [*_where(issue.place or Place(), issue.item is None)]
    words += [part for part in (_item(issue), issue.expression) if part]
    where = f"{', '.join(words)}: " if words else ""
    return f"{where}{issue.severity}: {issue.diagnostics} [{issue.key or issue.code}]"


def _where(place: Place, with_column: bool) -> Iterator[str]:
    """Yield the parts of a place in its file; the column of an item says no more than the item."""
    column = place.column if with_column else None
    of_sheet = (("sheet", place.sheet), ("row", place.row), ("column", column))
    of_text = (("line", place.line), ("column", column), ("entry", place.row))
    for name, value in of_text if place.sheet is None else of_sheet:
        if value is not None:
            yield f"{name} {value}"


def _item(issue: Issue) -> str:
    return ".".join(part for part in (issue.form, issue.item) if part is not None)


def _file(issue: Issue) -> str | None:
    return issue.place.file if issue.place is not None else None


def _order(issue: Issue) -> tuple[str, str, int, int]:
    place = issue.place or Place()
    return (place.file or "", place.sheet or "", place.line or 0, place.row or 0)


def _skipped(tally: Tally) -> Iterator[str]:
    if tally.skipped:
        names = ", ".join(tally.skipped[:5]) + (", …" if len(tally.skipped) > 5 else "")
        yield f"Not read, being of the other side, or of another form or none: {names}"
    if tally.passed:
        yield f"{tally.passed:,} of other forms passed over."


def _lost(tally: Tally, options: Options, places: Places) -> Iterator[str]:
    if tally.lost:
        what = "Not carried by this view" if options.to == "fhir" else "Not read (residue)"
        yield f"{what}: {_count(tally.lost.total(), 'value')}{_listed(places)}"
        for (form, expression), count in tally.lost.most_common(LOSSES):
            yield f"  {count:>9,} × {'.'.join(part for part in (form, expression) if part)}"
        if len(tally.lost) > LOSSES:
            yield f"  … and {len(tally.lost) - LOSSES:,} other places"
    if tally.dropped:
        yield f"Dropped because it identifies a person: {_count(tally.dropped, 'value')}{_listed(places)}"


def _listed(places: Places) -> str:
    return f", listed {_there(places.residue)}" if places.residue is not None else " (--residue FILE lists them)"


def _all_in(places: Places) -> str:
    return f", all {_there(places.rejects)}" if places.rejects is not None else " (--rejects FILE lists them all)"


def _there(place: object) -> str:
    return "on standard output" if place == STANDARD_OUTPUT else f"in {place}"


def _summary(tally: Tally, options: Options) -> str:
    if options.to == "fhir":
        return f"{_count(tally.converted, 'record')} became {_count(tally.written, 'resource')}."
    return f"{_count(tally.read, 'resource')} became {_count(tally.converted, 'record')}."


def _verdict(tally: Tally, places: Places) -> str:
    kinds = [_count(tally.severities[kind], kind) for kind in ("fatal", "error", "warning") if tally.severities[kind]]
    what = "Not all was read" if tally.read else "Nothing was read"
    if tally.refused:
        what = f"{_count(tally.refused, 'input was', 'inputs were')} refused"
    return f"{what}: {', '.join(kinds)}{_all_in(places)}."


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
