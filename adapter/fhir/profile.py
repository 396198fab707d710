"""StructureDefinitions → profiles: the differentials of a chain laid over R4's types, one tree for all.

What the chain does not state has no node; what it repeats of R4 is left out again.
Source: https://hl7.org/fhir/R4/profiling.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from adapter.fhir import definitions
from adapter.fhir.constraints import UNBOUNDED, Constraints, Discriminator, Profile, Slicing, Type
from adapter.fhir.definitions import Field
from adapter.fhir.differential import Row
from adapter.fhir.element_definition import BACKBONES, Element, apply
from adapter.fhir.element_place import Place, Placing, Steps, fields_of, types_of
from adapter.fhir.profile_pruning import prune, without_base

EXTENSIONS = frozenset({"extension", "modifierExtension"})
BY_URL = Slicing((Discriminator("value", "url"),))
BY_TYPE = Slicing((Discriminator("type", "$this"),))

Check: TypeAlias = Callable[[Element, Place], Iterable[str]]
"""Tells why an element cannot be stated at its place."""


@dataclass(frozen=True, slots=True, order=True)
class Flaw:
    """What is wrong with a StructureDefinition: the id of the element, and why."""

    element: str
    why: str


def build(rows: Sequence[Row]) -> Profile:
    """Return the profile of the last of these rows, which stands on those before it; they were found sound."""
    last = rows[-1]
    return Profile(
        url=last["url"],
        version=last.get("version"),
        type=last["type"],
        root=_grown(rows, None).finished(),
        bases=tuple(row["url"] for row in reversed(rows[:-1])),
        contexts=_contexts(rows),
        context_invariants=tuple(dict.fromkeys(each for row in rows for each in row.get("contextInvariants", ()))),
        title=last.get("title"),
        modifier=any(_is_modifier(element, last["type"]) for row in rows for element in row["elements"]),
    )


def _contexts(rows: Sequence[Row]) -> tuple[tuple[str, str], ...]:
    """Return where an extension may stand; one that does not say stands where its base does."""
    stated = next((row["contexts"] for row in reversed(rows) if "contexts" in row), ())
    return tuple((kind, expression) for kind, expression in stated)


def flaws(rows: Sequence[Row], check: Check) -> list[Flaw]:
    """Return what is wrong with the last of these rows, seen against those before it."""
    return _grown(rows, check).flaws


def _grown(rows: Sequence[Row], check: Check | None) -> _Tree:
    tree = _Tree(rows[-1]["type"])
    for row in rows:
        tree.flaws = []
        tree.add(row, check)
    return tree


class _Tree:
    """A profile while it grows."""

    def __init__(self, type_name: str) -> None:
        self.type = type_name
        self.root = Constraints(type_name, "")
        self.flaws: list[Flaw] = []
        self.unsliced: set[str] = set()  # what a base was told already, or the profile of a type may slice

    def add(self, row: Row, check: Check | None) -> None:
        """Lay one StructureDefinition over what is there."""
        placing = Placing()
        self.root.profile = row["url"]
        for element in row["elements"]:
            place = self._place(placing.steps(element), element)
            if place is None:
                continue
            stated = without_base(element, place) if row["from"] == "snapshot" else element
            if check is not None:
                self.flaws += [Flaw(place.node.id, why) for why in check(stated, place)]
            apply(stated, place.node)
            place.node.types = tuple(_of_backbone(each, place) for each in place.node.types)
            place.node.profile, place.node.source = row["url"], row.get("file")
        self.unsliced.update(_told_elsewhere(self.root, is_told=False))
        for node, fields, plain in list(_nodes(self.root, (self.type,), None)):
            self._complete(node, fields, plain)

    def _place(self, steps: Steps, element: Element) -> Place | None:
        """Return the place that some steps lead to, made where it is new; None, and a flaw, where R4 has none."""
        if element["path"].partition(".")[0] != self.type:
            self.flaws.append(Flaw(element["path"], f"no path in {self.type}"))
            return None
        place = Place(self.root, (self.type,), 0, UNBOUNDED)
        for name, slice_name in steps:
            below = self._child(place, name)
            if below is None:
                where = " or ".join(place.types)
                self.flaws.append(Flaw(element.get("id") or element["path"], f"{where} has no element {name!r}"))
                return None
            place = below if slice_name is None else self._slice(below, slice_name)
        return place

    def _child(self, place: Place, name: str) -> Place | None:
        fields = fields_of(place.types, name)
        if not fields:
            return self._short(place, name)
        node = place.node.children.get(name)
        if node is None:
            node = place.node.children[name] = Constraints(f"{place.node.id}.{name}", self.root.profile)
        low = fields[0].min if node.min is None else node.min
        most = UNBOUNDED if fields[0].max is None else fields[0].max
        return Place(node, types_of(node, fields), low, most if node.max is None else node.max, fields)

    def _short(self, place: Place, key: str) -> Place | None:
        """Return the place of `valueQuantity`: the slice of `value[x]` that has this type."""
        for kind in place.types:
            field = definitions.fields(kind).get(key)
            whole = None if field is None else self._child(place, field.element)
            if field is not None and whole is not None:
                if field.type not in whole.types:
                    self.flaws.append(Flaw(f"{place.node.id}.{key}", f"type {field.type} was ruled out before"))
                return self._slice(whole, key)
        return None

    def _slice(self, place: Place, name: str) -> Place:
        """Return the place of a slice; a choice's is told by its type, whether or not it states one."""
        node = place.node.slices.get(name)
        if node is None:
            node = Constraints(f"{place.node.id}:{name}", self.root.profile, slice_name=name)
            place.node.slices[name] = node
            of_choice = [field.type for field in place.fields if field.key == name != field.element]
            node.types = tuple(Type(code) for code in of_choice)
        types = types_of(node, place.fields) if node.types else place.types
        return Place(node, types, node.min or 0, place.high if node.max is None else node.max, place.fields, True)

    def _complete(self, node: Constraints, fields: tuple[Field, ...], plain: Constraints | None) -> None:
        """Say what goes without saying: how elements are sliced, which url an extension has.

        `plain` is the same element outside of the slice that this one stands in.
        """
        if node.slices and node.slicing is None and node.slice_name is None:
            node.slicing = None if plain is None else plain.slicing
            self._imply_slicing(node, fields[0])
        is_extension = node.slice_name is not None and fields[0].type == "Extension"
        if is_extension and "url" not in node.children:
            url = _url_of(node)
            node.children["url"] = Constraints(f"{node.id}.url", node.profile, fixed=url, fixed_key="fixedUri")

    def _imply_slicing(self, node: Constraints, field: Field) -> None:
        """A choice of which only some types are stated has no others (so R4's own snapshots have it)."""
        if node.slicing is not None:
            return
        if field.element in EXTENSIONS:
            node.slicing = BY_URL
        elif field.element.endswith("[x]"):
            node.slicing = BY_TYPE
            node.types = node.types or tuple(each for slice_ in node.slices.values() for each in slice_.types)
        elif node.id not in self.unsliced:
            self.unsliced.add(node.id)
            self.flaws.append(Flaw(node.id, "slices without slicing: state how they are told apart"))

    def finished(self) -> Constraints:
        """Return the tree without what R4 says."""
        prune(self.root, (self.type,))
        return self.root


