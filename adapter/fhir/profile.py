"""StructureDefinitions → profiles: the differentials of a chain laid over R4's types, one tree for all.

What the chain does not state has no node; what a snapshot repeats of R4 is left out again. Every flaw of a
profile is noted on the way: the tree is fit for use only when there is none.
Source: https://hl7.org/fhir/R4/profiling.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adapter.fhir import element_flaws
from adapter.fhir.constraints import UNBOUNDED, Constraints, Discriminator, Profile, Slicing, Type
from adapter.fhir.definitions import Field
from adapter.fhir.differential import Row
from adapter.fhir.element_definition import BACKBONES, apply
from adapter.fhir.element_flaws import Place
from adapter.fhir.element_place import Placing, Steps, elements
from adapter.fhir.profile_pruning import prune, without_base

EXTENSIONS = frozenset({"extension", "modifierExtension"})
BY_URL = Slicing((Discriminator("value", "url"),))
BY_TYPE = Slicing((Discriminator("type", "$this"),))


@dataclass(frozen=True, slots=True, order=True)
class Flaw:
    """What is wrong with a StructureDefinition: its url, the id of the element, and why."""

    url: str
    element: str
    why: str


def build(rows: Sequence[Row]) -> tuple[Profile, list[Flaw]]:
    """Return the profile of the last row, which stands on those before it, and the flaws of that row itself."""
    last = rows[-1]
    tree = _Tree(last["type"], last["url"])
    for row in rows:
        tree.flaws.clear()
        tree.add(row)
    root = tree.finished()
    profile = Profile(
        url=last["url"],
        version=last.get("version"),
        type=last["type"],
        root=root,
        bases=tuple(row["url"] for row in reversed(rows[:-1])),
        contexts=tuple((kind, expression) for kind, expression in last.get("contexts", ())),
        title=last.get("title"),
        modifier=any(row["elements"][0].get("isModifier", False) for row in rows if row["elements"]),
    )
    return profile, tree.flaws


class _Tree:
    """A profile while it grows."""

    def __init__(self, type_name: str, url: str) -> None:
        self.type = type_name
        self.url = url
        self.root = Constraints(type_name, url)
        self.flaws: list[Flaw] = []

    def add(self, row: Row) -> None:
        """Lay one StructureDefinition over what is there."""
        self.url = row["url"]
        placing = Placing()
        for element in row["elements"]:
            place = self._place(placing.steps(element), element.get("id") or element["path"])
            if place is None:
                continue
            stated = without_base(element, place) if row["from"] == "snapshot" else element
            found = list(element_flaws.flaws(stated, place))
            for why in found:
                self._flaw(place.node.id, why)
            if not found:
                apply(stated, place.node)
            place.node.profile, place.node.source = row["url"], row.get("file")

    def _flaw(self, element: str, why: str) -> None:
        self.flaws.append(Flaw(self.url, element, why))

    def _place(self, steps: Steps, identity: str) -> Place | None:
        """Return the place that some steps lead to, made where it is new; None, and a flaw, where R4 has none."""
        place = Place(self.root, (self.type,), 0, UNBOUNDED, None)
        for name, slice_name in steps:
            below = self._child(place, name)
            if below is None:
                self._flaw(identity, f"R4 has no element {name!r} in {' or '.join(place.types)}")
                return None
            place = below if slice_name is None else self._slice(below, slice_name)
        return place

    def _child(self, place: Place, name: str) -> Place | None:
        fields = [field for kind in place.types for field in elements(kind).get(name, ())]
        if not fields:
            return self._short(place, name)
        node = place.node.children.get(name)
        if node is None:
            node = place.node.children[name] = Constraints(f"{place.node.id}.{name}", self.url)
        return _place(node, fields, _types(node, fields))

    def _short(self, place: Place, name: str) -> Place | None:
        """Return the place of `valueQuantity`: the slice of `value[x]` that has this type."""
        found = (fields for kind in place.types for fields in elements(kind).values() if fields[0].element != name)
        choices = (field.element for fields in found for field in fields if field.key == name)
        element = next(choices, None)
        below = None if element is None else self._child(place, element)
        return None if below is None else self._slice(below, name)

    def _slice(self, place: Place, name: str) -> Place:
        """Return the place of a slice; a choice's is told by its type."""
        node = place.node.slices.get(name)
        if node is None:
            node = Constraints(f"{place.node.id}:{name}", self.url, slice_name=name)
            place.node.slices[name] = node
            of_choice = [field.type for field in place.fields if field.key == name != field.element]
            node.types = tuple(Type(code) for code in of_choice)
        low, high = node.min or 0, place.high if node.max is None else node.max
        return Place(node, _types(node, place.fields) if node.types else place.types, low, high, place)

    def finished(self) -> Constraints:
        """Return the tree, with what goes without saying, and without what R4 says."""
        for node, fields in list(self._nodes(self.root, (self.type,))):
            self._finish(node, fields)
        prune(self.root, (self.type,))
        return self.root

    def _nodes(self, node: Constraints, types: tuple[str, ...]) -> Iterator[tuple[Constraints, list[Field]]]:
        """Yield every node with the fields that it constrains; a slice with those of its element."""
        for name, child in node.children.items():
            fields = [field for kind in types for field in elements(kind).get(name, ())]
            yield child, fields
            yield from self._nodes(child, _types(child, fields))
            for each in child.slices.values():
                yield each, fields
                yield from self._nodes(each, _types(each, fields) if each.types else _types(child, fields))

    def _finish(self, node: Constraints, fields: list[Field]) -> None:
        """Say how slices are told apart where the profile need not."""
        if node.slice_name is None and node.slices and node.slicing is None:
            node.slicing = _implied(fields[0])
            if node.slicing is None:
                self._flaw(node.id, "slices without slicing: state how they are told apart")
        is_extension = node.slice_name is not None and fields[0].type == "Extension"
        if is_extension and "url" not in node.children:
            url = _url_of(node)
            node.children["url"] = Constraints(f"{node.id}.url", node.profile, fixed=url, fixed_key="fixedUri")


def _place(node: Constraints, fields: list[Field], types: tuple[str, ...]) -> Place:
    low = fields[0].min if node.min is None else node.min
    base_high = UNBOUNDED if fields[0].max is None else fields[0].max
    return Place(node, types, low, base_high if node.max is None else node.max, None, tuple(fields))


def _types(node: Constraints, fields: Sequence[Field]) -> tuple[str, ...]:
    """Return the names of the types that an element's children may be of."""
    if not node.types:
        return tuple(dict.fromkeys(field.type for field in fields))
    return tuple(each.code for each in node.types if each.code not in BACKBONES and element_flaws.is_known(each.code))


def _implied(field: Field) -> Slicing | None:
    if field.element in EXTENSIONS:
        return BY_URL
    return BY_TYPE if field.element.endswith("[x]") else None


def _url_of(node: Constraints) -> str:
    """Return the url that an extension's slice has: its profile's, or that of a nested one, its name."""
    profiles = [profile for each in node.types for profile in each.profiles]
    name = node.slice_name or ""
    return (profiles or [name])[0].partition("|")[0]
