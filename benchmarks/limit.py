"""The same work done bare, as the limit of an answer: Flask that answers constant bytes."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask, Response

BODY = "CRFHIR_BENCH_BODY"
"""The environment variable that names the file whose bytes the application answers."""


def application() -> Flask:
    """Return an application that answers every request with the same bytes, once its body is read."""
    from flask import request

    content = Path(os.environ[BODY]).read_bytes()
    app = Flask("limit")

    @app.get("/<path:_path>")
    def read(_path: str) -> Response:
        return Response(content, content_type="application/fhir+json")

    @app.post("/<path:_path>")
    def push(_path: str) -> Response:
        request.get_data(cache=False)
        return Response(content, content_type="application/fhir+json")

    return app
