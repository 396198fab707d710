"""XML as text: what is refused before a reader of XML sees it, and the values that attributes write."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any
from xml.parsers import expat

from adapter.fhir.primitive import number
from adapter.fhir.syntax import FhirSyntaxError

WHOLE_NUMBERS = frozenset({"integer", "positiveInt", "unsignedInt"})

_DECLARED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")
_DECLARATION = re.compile(rb"<\?xml\s")
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,18}", re.ASCII)


def checked(raw: bytes) -> bytes:
    """Return the bytes without byte order mark, when nothing in them needs more than a plain reader.

    Raises FhirSyntaxError.
    """
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


def typed(content: str, kind: str) -> Any:
    """Return the JSON value of a primitive's text. Raises ValueError, to be said behind the element's name."""
    if not content:
        raise ValueError(" is empty: leave it out")
    if kind == "boolean":
        if content not in ("true", "false"):
            raise ValueError(": expected true or false")
        return content == "true"
    if kind in WHOLE_NUMBERS:
        if _INTEGER.fullmatch(content) is None:
            raise ValueError(": expected a whole number")
        return int(content)
    if kind != "decimal":
        return content
    try:
        return number(content)
    except ValueError as reason:
        raise ValueError(f": {reason}") from None
