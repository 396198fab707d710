"""A map's YAML → its plan: every place checked against R4, every hole against the form. Start at `resource`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from adapter.crf.study import Item
from adapter.fhir import definitions, primitive
from adapter.fhir.definitions import ExtensionDefinition, Field
from adapter.mapping import holes, lens
from adapter.mapping.bound import outside, reasoned
from adapter.mapping.elements import as_primitive, at, field_of, order_of, referring, untwinned
from adapter.mapping.meant import alone_meant, bare_hole, element_meant, is_coding, lens_meant, scalar_meant
from adapter.mapping.period import exact
from adapter.mapping.plan import Array, Choice, Const, Entry, Hole, Member, Node, Object, Text
from adapter.mapping.plan import holes as holes_of
from adapter.mapping.scope import Scope, Where, near

URIS = ("uri", "url", "canonical", "oid", "uuid")
MARKS = ("each", "also")
LEAST = {"positiveInt": 1, "unsignedInt": 0}
"""The least value of R4's bounded integers: an item whose range goes below would be written as what no server takes."""


class Template:
    """Compiles the objects of one map. Faults go to the scope; what has one is left out."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def resource(self, written: Any, where: Where) -> Object | None:
        """Return the tree of a resource, None with a fault if it is none."""
        kind = written.get("resourceType") if isinstance(written, Mapping) else None
        if kind is None:
            self.scope.fault(where, "a resource says what it is: resourceType: TYPE")
            return None
        if not isinstance(kind, str) or not definitions.is_resource(kind):
            known = near(str(kind), definitions.resource_types())
            self.scope.fault(where, f"resourceType {kind!r} is no resource type of R4{known}")
            return None
        return self.object(written, kind, where)

    def object(
        self, written: Any, kind: str, where: Where, known: ExtensionDefinition | None = None, *, nested: bool = False
    ) -> Object:
        """Return the tree of an object. `nested` is an extension within another, whose definition is `known`,
        if any.
        """
        where = (getattr(written, "file", where[0]), getattr(written, "line", where[1]))
        found = self._known(written, kind, known, nested)
        members = [
            member
            for key, value in written.items()
            if key not in MARKS
            and (member := self._member(str(key), value, kind, at(written, key, where), found, nested))
        ]
        fields = definitions.fields(kind)
        members.sort(key=lambda member: -1 if member.key == "resourceType" else order_of(fields, member.key))
        node = exact(Object(kind, tuple(untwinned(members)), self._also(written, kind, where)), self.scope.study.base)
        return referring(self.scope, node) if kind == "Reference" else node

    def _known(
        self, written: Mapping[str, Any], kind: str, outer: ExtensionDefinition | None, nested: bool
    ) -> ExtensionDefinition | None:
        url = written.get("url")
        if kind != "Extension" or not isinstance(url, str):
            return None
        if nested:
            return None if outer is None else outer.nested.get(url)
        meant = url if ":" in url else self.scope.study.names.get(url)
        return definitions.extension(meant) if isinstance(meant, str) else None

    def _also(self, written: Mapping[str, Any], kind: str, where: Where) -> tuple[Object, ...]:
        shapes = written.get("also", ())
        if not isinstance(shapes, (list, tuple)) or not all(isinstance(shape, Mapping) for shape in shapes):
            self.scope.fault(where, "`also` is a list of other shapes of this element")
            return ()
        return tuple(self.object(shape, kind, where) for shape in shapes)

    def _member(
        self, key: str, value: Any, kind: str, where: Where, known: ExtensionDefinition | None, nested: bool
    ) -> Member | None:
        relative = nested and kind == "Extension" and key == "url"  # the one uri within an extension that is no name
        if relative or (key == "resourceType" and definitions.is_resource(kind)):
            return Member(key, "code", Const(str(value)))
        field = field_of(kind, key)
        if field is None:
            meant = bare_hole(key) if value is None and key in self.scope.form.items else element_meant(key, kind)
            self.scope.fault(where, f"{kind} has no element {key!r} in R4{meant}")
            return None
        if known is not None and field.element == "value[x]":
            field = self._extension_field(known, field, where)
        node = self._element(value, field, where, known if field.type == "Extension" else None)
        if node is None:
            return None
        top = definitions.is_resource(kind)
        return Member(key, field.type, node, needed=top and field.min > 0)

    def _extension_field(self, known: ExtensionDefinition, field: Field, where: Where) -> Field:
        if field.key not in known.values:
            allowed = ", ".join(known.values) or "nested extensions, no value"
            self.scope.fault(where, f"extension {known.url} holds {allowed}; not {field.key}")
            return field
        return known.values[field.key]

    def _element(self, value: Any, field: Field, where: Where, known: ExtensionDefinition | None) -> Node | None:
        if not field.many:
            return self._single(value, field, where, known)
        if not isinstance(value, list):
            self.scope.fault(where, f"R4 has many {field.key}: write a list")
            return None
        entries = (self._entry(entry, field, at(value, place, where), known) for place, entry in enumerate(value))
        return Array(field.type, tuple(entry for entry in entries if entry is not None))

    def _entry(self, value: Any, field: Field, where: Where, known: ExtensionDefinition | None) -> Entry | None:
        each = self._each(value, where)
        if each is None:
            node = self._single(value, field, where, known)
            return None if node is None else Entry(node)
        node = Template(self.scope.inside(each))._single(value, field, where, known)
        return None if node is None else Entry(node, each)

    def _each(self, value: Any, where: Where) -> Item | None:
        """Return what an entry repeats over: `each:`, or the many-valued item that is the whole entry
        (`["{days}"]`).
        """
        if isinstance(value, Mapping) and "each" in value:
            each = self.scope.form.items.get(str(value["each"]))
            if each is None or not each.many:
                self.scope.fault(where, f"each: {value['each']} is no item or group with many answers")
                return None
            return each
        whole = holes.whole(value) if isinstance(value, str) else None
        item = None if whole is None else self.scope.form.items.get(whole.item)
        return item if item is not None and item.many and item.type != "group" and item not in self.scope.each else None

    def _single(self, value: Any, field: Field, where: Where, known: ExtensionDefinition | None) -> Node | None:
        if isinstance(value, list):
            return self._alternatives(value, field, where, known)
        if isinstance(value, Mapping):
            return self._complex(value, field, where, known)
        if isinstance(value, str):
            return self._text(value, field, where, known)
        return self._const(value, field, where)

    def _alternatives(
        self, values: list[Any], field: Field, where: Where, known: ExtensionDefinition | None
    ) -> Node | None:
        options = [self._single(v, field, at(values, i, where), known) for i, v in enumerate(values)]
        found = [option for option in options if option is not None]
        if not values or any(next(holes_of(option), None) for option in found):
            why = "a list here gives alternatives of a constant, the first is written"
            self.scope.fault(where, f"R4 has one {field.key}: {why}")
            return None
        if found and all(isinstance(option, Const) for option in found):
            first, *others = (option.value for option in found if isinstance(option, Const))
            return Const(first, tuple(others))
        return Choice(tuple(found)) if found else None

    def _complex(
        self, value: Mapping[str, Any], field: Field, where: Where, known: ExtensionDefinition | None
    ) -> Node | None:
        if definitions.is_primitive(field.type):
            self.scope.fault(
                where, f"{field.key} is a {field.type} in R4, not an object{scalar_meant(field.key, value)}"
            )
            return None
        if field.type == "Resource":
            return self.resource(value, where)
        return self.object(value, field.type, where, known, nested=field.path == "Extension.extension")

    def _text(self, value: str, field: Field, where: Where, known: ExtensionDefinition | None) -> Node | None:
        try:
            parts = holes.parse(value)
        except ValueError as reason:
            self.scope.fault(where, str(reason))
            return None
        if not any(isinstance(part, holes.HoleText) for part in parts):
            return self._word("".join(map(str, parts)), field, where, known)
        filled = [part if isinstance(part, str) else self._hole(part, field, where, len(parts) > 1) for part in parts]
        if None in filled:
            return None
        if len(filled) == 1:
            return filled[0] if isinstance(filled[0], Hole) else None
        if field.type not in lens.TOKENS:
            only = f"a text with holes fills strings and uris only{alone_meant(parts, field)}"
            self.scope.fault(where, f"{field.key} is a {field.type}: {only}")
            return None
        return Text(tuple(part for part in filled if part is not None))

    def _hole(self, written: holes.HoleText, field: Field, where: Where, in_text: bool) -> Hole | None:
        item = self.scope.item(written.item, where)
        if item is None:
            return None
        fhir_type = "string" if in_text else field.type
        found = (
            lens.name(item, fhir_type) if not (in_text and item.type in _TEXTUAL and item.codelist is None) else "text"
        )
        if found is None:
            self.scope.fault(
                where, f"no lens fills a {fhir_type} ({field.path}) from {item.id}, {lens_meant(item, field)}"
            )
            return None
        if item.low is not None and item.low < LEAST.get(fhir_type, item.low):
            why = f"{item.id} goes down to {item.low}, and a {fhir_type} ({field.path}) is {LEAST[fhir_type]} or more"
            self.scope.fault(where, why)
            return None
        hole = Hole(item, fhir_type, found, written.repeat, written.spoken, written.column)
        equipped = self._equipped(hole, field, where)
        return equipped if equipped is None or in_text else reasoned(equipped, field)

    def _equipped(self, hole: Hole, field: Field, where: Where) -> Hole | None:
        """Return the hole with its table or its target."""
        if hole.lens == "codelist":
            table = self.scope.table(hole.item, hole.column, hole.type, where)
            for why in () if table is None else outside(table, hole, field):
                self.scope.fault(where, why)
            return None if table is None else replace(hole, table=table)
        if hole.column is not None:
            self.scope.fault(where, f"{hole.item.id} has no codelist, so no column {hole.column!r}")
            return None
        if hole.lens != "reference":
            return hole
        target = self.scope.target(hole.item, field.targets)
        if target is None:
            kinds = " or ".join(field.targets) or "resource"
            why = f"no {kinds} of this study is identified by {hole.item.id} alone"
            self.scope.fault(where, f"{why}, so {field.key} has nothing to refer to")
            return None
        return replace(hole, target=target)

    def _word(self, word: str, field: Field, where: Where, known: ExtensionDefinition | None) -> Node | None:
        """A bare word where R4 wants a uri or an object is a name; anywhere else it is itself (rule 2)."""
        relative = field.path == "Reference.type"
        if definitions.is_primitive(field.type) and (field.type not in URIS or ":" in word or relative):
            return self._const(word, field, where)
        if definitions.is_primitive(field.type) and word.startswith("#"):
            return self._const(word, field, where)
        if "{" in word:
            self.scope.fault(where, f"{word!r} is a text with braces of its own, and no hole: write one brace, not two")
            return None
        meant = self.scope.name(word, where)
        if meant is None:
            return None
        if not isinstance(meant, (Mapping, list)) and ":" not in str(meant):
            stands = f"the name {word!r} stands for {meant!r}, which is neither a uri nor an object"
            self.scope.fault(where, f"{stands}{self.scope.named_at(word)}")
            return None
        if field.type == "CodeableConcept" and is_coding(meant):
            wanted = f"{field.key} is a CodeableConcept: {{coding: [{word}]}}"
            self.scope.fault(where, f"the name {word!r} stands for a Coding; {wanted}")
            return None
        return self._single(meant, field, where, known)

    def _const(self, value: Any, field: Field, where: Where) -> Const | None:
        if not definitions.is_primitive(field.type):
            self.scope.fault(
                where, f"{field.key} is a {field.type} in R4: write an object, a name or a hole, not {value!r}"
            )
            return None
        typed = as_primitive(value, field.type)
        why = primitive.why(field.type, typed)
        if why is None and field.codes is not None and typed not in field.codes:
            why = f"R4 allows {', '.join(sorted(field.codes))}{near(str(typed), field.codes)}"
        known = field.path != "Reference.type" or ":" in str(typed) or definitions.is_resource(str(typed))
        if why is None and not known:
            why = f"R4 has no such resource type{near(str(typed), definitions.resource_types())}"
        if why is not None:
            self.scope.fault(where, f"{value!r} cannot stand in {field.path}: {why}")
            return None
        return Const(typed)


_TEXTUAL = (
    "text",
    "token",
    "integer",
    "decimal",
    "date",
    "fulldate",
    "datetime",
    "year",
    "subject",
    "site",
    "visit",
    "boolean",
)