_Stated: TypeAlias = tuple[Constraints, tuple[Field, ...], Constraints | None]


def _nodes(node: Constraints, types: tuple[str, ...], plain: Constraints | None) -> Iterator[_Stated]:
    """Yield every node, the fields that it constrains, and its like outside of the slice that it stands in."""
    for name, child in node.children.items():
        fields = fields_of(types, name)
        like = None if plain is None else plain.children.get(name)
        yield child, fields, like
        yield from _nodes(child, types_of(child, fields), like)
        for each in child.slices.values():
            yield each, fields, None
            yield from _nodes(each, types_of(each if each.types else child, fields), child)


def _of_backbone(stated: Type, place: Place) -> Type:
    """Return a type by R4's name: a backbone is named by its path."""
    return replace(stated, code=place.types[0]) if stated.code in BACKBONES and place.fields else stated


def element_of(root: Constraints, identity: str) -> Constraints | None:
    """Return what a profile states of the element with an id, or None where that is nothing."""
    whole, *steps = identity.split(".")
    found: Constraints | None = root if whole == root.id else None
    for part in steps:
        name, _, slice_name = part.partition(":")
        found = None if found is None else found.children.get(name)
        found = found.slices.get(slice_name) if found is not None and ":" in part else found
    return found


def _told_elsewhere(node: Constraints, *, is_told: bool) -> Iterator[str]:
    """Yield the ids of elements below one whose type has a profile: that may say how they are sliced."""
    for each in (*node.children.values(), *node.slices.values()):
        if is_told:
            yield each.id
        yield from _told_elsewhere(each, is_told=is_told or any(one.profiles for one in each.types))


def _is_modifier(element: Element, root: str) -> bool:
    return element["path"] == root and bool(element.get("isModifier", False))


def _url_of(node: Constraints) -> str:
    """Return the url that an extension's slice has: its profile's, or that of a nested one, its name."""
    profiles = [profile for each in node.types for profile in each.profiles]
    return (profiles or [node.slice_name or ""])[0].partition("|")[0]
