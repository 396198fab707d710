"""FHIR XML → the dict that FHIR JSON would give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from adapter.fhir import definitions, narrative
from adapter.fhir.json_fault import MAX_DEPTH
from adapter.fhir.syntax import FhirSyntaxError, TextFault
from adapter.fhir.xml_fault import Faults, Place, refusal, said
from adapter.fhir.xml_text import checked, typed
from adapter.fhir.xml_writer import FHIR, is_attribute

if TYPE_CHECKING:
    from lxml import etree

SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
LONGEST_NAME = 80


class Reading(NamedTuple):
    """What was read of a text, and its faults: of what is wrong, the resource holds what a check tells as wrong."""

    resource: dict[str, Any]
    faults: tuple[TextFault, ...]


def parse(raw: bytes, *, in_order: bool = True) -> dict[str, Any]:
    """Return the resource of an XML text. Raises FhirSyntaxError, with line and column, for all that is no FHIR XML.

    A definition is used, not judged: it may have its elements in another order, where `in_order` is False.

    Refused: any DOCTYPE (so any entity), processing instructions, encodings other than UTF-8, other namespaces,
    elements and attributes that R4 does not define, text between elements, an order other than R4's, empty
    elements, a depth over 100.
    """
    resource, faults = read(raw, in_order=in_order)
    if faults:
        raise refusal(faults)
    return resource


def read(raw: bytes, *, in_order: bool = True) -> Reading:
    """Return what can be read of an XML text, with all its faults. Raises FhirSyntaxError where nothing can be."""
    from lxml import etree

    content = checked(raw)
    try:
        root = etree.fromstring(content, narrative.safe_parser())
    except etree.XMLSyntaxError as fault:
        raise _not_well_formed(fault) from None
    written = narrative.divs(content.decode()) if b"div" in content else []
    reader = _Reader(iter(written), in_order)
    return Reading(reader.root(root), reader.faults.told(content))


def _not_well_formed(fault: etree.XMLSyntaxError) -> FhirSyntaxError:
    line, column = fault.position
    said = str(fault.msg).partition(", line ")[0]
    if "depth" in said.lower():
        return FhirSyntaxError(f"nested more than {MAX_DEPTH} deep: no resource is", "too-costly", line)
    return FhirSyntaxError(f"this is no well-formed XML: {said}", "structure", line, column)


class _Reader:
    """Reads one document; `divs` gives the text of its narratives in their order."""

    def __init__(self, divs: Iterator[str], in_order: bool) -> None:
        self.faults = Faults()
        self._divs = divs
        self._in_order = in_order
        self._depth = 0

    def root(self, element: etree._Element) -> dict[str, Any]:
        """Return the resource that a document is. Raises FhirSyntaxError outside FHIR's namespace."""
        name = _name_in(element, FHIR)
        if name is None:
            text = f"{_local(element)!r} in the document is not in the namespace {FHIR}"
            raise FhirSyntaxError(text, "structure", _line(element))
        return self._resource(element, name, (None, name, 0))

    def _resource(self, element: etree._Element, name: str, place: Place) -> dict[str, Any]:
        if not definitions.is_resource(name):
            self._leave()
            self.faults.note(place, f"R4 has no resource {name[:LONGEST_NAME]!r}", "resource-type")
            return {"resourceType": name}
        if len(element) == 0:
            self.faults.note(place, f"{name} is empty: a resource says something", "empty")
        return {"resourceType": name, **self._content(element, name, place)}

    def _content(self, element: etree._Element, kind: str, place: Place) -> dict[str, Any]:
        """Return what an element of a type holds, in R4's order; {} when it holds nothing."""
        if self._depth > MAX_DEPTH:
            text = f"nested more than {MAX_DEPTH} deep: no resource is"
            raise FhirSyntaxError(text, "too-costly", _line(element))
        self._judge_text(element, place)
        found = _Found(self._attributes(element, kind, place))
        fields, order = definitions.fields(kind), -1
        self._depth += 1
        for child in element:
            field = _field(child, fields)
            if field is None or is_attribute(kind, field.key):
                self._misfit(child, field, place, found)
                continue
            before = found.values.get(field.key)
            below = (place, field, len(before) if before else 0)
            if before and not field.many:
                self.faults.note(below, f"{said(below)} stands twice; R4 allows one", "cardinality-max")
                self._value(child, field, below)
                continue
            if field.order < order and self._in_order:
                self._note_order(below, field, [fields[key] for key in found.values])
            order = field.order
            found.add(field, *self._value(child, field, below))
        self._depth -= 1
        return found.as_json()

    def _value(self, child: etree._Element, field: definitions.Field, place: Place) -> tuple[Any, Any]:
        """Return a child's (value, what stands beside it); of one that says nothing, what a check tells of."""
        if field.type == "xhtml":
            return self._narrative(child), None
        if field.type == "Resource":
            return self._held(child, place), None
        content = self._content(child, field.type, place) or None
        if not definitions.is_primitive(field.type):
            value, beside = content, None
        else:
            value, beside = self._primitive(child, field.type, place), content
        if value is not None or beside is not None:
            return value, beside
        self.faults.note(place, f"{said(place)} is empty: leave it out", "ele-1")
        return (None, {}) if definitions.is_primitive(field.type) else ({}, None)

    def _held(self, child: etree._Element, place: Place) -> dict[str, Any]:
        """Return the resource that stands within an element: the first, where there are more."""
        self._judge_text(child, place)
        name = _name_in(child[0], FHIR) if len(child) else None
        if len(child) != 1 or child.attrib:
            key = "resource-type" if len(child) == 0 else "cardinality-max"
            self.faults.note(place, f"{said(place)} must hold one resource", key)
            self._leave()
        if name is None:
            self._leave()
            self.faults.note(place, f"{said(place)} must hold a resource in the namespace {FHIR}", "resource-type")
            return {}
        return self._resource(child[0], name, (place, name, 0))

    def _primitive(self, element: etree._Element, kind: str, place: Place) -> Any:
        """Return the value of a primitive as JSON has it, or None where there is none; a wrong one as it is written."""
        content = element.get("value")
        if content is None:
            return None
        try:
            return typed(content, kind)
        except ValueError as reason:
            self.faults.note(place, f"{said(place)}{reason}", "format", "value")
        return str(content)

    def _narrative(self, element: etree._Element) -> str:
        """Return the xhtml as it was written, or anew when it needs a namespace declared further out."""
        written = next(self._divs, "") if element.prefix is None else ""
        alone = written and narrative.stands_alone(written, element.nsmap)
        return written if alone else narrative.serialized(element)

    def _leave(self) -> None:
        """Leave an element unread: the order of the narratives tells no longer which is which."""
        self._divs = iter(())

    def _misfit(self, child: etree._Element, field: definitions.Field | None, place: Place, found: _Found) -> None:
        """Note a child that its parent has not; what a check can tell of, or judge all the same, is kept."""
        self._leave()
        name = _name_in(child, FHIR)
        if name is None:
            text = f"{_local(child)[:LONGEST_NAME]!r} in {said(place)} is not in the namespace {FHIR}"
            self.faults.note(place, text, "unknown-element", name=_local(child))
        elif field is None:
            text = f"{said(place)} has no element {name[:LONGEST_NAME]!r} in R4"
            self.faults.note(place, text, "unknown-element", name=name)
        else:
            text = f"{said((place, field, 0))} is an attribute in FHIR XML, not an element"
            self.faults.note((place, field, 0), text, "xml-attribute")
        is_key = name is not None and name not in ("div", "resourceType") and not name.startswith("_")
        if name is not None and is_key:
            found.attributes.setdefault(name, str(child.get("value", "")))

    def _note_order(self, place: Place, field: definitions.Field, behind: Iterable[definitions.Field]) -> None:
        """Note an element that stands behind others which follow it in R4."""
        first = min((each for each in behind if each.order > field.order), key=lambda each: each.order)
        text = f"{said(place)} stands out of R4's order: it belongs before {first.key}"
        self.faults.note(place, text, "xml-order")

    def _attributes(self, element: etree._Element, kind: str, place: Place) -> dict[str, str]:
        """Return id and url where they are attributes; a primitive's value is read by itself."""
        found: dict[str, str] = {}
        for name, content in element.attrib.items():
            key = str(name)
            if key.startswith(SCHEMA_INSTANCE) and element.getparent() is None:
                continue
            if key == "value" and definitions.is_primitive(kind):
                continue
            if not is_attribute(kind, key):
                text = f"{said(place)} has no attribute {key[:LONGEST_NAME]!r} in R4"
                self.faults.note(place, text, "xml-attribute")
                continue
            if not content:
                text = f"{said(place)}.{key} is empty: leave it out"
                self.faults.note(place, text, "format", "value", step=f".{key}")
            found[key] = str(content)
        return found

    def _judge_text(self, element: etree._Element, place: Place) -> None:
        """Note text that stands in an element: FHIR writes values as attributes."""
        text = element.text or ""
        for child in element:
            text += child.tail or ""
        if text and not text.isspace():
            self.faults.note(place, f'{said(place)} holds text: values stand in value="…"', "xml-text")


