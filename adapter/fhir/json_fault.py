"""Why a JSON text is refused, and where: slow and careful, for texts that the fast reader has given up."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from adapter.fhir.primitive import number
from adapter.fhir.syntax import FhirSyntaxError, at

MAX_DEPTH = 100

# A text that is cut off is a token too: or each quotation mark in it would be tried anew, to the end.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)
_OFFSET = re.compile(r"\(byte (\d+)\)")
_LONE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|\\u[dD][c-fC-F][0-9a-fA-F]{2}")

# What stands at the fault → what is said of it.
BEGINNINGS = {
    "NaN": "NaN is no JSON number: leave the element out, or give a data-absent-reason",
    "Infinity": "Infinity is no JSON number: leave the element out, or give a data-absent-reason",
    "-Infinity": "Infinity is no JSON number: leave the element out, or give a data-absent-reason",
    "//": "JSON has no comments: take them out",
    "/*": "JSON has no comments: take them out",
    "'": 'JSON text stands in double quotation marks: write "…"',
    "True": "write true in lower case",
    "False": "write false in lower case",
    "None": "write null, or leave the element out",
}


def explain(content: bytes, error: Exception) -> FhirSyntaxError:
    """Return the error to raise for a text that msgspec refused with `error`."""
    try:
        text = content.decode()
    except UnicodeDecodeError as fault:
        readable = content[: fault.start].decode()
        return at(readable, len(readable), "expected UTF-8: a byte here is none; save the text as UTF-8")
    if isinstance(error, RecursionError):
        return too_deep(text)
    if not text.strip():
        return FhirSyntaxError("the input is empty: a resource was expected", "structure", 1, 1)
    place = _OFFSET.search(str(error))
    if place is not None and "surrogate" not in str(error):
        return _at_byte(content, int(place[1]), str(error))
    return _lone_surrogate(text) or _beyond_measure(text) or _truncated(text)


def _at_byte(content: bytes, offset: int, message: str) -> FhirSyntaxError:
    """Return the error at a byte, in words of ours where the text there tells more."""
    text = content.decode()
    place = len(content[:offset].decode(errors="ignore"))
    if text[place - 1 : place] == "-" or "trailing characters" in message:  # named one too far
        place -= 1
    for beginning, advice in BEGINNINGS.items():
        if text.startswith(beginning, place):
            return at(text, place, advice)
    if text[place : place + 1] < " " and "invalid character" in message:
        return at(text, place, "a control character in a text: write it as an escape, a line break as \\n")
    said = _OFFSET.sub("", message).removeprefix("JSON is malformed: ").strip()
    return at(text, place, f"this is no JSON: {said}")


def _truncated(text: str) -> FhirSyntaxError:
    return at(text, len(text), "the text ends too early: it was cut off; send it again in full")


def surrogate(text: str, offset: int) -> FhirSyntaxError:
    """Return the error for half a character (a lone surrogate)."""
    return at(text, offset, "half a character (a lone surrogate): write the whole character", "value")


def _lone_surrogate(text: str) -> FhirSyntaxError | None:
    for token in _strings(text):
        half = _LONE.search(_without_pairs(token[0]))
        if half is not None:
            return surrogate(text, token.start() + half.start())
    return None


def _without_pairs(token: str) -> str:
    """Return a string's text with every escaped backslash and every whole surrogate pair blotted out."""
    pair = r"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    return re.sub(pair, lambda found: "_" * len(found[0]), token)


def _beyond_measure(text: str) -> FhirSyntaxError | None:
    """Return the error at the first number that is too large to be a measurement."""
    for token in _TOKEN.finditer(text):
        if token[0][0] in "-0123456789":
            try:
                number(token[0])
            except ValueError as reason:
                return at(text, token.start(), str(reason), "value")
    return None


def _strings(text: str) -> Iterator[re.Match[str]]:
    return (token for token in _TOKEN.finditer(text) if token[0][0] == '"')


def too_deep(text: str) -> FhirSyntaxError:
    """Return the error at the bracket that is one too deep."""
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += (token[0] in ("{", "[")) - (token[0] in ("}", "]"))
        if depth > MAX_DEPTH:
            return at(text, token.start(), f"nested more than {MAX_DEPTH} deep: no resource is", "too-costly")
    return FhirSyntaxError(f"nested more than {MAX_DEPTH} deep: no resource is", "too-costly")


def refuse_nul(text: str) -> None:
    """Raise FhirSyntaxError where a text holds the character NUL."""
    for token in _strings(text):
        if "\x00" in json.loads(token[0]):
            raise at(text, token.start(), "the character NUL stands in no FHIR text: take it out", "value")


def refuse_repeated_key(text: str) -> None:
    """Raise FhirSyntaxError at the first key that its object has already."""
    open_objects: list[set[str]] = []
    tokens = list(_TOKEN.finditer(text))
    for token, after in zip(tokens, [*tokens[1:], None], strict=True):
        if token[0] in ("{", "["):
            open_objects.append(set())
        elif token[0] in ("}", "]"):
            open_objects.pop()
        elif after is not None and after[0] == ":":
            key = json.loads(token[0])
            if key in open_objects[-1]:
                raise at(text, token.start(), f"the key {key!r} stands twice in one object: keep one")
            open_objects[-1].add(key)
