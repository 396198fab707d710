"""Text → tokens of FHIRPath N1. One pass: each character is looked at a bounded number of times.

Source: http://hl7.org/fhirpath/N1/#tokens
"""

from __future__ import annotations

import re
from typing import NamedTuple

from adapter.fhir.fhirpath.fault import FhirPathError

# The alternatives begin differently, or the longer stands first. What is left open (a string, a comment) matches
# without its end, and is refused at once: so nothing is read twice.
_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r\n]+|//[^\r\n]*|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)
      | (?P<open>/\*)
      | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<symbol><=|>=|!=|!~|[.,()\[\]{}|&=~<>+\-*/])
      | (?P<string>'[^'\\]*(?:\\.[^'\\]*)*'?)
      | (?P<quoted>`[^`\\]*(?:\\.[^`\\]*)*`?)
      | (?P<number>[0-9]+(?:\.[0-9]+)?)
      | (?P<moment>@(?:T[0-9:]+(?:\.[0-9]+)?
          |[0-9]{4}(?:-[0-9]{2}){0,2}(?:T(?:[0-9:]+(?:\.[0-9]+)?(?:Z|[+\-][0-9]{2}:[0-9]{2})?)?)?))
      | (?P<external>%(?:[A-Za-z_][A-Za-z0-9_\-]*|`[^`\\]*(?:\\.[^`\\]*)*`?|'[^'\\]*(?:\\.[^'\\]*)*'?))
      | (?P<dollar>\$(?:this|index|total)\b)
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPE = r"\\(?:u([0-9A-Fa-f]{4})|(.))"
_ESCAPED = {"`": "`", "'": "'", '"': '"', "\\": "\\", "/": "/", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}

LONGEST = 100_000
"""Characters of an expression; R4's longest has 570."""


class Token(NamedTuple):
    """`kind` is a group of the expression above, or 'end'; text is unescaped and without its quotes."""

    kind: str
    text: str
    position: int


def tokens(text: str) -> list[Token]:
    """Return the tokens of an expression, the last one of kind 'end'. Raises FhirPathError."""
    if len(text) > LONGEST:
        raise FhirPathError(f"an expression has at most {LONGEST} characters", LONGEST)
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise FhirPathError(f"{text[position]!r} is not expected here", position)
        kind = str(match.lastgroup)
        if kind != "blank":
            found.append(Token(kind, _content(kind, match[0], position), position))
        position = match.end()
    found.append(Token("end", "", len(text)))
    return found


def _content(kind: str, text: str, position: int) -> str:
    """Return a token's text without quotes and escapes."""
    if kind in ("string", "quoted"):
        return _unquoted(text, position)
    if kind == "external":
        return _unquoted(text[1:], position) if text[1] in "'`" else text[1:]
    if kind == "open":
        raise FhirPathError("a comment is not closed by */", position)
    return text


def _unquoted(text: str, position: int) -> str:
    """Return what stands between quotes. Raises FhirPathError when they are not closed."""
    if len(text) < 2 or text[-1] != text[0] or _escapes_its_end(text):
        raise FhirPathError(f"a text is not closed by {text[0]}", position)
    inside = text[1:-1]
    return (
        inside
        if "\\" not in inside
        else re.sub(_ESCAPE, lambda escape: _character(escape, position), inside, flags=re.DOTALL)
    )


def _escapes_its_end(text: str) -> bool:
    """Tell whether the last character is part of an escape: 'a\\' has no end."""
    before = text[:-1]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _character(escape: re.Match[str], position: int) -> str:
    if escape[1] is not None:
        return chr(int(escape[1], 16))
    if escape[2] not in _ESCAPED:
        raise FhirPathError(f"{escape[0]!r} is no escape of FHIRPath", position + escape.start() + 1)
    return _ESCAPED[escape[2]]
