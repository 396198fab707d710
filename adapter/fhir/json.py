"""FHIR JSON ⇄ plain dicts, as written: decimals keep their digits, and what is ambiguous is refused.

`parse` reads at the speed of msgspec. When what it read, written again, is not the compacted input byte for
byte, the standard library decides (repeated keys, escapes, -0). Source: https://hl7.org/fhir/R4/json.html
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NoReturn

import msgspec

from adapter.fhir import json_fault
from adapter.fhir.primitive import WrittenDecimal, number
from adapter.fhir.syntax import FhirSyntaxError

__all__ = ["FhirSyntaxError", "encode", "parse", "parse_resource", "pretty"]

BOM = b"\xef\xbb\xbf"

MOST_VALUES = 5_000_000
"""Values in one text, told by their commas: objects take far more memory than what is written, `{}` twenty times."""


def _raw(value: Any) -> msgspec.Raw:
    """Write a decimal as it was written. Raises TypeError for what JSON cannot hold."""
    if isinstance(value, WrittenDecimal):
        return msgspec.Raw(value.text.encode())
    raise TypeError(f"FHIR JSON holds no {type(value).__name__}")


def _number(text: str) -> int | Decimal:
    """Return the number of a text that msgspec found to be one; the usual kind without further question.

    `str` gives a Decimal back as it was written, but for an exponent and for what begins with six zeros.
    """
    if len(text) < 30 and "e" not in text and "E" not in text and not text.startswith(_SMALL):
        return Decimal(text)
    return number(text)


_SMALL = ("0.000000", "-0.000000")
_DECODER = msgspec.json.Decoder(float_hook=_number)
_ENCODER = msgspec.json.Encoder(decimal_format="number", enc_hook=_raw)
write = _ENCODER.encode
"""The bytes of what `parse` gave: equal ones are of equal values, which other Python values need not be."""

_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_NO_OPENINGS = bytes(set(range(256)) - set(b"{["))
_DEEP = b"\n" + b" " * json_fault.MAX_DEPTH
"""How a line begins that stands in a hundred brackets, where each indents by one."""


def parse(raw: bytes | str) -> Any:
    """Return the value of a JSON text: objects as dicts in their order, numbers as int or Decimal.

    Raises FhirSyntaxError for what FHIR refuses or two readers would read in two ways: a repeated key, NaN,
    a number beyond measure, half a character, NUL, an encoding other than UTF-8, a depth over 100.
    """
    content = _utf8(raw) if isinstance(raw, str) else raw
    if len(content) > MOST_VALUES and content.count(b",") > MOST_VALUES:
        raise FhirSyntaxError(f"more than {MOST_VALUES:,} values: expected a smaller resource", "too-costly")
    try:
        value = _DECODER.decode(content)
    except _UNREADABLE:
        content, value = _read_with_care(content)
    if len(content.translate(None, _NO_OPENINGS)) > json_fault.MAX_DEPTH:
        _refuse_depth(value, content)
    written = _ENCODER.encode(value)
    if written != content and written != msgspec.json.format(content, indent=-1):
        value = _by_standard_library(content)
    if b"\\" in content and b"\\u0000" in content:
        json_fault.refuse_nul(content.decode())
    return value


def parse_resource(raw: bytes | str) -> dict[str, Any]:
    """Return a resource: an object with a `resourceType`. Raises FhirSyntaxError, as `parse` does, if not."""
    value = parse(raw)
    if not isinstance(value, dict):
        raise FhirSyntaxError("expected one resource, a JSON object that begins with {", "structure", 1, 1)
    if not isinstance(value.get("resourceType"), str):
        raise FhirSyntaxError('expected a resource: the object has no "resourceType"', "structure", 1, 1)
    return value


def encode(resource: Any) -> bytes:
    """Return compact UTF-8 JSON, keys in the order of the dict, decimals with their digits.

    Raises ValueError for a Decimal that is no number and for text that is no Unicode.
    """
    raw = _ENCODER.encode(resource)
    if b"NaN" in raw or b"Infinity" in raw:
        _refuse_not_finite(resource)
    return raw


def pretty(resource: Any) -> str:
    """Return JSON for people: indented by two spaces, the same digits."""
    return msgspec.json.format(encode(resource), indent=2).decode()


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise json_fault.surrogate(text, error.start) from None


def _read_with_care(content: bytes) -> tuple[bytes, Any]:
    """Return a text that was refused, without its byte order mark, and its value; FhirSyntaxError if that was not all.

    No text in UTF-16 or UTF-32 is read: its byte order mark, or the NUL in its first character, is no JSON.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or (b"\x00" in content[:2] and content[:4].strip(b"\x00")):
        raise FhirSyntaxError("expected UTF-8; this is UTF-16 or UTF-32: save it as UTF-8", "structure", 1, 1)
    content = content.removeprefix(BOM)
    try:
        return content, _DECODER.decode(content)
    except _UNREADABLE as error:
        raise json_fault.explain(content, error) from None


def _by_standard_library(content: bytes) -> Any:
    """Return the value of a text that msgspec could read, refusing repeated keys."""
    text = content.decode()

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            json_fault.refuse_repeated_key(text)
        return found

    try:
        return json.loads(text, object_pairs_hook=unique, parse_float=number, parse_int=number)
    except RecursionError as error:
        raise json_fault.explain(content, error) from None


def _refuse_depth(value: Any, content: bytes) -> None:
    """Raise FhirSyntaxError for a value of over 100 levels; a text indented by msgspec tells most that have fewer."""
    try:
        if _DEEP not in msgspec.json.format(content, indent=1):
            return
    except RecursionError as error:
        raise json_fault.explain(content, error) from None
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(json_fault.MAX_DEPTH + 1):
        level = [
            below
            for above in level
            for below in (above.values() if type(above) is dict else above)
            if type(below) is dict or type(below) is list
        ]
        if not level:
            return
    raise json_fault.too_deep(content.decode())


def _refuse_not_finite(resource: Any) -> None:
    """Raise ValueError if a Decimal below is no number; text may say NaN."""
    level: list[Any] = [resource]
    while level:
        value = level.pop()
        if isinstance(value, Decimal) and not value.is_finite():
            _refuse_number()
        if isinstance(value, dict | list):
            level.extend(value.values() if isinstance(value, dict) else value)


def _refuse_number() -> NoReturn:
    raise ValueError("a decimal that is not a number cannot be written in FHIR")