class _Found:
    """What an element was found to hold, on its way to JSON."""

    def __init__(self, attributes: dict[str, Any]) -> None:
        self.attributes = attributes
        self.values: dict[str, list[Any]] = {}
        self.beside: dict[str, list[Any]] = {}
        self.many: set[str] = set()

    def add(self, field: definitions.Field, value: Any, beside: Any) -> None:
        """Add one repeat of an element: its value, and the id and extensions beside a primitive."""
        self.values.setdefault(field.key, []).append(value)
        self.beside.setdefault(field.key, []).append(beside)
        if field.many:
            self.many.add(field.key)

    def as_json(self) -> dict[str, Any]:
        """Return the keys as JSON has them, in R4's order: lists where R4 says many, `_key` after its key."""
        found = dict(self.attributes)
        url = found.pop("url", None)
        for key, values in self.values.items():
            for name, repeats in ((key, values), (f"_{key}", self.beside[key])):
                if any(repeat is not None for repeat in repeats):
                    found[name] = repeats if key in self.many else repeats[0]
            if key == "extension" and url is not None:
                found["url"], url = url, None  # R4 lists an extension's url after its extensions
        return found if url is None else _with_url(found, url)


def _with_url(found: dict[str, Any], url: str) -> dict[str, Any]:
    """Return an extension that holds no other, its url between its id and its value."""
    before = {"id": found.pop("id")} if "id" in found else {}
    return {**before, "url": url, **found}


def _line(element: etree._Element) -> int | None:
    return element.sourceline if isinstance(element.sourceline, int) else None


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _name_in(element: etree._Element, namespace: str) -> str | None:
    """Return an element's name; None outside the namespace."""
    uri, _, name = str(element.tag).rpartition("}")
    return name if uri == f"{{{namespace}" else None


def _field(child: etree._Element, fields: Mapping[str, definitions.Field]) -> definitions.Field | None:
    """Return the field that a child fills."""
    if child.tag == narrative.DIV and "div" in fields:
        return fields["div"]
    name = _name_in(child, FHIR)
    field = None if name is None else fields.get(name)
    return None if field is None or field.type == "xhtml" else field
