"""Answers in gzip where the reader takes it and it is worth the while; `Vary` says what an answer hangs on."""

from __future__ import annotations

import gzip

from flask import Request, Response

WORTH = 1024
"""Octets from which on an answer is compressed."""

LEVEL = 1
"""Of gzip: five times as fast as the usual one, and a tenth larger."""


def compressed(request: Request, response: Response) -> Response:
    """The answer, compressed where that may be done; a weak ETag stays what it is."""
    if response.status_code in (204, 304) or response.direct_passthrough:
        return response
    response.vary.update(("Accept", "Accept-Encoding"))
    content = response.get_data()
    if len(content) < WORTH or "Content-Encoding" in response.headers or not _takes_gzip(request):
        return response
    response.set_data(gzip.compress(content, LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    return response


def _takes_gzip(request: Request) -> bool:
    # `*` alone may mean anything: it is not taken for gzip.
    return any(name.lower() == "gzip" and quality > 0 for name, quality in request.accept_encodings)
