"""Where converted pieces are written, in the format asked for, and what frames them."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from adapter.convert.batch import Piece
from adapter.convert.options import Options
from adapter.convert.places import ENDINGS, Places, is_packed
from adapter.files.atomic import Staged
from adapter.files.frame import Frame, Framed


class Output:
    """The output of one run: one stream, or one file for each form or resource type in a folder."""

    def __init__(self, options: Options, places: Places, staged: Staged, frame: Callable[[str], Frame]) -> None:
        self._options, self._places, self._staged, self._frame = options, places, staged, frame
        self._open: dict[str, Framed] = {}
        self._streams: list[BinaryIO] = []
        if places.folder is not None:
            staged.folder(places.folder)
        else:
            self._only = staged.file(places.out)

    def write(self, piece: Piece) -> None:
        """Write one resource or record."""
        name, raw = piece
        part = name.partition("/")[0] if self._options.apart else ""
        framed = self._open.get(part)
        if framed is None:
            framed = self._open[part] = Framed(self._stream(part), self._frame(part or name))
        framed.write(name, raw)

    def start(self, name: str) -> None:
        """Make sure that there is an output, though nothing is written to it."""
        if not self._open and self._places.folder is None:
            self._open[""] = Framed(self._stream(""), self._frame(name))

    def end(self) -> None:
        """Write what closes each file."""
        for framed in self._open.values():
            framed.end()
        for stream in self._streams:
            stream.close()

    def _stream(self, part: str) -> BinaryIO:
        if self._places.folder is not None:
            return self._staged.file(self._places.folder / f"{part}{ENDINGS[self._options.shape]}")
        stream = packed(self._only, self._places.out)
        if stream is not self._only:
            self._streams.append(stream)
        return stream


def packed(stream: BinaryIO, path: Path | None) -> BinaryIO:
    """Return a stream that gzips into `stream` where the name of the file says so, else `stream`; the same bytes
    give the same file."""
    if path is None or not is_packed(path):
        return stream
    zipped: Any = gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0)
    return zipped  # type: ignore[no-any-return]


def fhir_frame(options: Options, base: str) -> Frame:
    """Return what stands around resources: nothing, a list, a collection or transaction Bundle in JSON, or
    one in XML."""
    if options.shape in ("bundle", "transaction"):
        return _bundle(options.shape, base)
    if options.shape == "xml":
        return _xml_bundle(base)
    return LIST if options.shape == "json" else LINES


def crf_frame(options: Options, header: Callable[[str], bytes]) -> Callable[[str], Frame]:
    """Return, for a form, what stands around its records: a header line, a list, or nothing."""
    if options.shape == "csv":
        return lambda form: Frame(before=header(form), none=header(form))
    return lambda _form: LIST if options.shape == "json" else LINES


LINES = Frame(between=b"\n", after=b"\n")

LIST = Frame(before=b"[\n  ", between=b",\n  ", after=b"\n]\n", none=b"[]\n", single=(b"", b"\n"), indent=b"  ")


def _bundle(shape: str, base: str) -> Frame:
    kind = b"collection" if shape == "bundle" else b"transaction"
    start = b'{"resourceType":"Bundle","type":"' + kind + b'"'

    def entry(name: str, raw: bytes) -> bytes:
        request = f',"request":{{"method":"PUT","url":"{name}"}}' if shape == "transaction" else ""
        return f'{{"fullUrl":"{base}/{name}","resource":'.encode() + raw + f"{request}}}".encode()

    return Frame(start + b',"entry":[\n', b",\n", b"\n]}\n", none=start + b"}\n", wrap=entry)


def _xml_bundle(base: str) -> Frame:
    declared = b'<?xml version="1.0" encoding="UTF-8"?>\n'
    start = declared + b'<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/>'

    def entry(name: str, raw: bytes) -> bytes:
        resource = bare_xml(raw)
        return f'\n<entry><fullUrl value="{base}/{name}"/><resource>'.encode() + resource + b"</resource></entry>"

    return Frame(start, after=b"\n</Bundle>\n", none=start + b"</Bundle>\n", single=(b"", b"\n"), wrap=entry)


def bare_xml(raw: bytes) -> bytes:
    """Return an XML document without its declaration."""
    return raw.partition(b"?>")[2].lstrip() if raw.startswith(b"<?xml") else raw
