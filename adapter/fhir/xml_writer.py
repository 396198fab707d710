"""A resource's dict → FHIR XML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from adapter.fhir import definitions, narrative
from adapter.fhir.json_fault import MAX_DEPTH

FHIR = "http://hl7.org/fhir"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)


def encode(resource: dict[str, Any], *, pretty: bool = False) -> bytes:
    """Return a resource as UTF-8 XML, its elements in R4's order; `pretty`: each on a line of its own, but for
    narrative, whose blanks count.

    Raises ValueError, with the place, for what R4 does not define and for text that XML cannot hold.
    """
    writer = _Writer(pretty=pretty)
    writer.resource(resource, "")
    return "".join(writer.written).encode()


class _Writer:
    """Writes one document into `written`, piece by piece."""

    def __init__(self, *, pretty: bool = False) -> None:
        self.written = [HEAD]
        self._depth = 0
        self._pretty = pretty
        self._level = 0

    def _line(self, deeper: int = 0) -> None:
        """Begin a line, that much deeper than before, in a document for people."""
        self._level += deeper
        if self._pretty:
            self.written.append("\n" + "  " * self._level)

    def resource(self, value: Any, place: str) -> None:
        """Write a resource as an element of its type; the outermost names the namespace."""
        name = value.get("resourceType") if isinstance(value, dict) else None
        if not isinstance(name, str) or not definitions.is_resource(name):
            raise ValueError(f"{place or 'this'} is no R4 resource: it needs its resourceType")
        self._content(value, name, f"<{name}" if place else f'<{name} xmlns="{FHIR}"', place or name)

    def _content(self, value: dict[str, Any], kind: str, start: str, place: str) -> None:
        """Write an object of a type: some keys into its start tag, the rest as its children."""
        if self._depth > MAX_DEPTH:
            raise ValueError(f"{place}: nested more than {MAX_DEPTH} deep")
        attributes, children = _parted(value, kind, place)
        self.written.append(start)
        self.written.extend(f' {key}="{_escaped(value[key], f"{place}.{key}")}"' for key in attributes)
        if not children:
            self.written.append("/>")
            return
        self.written.append(">")
        self._depth += 1
        self._level += 1
        for field in children:
            below = f"{place}.{field.key}"
            for content, beside in _repeats(field, value, below):
                self._line()
                self._element(field, content, beside, below)
        self._depth -= 1
        self._line(-1)
        self.written.append(f"</{start[1:].partition(' ')[0]}>")

    def _element(self, field: definitions.Field, content: Any, beside: Any, place: str) -> None:
        """Write one repeat of an element."""
        if definitions.is_primitive(field.type):
            self._primitive(field, content, beside, place)
        elif beside is not None or not isinstance(content, dict) or not content:
            raise ValueError(f"{place} must be an object that is not empty")
        elif field.type == "Resource":
            self.written.append(f"<{field.key}>")
            self._line(1)
            self.resource(content, place)
            self._line(-1)
            self.written.append(f"</{field.key}>")
        else:
            self._content(content, field.type, f"<{field.key}", place)

    def _primitive(self, field: definitions.Field, content: Any, beside: Any, place: str) -> None:
        """Write a primitive: its value as an attribute, its id and extensions as every element's."""
        if content is None and not beside:
            raise ValueError(f"{place} is empty: neither a value nor an extension")
        if not isinstance(beside, dict | None):
            raise ValueError(f"{place}: its _ twin must be an object")
        if field.type == "xhtml":
            self.written.append(_narrative(content, beside, place))
            return
        value = "" if content is None else f' value="{_escaped(content, place)}"'
        self._content(beside or {}, field.type, f"<{field.key}{value}", place)


def _parted(value: dict[str, Any], kind: str, place: str) -> tuple[list[str], list[definitions.Field]]:
    """Return the keys that XML writes as attributes, and the fields of the others in R4's order."""
    fields = definitions.fields(kind)
    attributes: list[str] = []
    children: dict[str, definitions.Field] = {}
    for key in value:
        name = key.removeprefix("_")
        if key == "resourceType" and definitions.is_resource(kind):
            continue
        if name not in fields:
            raise ValueError(f"{place} has no element {key!r} in R4")
        if is_attribute(kind, key):
            attributes.append(key)
        else:
            children[name] = fields[name]
    return attributes, sorted(children.values(), key=lambda field: field.order)


def is_attribute(kind: str, key: str) -> bool:
    """Tell the two that XML writes as attributes: an element's id and an extension's url."""
    if key == "id":
        return not definitions.is_resource(kind)
    return key == "url" and kind == "Extension"


def _repeats(field: definitions.Field, value: dict[str, Any], place: str) -> Iterator[tuple[Any, Any]]:
    """Yield (value, what `_key` holds beside it) of each repeat."""
    values, beside = value.get(field.key), value.get(f"_{field.key}")
    if not field.many and not isinstance(values, list) and not isinstance(beside, list):
        yield values, beside
        return
    lists = [repeats for repeats in (values, beside) if repeats is not None]
    lengths = {len(repeats) if isinstance(repeats, list) else 0 for repeats in lists}
    if not field.many or len(lengths) != 1 or 0 in lengths:
        expected = "a list that is not empty, as long as its _ twin" if field.many else "a single value"
        raise ValueError(f"{place} must be {expected}")
    silence = [None] * lengths.pop()
    yield from zip(values or silence, beside or silence, strict=True)


def _narrative(content: Any, beside: Any, place: str) -> str:
    if beside is not None or not isinstance(content, str):
        raise ValueError(f"{place} must be one xhtml text, without extensions")
    try:
        return narrative.well_formed(content)
    except ValueError as reason:
        raise ValueError(f"{place}: {reason}") from None


def _escaped(content: Any, place: str) -> str:
    """Return a primitive as attribute text; line breaks as references, or a reader would make them blanks."""
    if isinstance(content, bool):
        return "true" if content else "false"
    if isinstance(content, dict | list | float | None):
        raise ValueError(f"{place} must be a single value")
    text = str(content)
    if not text or _NOT_XML.search(text) is not None:
        raise ValueError(f"{place} is empty or holds a character that XML cannot")
    return text.translate(_ESCAPES)
