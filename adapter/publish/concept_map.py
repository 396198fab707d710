"""Codelists as ConceptMaps: from an answer to what each other place says for it.

What is written first is `equivalent` where it tells the answer apart, else `wider`; what is only read for the answer is
`relatedto`, with a comment. A column of plain codes has the code system that R4 binds to the element where it stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial

from adapter.crf.study import Answer, Codelist, Study
from adapter.fhir import definitions
from adapter.mapping.plan import Array, Choice, Hole, Node, Object, ResourcePlan
from adapter.mapping.study import MappedStudy
from adapter.publish.naming import Resource, head, leading, name_of, word
from adapter.publish.terminology import system_of, text_of, uri

READ = "Read for this answer, never written."
Systems = Mapping[tuple[str, str], str]
"""Codelist and column of plain codes -> the code system of the element where they stand."""


def concept_maps(mapped: MappedStudy) -> Iterator[Resource]:
    """Yield a ConceptMap for each codelist that another place says in codes."""
    study, bound = mapped.definition, bound_systems(mapped)
    for codelist in study.codelists.values():
        if groups := list(_groups(study, codelist, bound)):
            yield _concept_map(study, codelist, groups)


def _concept_map(study: Study, codelist: Codelist, groups: list[Resource]) -> Resource:
    described = f"How the answers of the codelist {codelist.id} are said elsewhere."
    made = head(study, "ConceptMap", word(codelist.id), name_of(codelist.id), described)
    return made | {"sourceUri": f"{study.base}/ValueSet/{word(codelist.id)}", "group": groups}


def _groups(study: Study, codelist: Codelist, bound: Systems) -> Iterator[Resource]:
    for column, system in codelist.columns.items():
        target = uri(study, system) or bound.get((codelist.id, column))
        if target is not None:
            element = partial(_element, study, codelist, column, _first(codelist, column))
            elements = [element(answer) for answer in codelist.rows]
            yield {"source": system_of(study, codelist), "target": target, "element": elements}


def _first(codelist: Codelist, column: str) -> Counter[str]:
    """Return for each code how many answers write it in this column."""
    return Counter(row[column][0] for row in codelist.rows.values() if row.get(column))


def _element(study: Study, codelist: Codelist, column: str, said: Counter[str], answer: Answer) -> Resource:
    cells = codelist.rows[answer].get(column, ())
    code = text_of(answer)
    shown = leading(study, codelist.labels.get(answer, {}), code)
    if not cells:
        return {"code": code, "display": shown, "target": [{"equivalence": "unmatched"}]}
    written = cells[0]
    others = [cell for cell in cells if cell.lower() != written.lower()]  # not another spelling of the same code
    targets: list[Resource] = [{"code": written, "equivalence": "equivalent" if said[written] == 1 else "wider"}]
    targets += [{"code": other, "equivalence": "relatedto", "comment": READ} for other in others]
    return {"code": code, "display": shown, "target": targets}


def bound_systems(mapped: MappedStudy) -> Systems:
    """Return the code systems of the columns that have none of their own, by the elements that the maps fill."""
    found: dict[tuple[str, str], str] = {}
    for plan in mapped.plans.values():
        for resource in plan.clinical:
            found.update(_bound(resource))
    return found


def _bound(resource: ResourcePlan) -> Iterator[tuple[tuple[str, str], str]]:
    for parent, key, hole in _plain_codes(resource.root, ""):
        field = definitions.fields(parent).get(key)
        system = _only_system(field.binding if field is not None else None)
        if hole.table is not None and system is not None:
            yield from (((hole.table.codelist, column), system) for column, own in hole.table.columns if own is None)


def _plain_codes(node: Node, parent: str, key: str = "") -> Iterator[tuple[str, str, Hole]]:
    """Yield (type of the object, key, hole) of every hole that a code of a codelist fills; other shapes left out."""
    if isinstance(node, Hole):
        if node.type == "code" and node.table is not None:
            yield parent, key, node
    elif isinstance(node, Object):
        for member in node.members:
            yield from _plain_codes(member.node, node.type, member.key)
    elif isinstance(node, Array):
        for entry in node.entries:
            yield from _plain_codes(entry.node, parent, key)
    elif isinstance(node, Choice):
        yield from _plain_codes(node.options[0], parent, key)


def _only_system(value_set: str | None) -> str | None:
    systems = definitions.systems(value_set) if value_set is not None else None
    return next(iter(systems)) if systems is not None and len(systems) == 1 else None
