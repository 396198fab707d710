"""FHIR XML → the dict that FHIR JSON would give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from adapter.fhir import definitions, narrative
from adapter.fhir.json_fault import MAX_DEPTH
from adapter.fhir.primitive import number
from adapter.fhir.syntax import FhirSyntaxError
from adapter.fhir.xml_writer import FHIR, is_attribute

if TYPE_CHECKING:
    from lxml import etree

SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
WHOLE_NUMBERS = frozenset({"integer", "positiveInt", "unsignedInt"})

_DECLARED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")
_DECLARATION = re.compile(rb"<\?xml\s")
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,18}", re.ASCII)


def parse(raw: bytes, *, in_order: bool = True) -> dict[str, Any]:
    """Return the resource of an XML text. Raises FhirSyntaxError, with the line, for all that is no FHIR XML.

    A definition is used, not judged: it may have its elements in another order, where `in_order` is False.

    Refused: any DOCTYPE (so any entity), processing instructions, encodings other than UTF-8, other namespaces,
    elements and attributes that R4 does not define, text between elements, an order other than R4's, empty
    elements, a depth over 100.
    """
    from lxml import etree

    content = _checked(raw)
    try:
        root = etree.fromstring(content, narrative.safe_parser())
    except etree.XMLSyntaxError as fault:
        raise _not_well_formed(fault) from None
    written = narrative.divs(content.decode()) if b"div" in content else []
    return _Reader(iter(written), in_order).resource(root)


def _checked(raw: bytes) -> bytes:
    """Return the bytes without byte order mark, when nothing in them needs more than a plain reader."""
    content = raw.removeprefix(b"\xef\xbb\xbf")
    declared = _DECLARED.match(content)
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in content[:4]:
        raise FhirSyntaxError("expected UTF-8; this is UTF-16 or UTF-32: save it as UTF-8", "structure", 1, 1)
    if declared is not None and declared[1].lower() not in (b"utf-8", b"us-ascii", b"ascii"):
        raise FhirSyntaxError("expected UTF-8; the first line declares another encoding", "structure", 1, 1)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        line = content[: content.index(b"<!")].count(b"\n") + 1
        raise FhirSyntaxError("FHIR XML has no DOCTYPE and no entities: take them out", "structure", line)
    if not content.strip():
        raise FhirSyntaxError("the input is empty: a resource was expected", "structure", 1, 1)
    if b"<?" in content[2 * bool(_DECLARATION.match(content)) :]:
        _refuse_instructions(content)
    return content


def _refuse_instructions(content: bytes) -> None:
    """Raise FhirSyntaxError at a processing instruction; the text may say `<?` in a comment as well."""
    reader = expat.ParserCreate()

    def refuse(*_: str) -> None:
        line, column = reader.CurrentLineNumber, reader.CurrentColumnNumber + 1
        raise FhirSyntaxError("FHIR XML has no processing instructions: take them out", "structure", line, column)

    reader.ProcessingInstructionHandler = refuse
    with suppress(expat.ExpatError):  # what is no XML is told by whoever reads it
        reader.Parse(content, True)


def _not_well_formed(fault: etree.XMLSyntaxError) -> FhirSyntaxError:
    line, column = fault.position
    said = str(fault.msg).partition(", line ")[0]
    if "depth" in said.lower():
        return FhirSyntaxError(f"nested more than {MAX_DEPTH} deep: no resource is", "too-costly", line)
    return FhirSyntaxError(f"this is no well-formed XML: {said}", "structure", line, column)


class _Reader:
    """Reads one document; `divs` gives the text of its narratives in their order."""

    def __init__(self, divs: Iterator[str], in_order: bool) -> None:
        self._divs = divs
        self._in_order = in_order
        self._depth = 0

    def resource(self, element: etree._Element) -> dict[str, Any]:
        """Return the resource that an element is."""
        name = _local_name(element, FHIR, "the document")
        if not definitions.is_resource(name):
            raise _refused(element, f"R4 has no resource {name!r}")
        if len(element) == 0:
            raise _refused(element, f"{name} is empty: a resource says something")
        return {"resourceType": name, **self._content(element, name, name)}

    def _content(self, element: etree._Element, kind: str, place: str) -> dict[str, Any]:
        """Return what an element of a type holds, in R4's order; {} when it holds nothing."""
        if self._depth > MAX_DEPTH:
            raise _refused(element, f"nested more than {MAX_DEPTH} deep: no resource is", "too-costly")
        _refuse_text(element, place)
        found = _Found(dict(_attributes(element, kind, place)))
        fields, order = definitions.fields(kind), -1
        self._depth += 1
        for child in element:
            field = _field(child, fields, place)
            below = f"{place}.{field.key}"
            if is_attribute(kind, field.key):
                raise _refused(child, f"{below} is an attribute in FHIR XML, not an element")
            if field.order < order and self._in_order:
                raise _refused(child, f"{below} stands out of R4's order")
            if field.key in found.values and not field.many:
                raise _refused(child, f"{below} stands twice; R4 allows one")
            order = field.order
            found.add(field, *self._value(child, field, below))
        self._depth -= 1
        return found.as_json()

    def _value(self, child: etree._Element, field: definitions.Field, place: str) -> tuple[Any, Any]:
        """Return a child's (value, what stands beside it). Raises FhirSyntaxError when it has neither."""
        if field.type == "xhtml":
            return self._narrative(child), None
        if field.type == "Resource":
            _refuse_text(child, place)
            if len(child) != 1 or child.attrib:
                raise _refused(child, f"{place} must hold one resource")
            return self.resource(child[0]), None
        content = self._content(child, field.type, place) or None
        if not definitions.is_primitive(field.type):
            value, beside = content, None
        else:
            value, beside = _primitive(child, field.type, place), content
        if value is None and beside is None:
            raise _refused(child, f"{place} is empty: leave it out")
        return value, beside

    def _narrative(self, element: etree._Element) -> str:
        """Return the xhtml as it was written, or anew when it needs a namespace declared further out."""
        written = next(self._divs, "") if element.prefix is None else ""
        alone = written and narrative.stands_alone(written, element.nsmap)
        return written if alone else narrative.serialized(element)


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


