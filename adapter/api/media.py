"""Formats: which one an answer takes, and a request's body read in the one it says it is in, within
bounds."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from flask import Request
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header, parse_options_header

from adapter.api.failure import FailureError, failure
from adapter.api.remembered import remembered
from adapter.api.subset import subset
from adapter.fhir import json
from adapter.fhir.syntax import FhirSyntaxError
from adapter.outcome import Issue, Place
from adapter.validation.xml_faults import issue_of

JSON = "application/fhir+json"
XML = "application/fhir+xml"
PLAIN_JSON = "application/json"
R4 = "4.0"

_ARGUMENTS = "crfhir.arguments"
"""Where a request keeps them once they were asked for."""

FORM = "application/x-www-form-urlencoded"
"""What the parameters of a search by POST are sent as."""

_JSON_NAMES = (JSON, PLAIN_JSON, "json", "text/json")
_XML_NAMES = (XML, "application/xml", "xml", "text/xml")
_PATCHES = (FORM, "multipart/form-data")


def wanted(request: Request, *, xml: bool = True) -> str:
    """The media type that an answer takes: `_format` before Accept, JSON where either will do.

    Failure 406 when neither JSON nor (where `xml`) XML will do.
    """
    named = arguments(request).get("_format")
    found = _named(named) if named is not None else _accepted(request.environ.get("HTTP_ACCEPT") or "*/*")
    if found is None or (found == XML and not xml):
        raise failure(
            "not-acceptable",
            f"Answers come as {f'{JSON} or {XML}' if xml else PLAIN_JSON}: ask for one by Accept or _format.",
        )
    return found


def arguments(request: Request) -> Mapping[str, str]:
    """The parameters of the request's address, and of the form of a search by POST, the first of each name: a plain
    mapping, which is cheap to ask for what is not there."""
    known: Mapping[str, str] | None = request.environ.get(_ARGUMENTS)
    if known is None:
        known = request.args.to_dict() if request.environ.get("QUERY_STRING") else {}
        if request.method == "POST" and request.mimetype == FORM:
            # A form that cannot be read is told of where the search itself is read.
            with suppress(HTTPException):
                known = request.values.to_dict()
        request.environ[_ARGUMENTS] = known
    return known


def answerable(request: Request) -> None:
    """Failure 400 or 406 when what is asked of the answer cannot be: asked before anything is done."""
    wanted(request)
    subset(arguments(request))


def _named(text: str) -> str | None:
    # A + that nobody escaped is a blank in a query.
    name = text.partition(";")[0].strip().lower().replace(" ", "+")
    if name in _JSON_NAMES:
        return JSON
    return XML if name in _XML_NAMES else None


@remembered(256)
def _accepted(header: str) -> str | None:
    """The format that the header likes best; what it likes equally, in the order in which it says so."""
    accept = parse_accept_header(header, MIMEAccept)
    names = [parse_options_header(name) for name, quality in accept if quality > 0]
    if "text/html" in [name for name, _ in names]:
        return JSON  # a browser that follows a link
    right = [name for name, options in names if options.get("fhirversion", R4) == R4]
    found = (JSON if name in ("*/*", "application/*", "text/*") else _named(name) for name in right)
    return next((kind for kind in found if kind is not None), None)


def body(request: Request, largest: int, *, xml: bool = True) -> Any:
    """The request's body, parsed; failure as of `written`, and 400 for what does not parse."""
    return parsed(*written(request, largest, xml=xml))


def written(request: Request, largest: int, *, xml: bool = True) -> tuple[bytes, str]:
    """The request's body as it was written, gzip taken off, and its format: FHIR JSON or XML, as Content-Type says.

    Failure 415 for another type, charset or coding, 413 beyond `largest` octets, 400 for a body that is empty.
    """
    type_, options = parse_options_header(request.headers.get("Content-Type", ""))
    kind = _named(type_)
    if kind is None or (kind == XML and not xml):
        raise failure("media", _which(type_, xml=xml))
    if options.get("charset", "utf-8").lower().replace("_", "-") not in ("utf-8", "utf8"):
        raise failure("media", "Send UTF-8: FHIR and this service take no other charset.")
    raw = plain(request, largest)
    if not raw.strip():
        raise failure("structure", "The body is empty: send the record or resource in it.")
    return raw, kind


def parsed(raw: bytes, kind: str) -> Any:
    """Parse text of one of the two formats; failure 400 with each fault, its line and column."""
    try:
        if kind == JSON:
            return json.parse(raw)
        from adapter.fhir import xml  # lxml is needed by few requests

        return xml.parse(raw)
    except FhirSyntaxError as reason:
        if reason.faults:
            raise FailureError(400, [issue_of(each) for each in reason.faults]) from None
        place = Place(line=reason.line, column=reason.column) if reason.line is not None else None
        raise FailureError(400, [Issue("error", reason.issue_code, str(reason), place=place)]) from None


def _which(type_: str, *, xml: bool) -> str:
    names = f"{JSON} or {XML}" if xml else PLAIN_JSON
    said = "says no Content-Type" if not type_ else f"says Content-Type {type_[:60]}"
    hint = ' (with curl: -H "Content-Type: ' + (JSON if xml else PLAIN_JSON) + '")' if type_ in (*_PATCHES, "") else ""
    return f"The request {said}: send {names}{hint}."


def plain(request: Request, largest: int) -> bytes:
    """The octets of a body, gzip taken off; failure 400, 413 or 415 as of `written`."""
    coding = request.headers.get("Content-Encoding", "identity").lower().strip()
    raw = request.get_data(cache=False)
    if request.content_length is None and len(raw) >= largest:
        # A body in chunks is read up to the limit and no further: what follows, if anything, was never seen.
        raise failure("too-long", f"The body has {largest} octets or more: send it in parts.")
    if request.content_length is not None and len(raw) != request.content_length:
        raise failure("structure", "The body is shorter than its Content-Length says: send it again.")
    if coding in ("identity", ""):
        return raw
    if coding != "gzip":
        raise failure("media", "Send the body as it is or with Content-Encoding: gzip, no other coding.")
    return _unzipped(raw, largest)


def _unzipped(raw: bytes, largest: int) -> bytes:
    unzip = zlib.decompressobj(wbits=31)
    try:
        plain = unzip.decompress(raw, largest + 1)
    except zlib.error:
        raise failure("structure", "The body is not gzip, though Content-Encoding says so.") from None
    if len(plain) > largest:
        raise failure("too-long", f"The body unzips to more than {largest} octets: send it in parts.")
    if not unzip.eof or unzip.unused_data:
        raise failure("structure", "The gzip body is cut off or followed by something else.")
    return plain
