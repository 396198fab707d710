"""An XML document split into the resources of its Bundle entries, or given whole; a DOCTYPE is refused."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from lxml import etree

from adapter.files.flaw import Flaw
from adapter.files.lines import LIMIT

NAMESPACE = "http://hl7.org/fhir"
_ENTRY = (f"{{{NAMESPACE}}}entry", f"{{{NAMESPACE}}}resource")


def read_xml(stream: io.BufferedIOBase, bundle: str = "Bundle") -> Iterator[tuple[int, bytes | Flaw]]:
    """Yield (line, bytes) of each resource: of a `bundle` those of its entries, one at a time, else the root
    itself."""
    bounded = _Bounded(stream)
    events = etree.iterparse(
        bounded,
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    line = 1
    try:
        for found in _cut(events, f"{{{NAMESPACE}}}{bundle}"):
            line = found[0]
            bounded.read_since = 0
            yield found
    except _TooLargeError:
        yield line, _too_large()
    except etree.XMLSyntaxError as error:
        if "Resource limit exceeded" in str(error):
            yield error.lineno or line, _too_large()
            return
        told = (error.msg or str(error)).rstrip(".")
        why = f"this is no well-formed XML: {told}; nothing after this was read"
        yield error.lineno or line, Flaw("structure", why, fatal=True)


def _too_large() -> Flaw:
    why = f"one element is larger than {LIMIT >> 20} MB, or a text in it than 10 MB: nothing after this was read"
    return Flaw("too-costly", why, fatal=True)


def _cut(events: Any, bundle: str) -> Iterator[tuple[int, bytes | Flaw]]:
    path: list[str] = []
    for event, element in events:
        if event == "start":
            path.append(element.tag)
            if len(path) == 1 and element.getroottree().docinfo.doctype:
                yield 1, Flaw("structure", "a DOCTYPE is not allowed in FHIR: delete it", fatal=True)
                return
            continue
        whole = len(path) == 1 and path[0] != bundle
        if whole or (len(path) == 4 and path[0] == bundle and tuple(path[1:3]) == _ENTRY):
            yield element.sourceline, etree.tostring(element, with_tail=False)
        path.pop()
        if len(path) == 1 and path[0] == bundle:
            _forget(element)


def _forget(element: Any) -> None:
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


class _TooLargeError(Exception):
    """A single element is beyond the limit."""


class _Bounded:
    """Reads in parts of 64 kB; lxml asks for as much as it likes. `read_since` counts the bytes since the last whole
    element: one that is too large is not read to its end."""

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream
        self.read_since = 0

    def read(self, size: int = LIMIT) -> bytes:
        part = self._stream.read1(min(size, 1 << 16))
        self.read_since += len(part)
        if self.read_since > LIMIT:
            raise _TooLargeError
        return part
