"""What a text is that should have been JSON or FHIR XML: told from its beginning, for the message that refuses it."""

from __future__ import annotations

import re

from adapter.files.flaw import Flaw, excerpt

_SCALAR = re.compile(rb'(?:"(?:[^"\\]++|\\.)*+"|-?[0-9][0-9.eE+-]*+|true|false|null|NaN)\s*', re.DOTALL)
_OPENING = re.compile(rb"^[ \t]*+[{\[]", re.MULTILINE)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_ROOT = re.compile(rb"<([A-Za-z_][\w:.-]*)")
_MARKS = {
    b",": "CSV: name it .csv",
    b";": "CSV with semicolons: save it with commas and name it .csv",
    b"\t": "a table with tabs: save it as CSV with commas",
}
_KEPT = 20
"""Bytes of a text that are quoted."""

FHIR = b"http://hl7.org/fhir"


def no_json(head: bytes, lines: bool, what: str = "no JSON") -> Flaw | None:
    """Return the flaw of a file that is JSON by its name alone, None when it begins as JSON does.

    `lines` says that it is NDJSON, of which each line is judged for itself: one that begins well is enough.
    """
    text = head.lstrip()
    if text[:1] in (b"{", b"[") or _SCALAR.fullmatch(text) or (lines and _OPENING.search(text)):
        return None
    before = head[: len(head) - len(text)]
    line, column = before.count(b"\n") + 1, len(before) - (before.rfind(b"\n") + 1) + 1
    found = excerpt(text[:_KEPT].splitlines()[0])
    why = f"this is {what}: it begins with {found!r} and looks like {looks_like(text)}"
    return Flaw("structure", why, fatal=True, line=line, column=column)


def looks_like(text: bytes) -> str:
    """Return what a text seems to be, and what to do with it."""
    first, _, rest = text.partition(b"\n")
    second = rest.partition(b"\n")[0]
    if text[:1] == b"<":
        return "XML: name it .xml"
    for mark, said in _MARKS.items():
        if mark in first and (not second.strip() or first.count(mark) == second.count(mark)):
            return said
    return "plain text: is it the right file?"


def no_fhir_xml(head: bytes) -> Flaw | None:
    """Return the flaw of a text in angle brackets that is no FHIR XML, None when FHIR's namespace stands in it."""
    if _HTML.search(head[:1000]):
        why = "this is an HTML page, such as a login or an error page of a server: is it the right file?"
        return Flaw("structure", why, fatal=True)
    if FHIR in head:
        return None
    root = _ROOT.search(head)
    named = f"its root is <{excerpt(root[1][:60])}>" if root is not None else "it has no root"
    why = f'this XML is no FHIR ({named}, not a resource with xmlns="{FHIR.decode()}")'
    return Flaw("structure", f"{why}; CRF records are read from CSV, Excel, JSON or NDJSON", fatal=True)
