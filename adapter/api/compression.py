"""Answers in gzip where the reader takes it and it is worth the while; `Vary` says what an answer hangs on."""

from __future__ import annotations

import gzip

from flask import Request, Response
from werkzeug.http import parse_accept_header

from adapter.api.application import names
from adapter.api.remembered import remembered

WORTH = 1024
"""Octets from which on an answer is compressed."""

LEVEL = 1
"""Of gzip: five times as fast as the usual one, and a tenth larger."""

VARY = ("Accept", "Accept-Encoding")
_VARY = ", ".join(VARY)


def compressed(request: Request, response: Response) -> Response:
    """The answer, compressed where that may be done; a weak ETag stays what it is."""
    if response.status_code == 204 or response.direct_passthrough:
        return response
    present = names(response)
    if "vary" in present:
        response.vary.update(VARY)
    else:
        response.headers.add_header("Vary", _VARY)
    if (
        response.status_code == 304
        or "content-encoding" in present
        or not _takes_gzip(request.environ.get("HTTP_ACCEPT_ENCODING", ""))
    ):
        return response
    content = response.get_data()
    if len(content) < WORTH:
        return response
    response.set_data(gzip.compress(content, LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    return response


@remembered(64)
def _takes_gzip(header: str) -> bool:
    # `*` alone may mean anything: it is not taken for gzip.
    return any(name.lower() == "gzip" and quality > 0 for name, quality in parse_accept_header(header))
