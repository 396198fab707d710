"""Resources as others would send them: our own, varied at random, and JSON that is no resource at all."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from adapter.mapping.places import written
from adapter.mapping.plan import (
    Array,
    Choice,
    Const,
    Entry,
    Member,
    Node,
    Object,
    ResourcePlan,
    Table,
    Text,
    holes,
)

Path = tuple[str | int, ...]
Vary = Callable[[st.DataObject, Any], None]

EXTENSION = {"url": "http://elsewhere.example/extension", "valueString": "theirs"}
CODING = {"system": "http://elsewhere.example/codes", "code": "theirs", "display": "Theirs"}


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every leaf of a JSON value with its path."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield from leaves(child, (*path, key))
    elif isinstance(value, list):
        for place, child in enumerate(value):
            yield from leaves(child, (*path, place))
    else:
        yield path, value


def nodes(value: Any) -> Iterator[Any]:
    """Yield every object and list at or below a value."""
    if isinstance(value, (dict, list)):
        yield value
        for child in value.values() if isinstance(value, dict) else value:
            yield from nodes(child)


def changed(value: Any, path: Path, leaf: Any) -> Any:
    """Return a copy of a value with another leaf at a path."""
    copied = copy.deepcopy(value)
    here = copied
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = leaf
    return copied


def other(leaf: Any) -> Any:
    """Return a leaf that differs from this one and is of its type."""
    if isinstance(leaf, bool):
        return not leaf
    if isinstance(leaf, (int, Decimal)):
        return leaf + 1000003
    return f"{leaf}-x" if isinstance(leaf, str) else "x"


def varied(draw: st.DataObject, resource: dict[str, Any]) -> dict[str, Any]:
    """Return the resource with a few variations: extra codings and extensions, less, other words, other ids."""
    copied = copy.deepcopy(resource)
    for vary in draw.draw(st.lists(st.sampled_from(VARIATIONS), min_size=1, max_size=4), label="variations"):
        vary(draw, copied)
    return copied


def _objects(value: Any, having: str | None = None) -> list[dict[str, Any]]:
    return [node for node in nodes(value) if isinstance(node, dict) and (having is None or having in node)]


def _pick(draw: st.DataObject, among: list[Any]) -> Any:
    return among[draw.draw(st.integers(0, len(among) - 1))]


def extra_extension(draw: st.DataObject, resource: Any) -> None:
    found = _pick(draw, _objects(resource))
    if isinstance(found.setdefault("extension", []), list):
        found["extension"].insert(0, dict(EXTENSION))


def extra_coding(draw: st.DataObject, resource: Any) -> None:
    found = [one for one in _objects(resource, "coding") if isinstance(one["coding"], list)]
    if found:
        codings = _pick(draw, found)["coding"]
        codings.insert(draw.draw(st.integers(0, len(codings))), dict(CODING))


def other_words(draw: st.DataObject, resource: Any) -> None:
    for key in ("display", "text", "unit"):
        for one in _objects(resource, key):
            if isinstance(one[key], str):
                one[key] = "in other words"


def something_missing(draw: st.DataObject, resource: Any) -> None:
    found = _pick(draw, [one for one in nodes(resource) if one])
    key = _pick(
        draw, [k for k in (found if isinstance(found, dict) else range(len(found))) if k != "resourceType"] or [None]
    )
    if key is not None:
        del found[key]


def something_else(draw: st.DataObject, resource: Any) -> None:
    path, leaf = _pick(draw, list(leaves(resource)))
    if path != ("resourceType",):
        here = resource
        for step in path[:-1]:
            here = here[step]
        here[path[-1]] = other(leaf)


def foreign_id(_draw: st.DataObject, resource: Any) -> None:
    resource["id"] = "theirs-123"


def foreign_identifier(draw: st.DataObject, resource: Any) -> None:
    theirs = {"system": "http://elsewhere.example/mrn", "value": "4711"}
    if isinstance(resource.get("identifier"), list):
        resource["identifier"].insert(draw.draw(st.integers(0, 1)), theirs)


def server_s_meta(_draw: st.DataObject, resource: Any) -> None:
    meta = resource.setdefault("meta", {})
    if isinstance(meta, dict):
        meta |= {"versionId": "3", "lastUpdated": "2025-06-01T08:30:00Z", "source": "urn:theirs"}


def narrative(_draw: st.DataObject, resource: Any) -> None:
    resource["text"] = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Zhang San</div>'}


def twice(draw: st.DataObject, resource: Any) -> None:
    found = [one for one in nodes(resource) if isinstance(one, list) and one]
    if found:
        entries = _pick(draw, found)
        entries.append(copy.deepcopy(_pick(draw, entries)))


VARIATIONS: list[Vary] = [
    extra_extension,
    extra_coding,
    other_words,
    something_missing,
    something_else,
    foreign_id,
    foreign_identifier,
    server_s_meta,
    narrative,
    twice,
]


def any_json() -> st.SearchStrategy[Any]:
    """Any JSON value: numbers as our reader gives them."""
    scalars = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**6), 10**6),
        st.decimals(allow_nan=False, allow_infinity=False, places=2),
        st.text(max_size=5),
    )
    return st.recursive(
        scalars,
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
        max_leaves=8,
    )


def mangled(draw: st.DataObject, resource: dict[str, Any]) -> dict[str, Any]:
    """Return the resource with parts of it replaced by any JSON: right names, wrong types."""
    copied = copy.deepcopy(resource)
    for _ in range(draw.draw(st.integers(1, 4))):
        found = _pick(draw, [one for one in nodes(copied) if one])
        keys = list(found) if isinstance(found, dict) else list(range(len(found)))
        key = _pick(draw, keys)
        if key != "resourceType":
            found[key] = draw.draw(any_json())
    return copied


def alternatives(plan: ResourcePlan) -> dict[Any, tuple[Any, ...]]:
    """Return what is read for what is written: constants by (key, value), codings by (system, code)."""
    found: dict[Any, tuple[Any, ...]] = {}
    for node, key in _keyed(plan.root, ""):
        if isinstance(node, Const) and node.others:
            found[key, node.value] = node.others
        elif isinstance(node, Choice):
            first, *others = (written(option) for option in node.options)
            if "system" in first:
                found[first["system"], first["code"]] = tuple((one["system"], one["code"]) for one in others)
    return found


def _keyed(node: Node, key: str) -> Iterator[tuple[Node, str]]:
    yield node, key
    if isinstance(node, Object):
        for member in node.members:
            yield from _keyed(member.node, member.key)
    elif isinstance(node, Array):
        for entry in node.entries:
            yield from _keyed(entry.node, key)
    elif isinstance(node, Choice):
        for option in node.options:
            yield from _keyed(option, key)


def in_other_words(draw: st.DataObject, resource: dict[str, Any], plan: ResourcePlan) -> dict[str, Any]:
    """Return the resource with its constants and codes replaced by others that mean the same."""
    copied = copy.deepcopy(resource)
    known = alternatives(plan)
    for one in _objects(copied):
        coded = (one.get("system"), one.get("code"))
        if all(isinstance(part, str) for part in coded) and coded in known:
            one["system"], one["code"] = draw.draw(st.sampled_from([coded, *known[coded]]))
            one.pop("display", None)
        for key, leaf in list(one.items()):
            if isinstance(leaf, str) and (key, leaf) in known:
                one[key] = draw.draw(st.sampled_from([leaf, *known[key, leaf]]))
    return copied


def tables(plan: ResourcePlan) -> list[Table]:
    """Return the codelist tables of a resource."""
    return [hole.table for hole in holes(plan.root) if hole.table is not None]


def other_shape(plan: ResourcePlan) -> ResourcePlan | None:
    """Return the plan that writes the first other shape (`also`) of its elements; None where there is none."""
    root = _other_shape(plan.root)
    return None if root == plan.root else replace(plan, root=root)


def _other_shape(node: Node) -> Any:
    if isinstance(node, Array):
        return replace(node, entries=tuple(Entry(_other_shape(entry.node), entry.each) for entry in node.entries))
    if not isinstance(node, Object):
        return node
    members = [replace(member, node=_other_shape(member.node)) for member in node.members]
    if node.also:
        shape = node.also[0]
        items = {hole.item.id for hole in holes(shape)}
        kept = [member for member in members if not _only(member, items)]
        members = [*kept, *(replace(member, needed=False) for member in shape.members)]
    return replace(node, members=tuple(members), also=())


def _only(member: Member, items: set[str]) -> bool:
    found = {hole.item.id for hole in holes(member.node) if not hole.item.key}
    return bool(found) and found <= items and not isinstance(member.node, Text)
