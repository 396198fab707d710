"""What comes along with what a search finds: the targets of its references, and what refers to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, not_, select

from adapter.store.index_path import Place, Step
from adapter.store.index_value import NOTHING, mark, pointed
from adapter.store.schema import resource, resource_version
from adapter.store.schema.index import search_token
from adapter.store.search_statement import ROW, version_of
from adapter.store.shapes import Version
from adapter.store.sight import Sight

MOST = 1_000
"""Resources that come along with one page; a page of fewer matches brings fewer."""

_CURRENT = and_(resource_version.c.resource == resource.c.number, resource_version.c.version == resource.c.version)
_decode = msgspec.json.Decoder().decode


def referred(
    connection: Connection, sight: Sight, found: Sequence[Version], places: Sequence[Place], targets: Sequence[str]
) -> list[Version]:
    """The resources of these types that the references of some versions lead to, at most MOST + 1, by type and id."""
    steps = [leaf.steps for place in places for leaf in place.leaves if leaf.type == "Reference"]
    wanted: set[tuple[str, str]] = set()
    for version in found:
        body = _decode(version.body)
        wanted.update(_local(text, targets) for path in steps for text in _references(body, path))
    wanted.discard(("", ""))
    versions: list[Version] = []
    for type_, group in groupby(sorted(wanted), key=lambda pair: pair[0]):
        versions += _read(connection, sight, type_, [id_ for _, id_ in group])
    return versions


def referring(connection: Connection, sight: Sight, found: Sequence[Version], places: Sequence[Place]) -> list[Version]:
    """The resources whose reference at one of these places leads to some of these versions, at most MOST + 1."""
    marks = [mark(version.address.path) for version in found]
    numbers = [place.number for place in places]
    numbers += [-number for number in numbers] if sight.restricted else []
    named = select(search_token.c.resource).where(
        search_token.c.place.in_(numbers), search_token.c.code.in_(marks), search_token.c.system == NOTHING
    )
    statement = _standing(sight).where(resource.c.number.in_(named)).order_by(resource.c.number).limit(MOST + 1)
    return [version_of(row) for row in connection.execute(statement)] if marks else []


def _read(connection: Connection, sight: Sight, type_: str, ids: Sequence[str]) -> Iterable[Version]:
    for start in range(0, min(len(ids), MOST + 1), 400):
        statement = _standing(sight).where(resource.c.type == type_, resource.c.id.in_(ids[start : start + 400]))
        yield from (version_of(row) for row in connection.execute(statement.order_by(resource.c.id)))


def _standing(sight: Sight) -> Any:
    joined = resource.join(resource_version, _CURRENT)
    return select(*ROW).select_from(joined).where(sight.resources(), not_(resource.c.deleted))


def _local(text: str, targets: Sequence[str]) -> tuple[str, str]:
    type_, slash, id_ = pointed(text)[0].partition("/")
    return (type_, id_) if slash and "/" not in id_ and type_ in targets else ("", "")


def _references(element: Any, steps: Sequence[Step]) -> Iterable[str]:
    """Yield the `reference` of each Reference at the end of a path."""
    if not steps:
        if isinstance(element.get("reference"), str):
            yield element["reference"]
        return
    value = element.get(steps[0].key)
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, Mapping) and _is_meant(each, steps[0]):
            yield from _references(each, steps[1:])


def _is_meant(element: Mapping[str, Any], step: Step) -> bool:
    return step.only is None or element.get(step.only[0]) == step.only[1]