def _refused(element: etree._Element, message: str, issue_code: str = "structure") -> FhirSyntaxError:
    line = element.sourceline
    return FhirSyntaxError(message, issue_code, line if isinstance(line, int) else None)


def _local_name(element: etree._Element, namespace: str, place: str) -> str:
    """Return an element's name. Raises FhirSyntaxError outside the namespace."""
    uri, _, name = str(element.tag).rpartition("}")
    if uri != f"{{{namespace}":
        raise _refused(element, f"{name!r} in {place} is not in the namespace {namespace}")
    return name


def _field(child: etree._Element, fields: Mapping[str, definitions.Field], place: str) -> definitions.Field:
    """Return the field that a child fills."""
    if child.tag == narrative.DIV and "div" in fields:
        return fields["div"]
    name = _local_name(child, FHIR, place)
    field = fields.get(name)
    if field is None or field.type == "xhtml":
        raise _refused(child, f"{place} has no element {name!r} in R4")
    return field


def _attributes(element: etree._Element, kind: str, place: str) -> Iterator[tuple[str, str]]:
    """Yield id and url where they are attributes; a primitive's value is read by itself."""
    for name, content in element.attrib.items():
        key = str(name)
        if key.startswith(SCHEMA_INSTANCE) and element.getparent() is None:
            continue
        if key == "value" and definitions.is_primitive(kind):
            continue
        if not is_attribute(kind, key):
            raise _refused(element, f"{place} has no attribute {key!r} in R4")
        if not content:
            raise _refused(element, f"{place}.{key} is empty: leave it out", "value")
        yield key, str(content)


def _refuse_text(element: etree._Element, place: str) -> None:
    """Raise FhirSyntaxError where text stands: FHIR writes values as attributes."""
    text = element.text or ""
    for child in element:
        text += child.tail or ""
    if text and not text.isspace():
        raise _refused(element, f'{place} holds text: values stand in value="…"')


def _primitive(element: etree._Element, kind: str, place: str) -> Any:
    """Return the value of a primitive as JSON has it, or None where the element has only extensions."""
    content = element.get("value")
    if content is None:
        return None
    if not content:
        raise _refused(element, f"{place} is empty: leave it out", "value")
    try:
        return _typed(content, kind)
    except ValueError as reason:
        raise _refused(element, f"{place}: {reason}", "value") from None


def _typed(content: str, kind: str) -> Any:
    """Return the JSON value of a primitive's text. Raises ValueError."""
    if kind == "boolean":
        if content not in ("true", "false"):
            raise ValueError("expected true or false")
        return content == "true"
    if kind in WHOLE_NUMBERS:
        if _INTEGER.fullmatch(content) is None:
            raise ValueError("expected a whole number")
        return int(content)
    return number(content) if kind == "decimal" else content
