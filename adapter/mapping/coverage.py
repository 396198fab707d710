"""Where every item of a study goes, in which direction, and why what is omitted is: nothing is forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from adapter.crf.study import Item, Labels, Study
from adapter.mapping.compiler import FormPlan
from adapter.mapping.places import Place, places
from adapter.mapping.plan import ResourcePlan
from adapter.mapping.presence import unreasoned

BOTH, READ_ONLY, WRITTEN_ONLY = "both", "read only", "written only"


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One item: the FHIRPaths of its places in the clinical view and in the form view, and its direction over both.

    `note` is why it is omitted from the clinical view, or what of it is lost there; empty where all is well.
    """

    form: str
    item: str
    labels: Labels
    type: str
    flags: tuple[str, ...]
    clinical: tuple[str, ...]
    form_view: tuple[str, ...]
    direction: str
    note: str


def coverage(study: Study, plans: Mapping[str, FormPlan]) -> list[CoverageRow]:
    """Return a row for every item of every form, in the order of the forms; a group stands for its members."""
    return [
        _row(study, plan, item) for plan in plans.values() for item in plan.form.items.values() if item.type != "group"
    ]


def _row(study: Study, plan: FormPlan, item: Item) -> CoverageRow:
    clinical = list(_found(plan.clinical, item))
    viewed = list(_found(plan.form_view, item))
    labels = study.forms[plan.form.id].items[item.id].labels
    return CoverageRow(
        plan.form.id,
        item.id,
        labels,
        _type(item),
        tuple(_flags(item)),
        tuple(path for path, _ in clinical),
        tuple(path for path, _ in viewed),
        _direction(item, [place for _, place in (*clinical, *viewed)]),
        _note(plan, item, bool(clinical)),
    )


def _found(plans: Sequence[ResourcePlan], item: Item) -> Iterator[tuple[str, Place]]:
    """Yield the paths of an item with their places, each path once."""
    seen: set[str] = set()
    for plan in plans:
        for place in places(plan):
            path = f"{plan.type}.{place.path}"
            if any(hole.item.id == item.id for hole in place.holes) and path not in seen:
                seen.add(path)
                yield path, place


def _type(item: Item) -> str:
    span = None if item.low is None and item.high is None else f"{_end(item.low)}..{_end(item.high)}"
    return " ".join(word for word in (item.type, item.codelist, span, item.unit) if word is not None)


def _end(bound: object) -> str:
    return "" if bound is None else str(bound)


def _flags(item: Item) -> Iterator[str]:
    for name, is_set in (
        ("key", item.key),
        ("required", item.required),
        ("many", item.many),
        ("restricted", item.restricted),
        ("derived", item.derived),
    ):
        if is_set:
            yield name


def _direction(item: Item, found: Iterable[Place]) -> str:
    if item.derived:
        return WRITTEN_ONLY
    return BOTH if any(not place.read_only for place in found) else READ_ONLY


def _note(plan: FormPlan, item: Item, mapped: bool) -> str:
    omitted = plan.omits.get(item.id, plan.omits.get(item.group or ""))
    if omitted is not None:
        return f"omitted: {omitted}"
    if not mapped:
        return "the form view is its home"
    lost = {one for resource in plan.clinical for one in unreasoned(resource.root)}
    return "a reason why it is missing has no place in the clinical view" if item.id in lost else ""


def table(rows: Iterable[CoverageRow]) -> Iterator[str]:
    """Yield the lines of the coverage as text: a line for each item, and below it its places."""
    for form, found in groupby(rows, lambda row: row.form):
        yield f"{form}"
        for row in found:
            flags = f" {' '.join(row.flags)}" if row.flags else ""
            yield f"  {row.item:<24} {row.type}{flags}  [{row.direction}]"
            for path in row.clinical:
                yield f"      clinical   {path}"
            for path in row.form_view:
                yield f"      form view  {path}"
            if row.note:
                yield f"      {row.note}"


def markdown(rows: Iterable[CoverageRow], languages: Sequence[str] = ("en",)) -> str:
    """Return the coverage as a Markdown document: a table for each form, labels in these languages."""
    lines = ["# Coverage", "", *INTRODUCTION]
    heads = [
        "Item",
        *(f"Label ({language})" for language in languages),
        "Type",
        "Clinical view",
        "Form view",
        "Direction",
        "Note",
    ]
    for form, found in groupby(rows, lambda row: row.form):
        lines += ["", f"## {form}", "", _line(heads), _line(["---"] * len(heads))]
        lines += [_line(_cells(row, languages)) for row in found]
    return "\n".join(lines) + "\n"


INTRODUCTION = (
    "Made by `crfhir study coverage --markdown`; a test keeps it current. Item by item: the FHIRPath of every place",
    "that holds it, in the clinical resources and in the form view, and in which direction it goes. `both`: written",
    "and read. `written only`: derived; on the way in it is compared with the value recomputed. `read only`: read",
    "where others send it.",
)


def _cells(row: CoverageRow, languages: Sequence[str]) -> Iterator[str]:
    yield f"`{row.item}`"
    yield from (_escaped(row.labels.get(language, "")) for language in languages)
    yield _escaped(" ".join([row.type, *(f"**{flag}**" for flag in row.flags)]))
    yield "<br>".join(f"`{_escaped(path)}`" for path in row.clinical)
    yield "<br>".join(f"`{_escaped(path)}`" for path in row.form_view)
    yield row.direction
    yield _escaped(row.note)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
