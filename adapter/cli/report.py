"""What a conversion tells a person: the issues by file and place, what was not carried, and a count of it
all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from adapter.convert.options import Options, Places
from adapter.convert.tally import Group, Tally
from adapter.outcome import Issue, Place

MOST = 40
"""Issues that are told in full; --rejects has them all."""

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
    told = 0
    file: str | None = ""
    for group in sorted(tally.groups.values(), key=lambda group: _order(group.issues[0])):
        if told >= MOST:
            break
        where = _file(group.issues[0])
        if where != file:
            file = where
            yield file or "input"
        yield from (f"  {_issue(issue)}" for issue in group.issues)
        told += len(group.issues)
        yield from _more(group)
    rest = sum(tally.severities.values()) - sum(group.count for group in _shown(tally))
    if rest > 0:
        yield f"… and {rest:,} more issues of other kinds{_all_in(places)}"


def _shown(tally: Tally) -> Iterable[Group]:
    shown, told = [], 0
    for group in sorted(tally.groups.values(), key=lambda group: _order(group.issues[0])):
        if told >= MOST:
            break
        shown.append(group)
        told += len(group.issues)
    return shown


def _more(group: Group) -> Iterator[str]:
    rest = group.count - len(group.issues)
    if rest > 0:
        first = group.issues[0]
        item = f" of {first.item}" if first.item is not None else ""
        yield f"  … and {rest:,} more{item} like these [{first.code}]"


def _issue(issue: Issue) -> str:
    place = issue.place or Place()
    counted = "entry" if place.sheet is None else "row"
    named = (("sheet", place.sheet), ("line", place.line), (counted, place.row))
    words = [f"{name} {value}" for name, value in named if value is not None]
    item = ".".join(part for part in (issue.form, issue.item) if part is not None)
    words += [part for part in (item, issue.expression) if part]
    return f"{', '.join(words)}: {issue.severity}: {issue.diagnostics} [{issue.key or issue.code}]"


def _file(issue: Issue) -> str | None:
    return issue.place.file if issue.place is not None else None


def _order(issue: Issue) -> tuple[str, str, int, int]:
    place = issue.place or Place()
    return (place.file or "", place.sheet or "", place.line or 0, place.row or 0)


def _skipped(tally: Tally) -> Iterator[str]:
    if tally.skipped:
        names = ", ".join(tally.skipped[:5]) + (", …" if len(tally.skipped) > 5 else "")
        yield f"Not read, being of the other side or of no form: {names}"
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
    return f", listed in {places.residue}" if places.residue is not None else " (--residue FILE lists them)"


def _all_in(places: Places) -> str:
    return f", all in {places.rejects}" if places.rejects is not None else " (--rejects FILE lists them all)"


def _summary(tally: Tally, options: Options) -> str:
    if options.to == "fhir":
        return f"{_count(tally.converted, 'record')} became {_count(tally.written, 'resource')}."
    return f"{_count(tally.read, 'resource')} became {_count(tally.converted, 'record')}."


def _verdict(tally: Tally, places: Places) -> str:
    kinds = [_count(tally.severities[kind], kind) for kind in ("fatal", "error", "warning") if tally.severities[kind]]
    what = f"{_count(tally.refused, 'input was', 'inputs were')} refused" if tally.refused else "Not all was read"
    return f"{what}: {', '.join(kinds)}{_all_in(places)}."


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
