"""The same work done bare, as the limit: Flask that answers constant bytes, a database that takes the same bytes."""

from __future__ import annotations

import os
import sqlite3
import time
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


def inserted(folder: Path, bodies: list[bytes], each: int, seconds: float) -> float:
    """Return how many bodies a second one writer puts into SQLite, `each` in a transaction, synchronous=FULL."""
    with sqlite3.connect(folder / "limit.db", isolation_level=None) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE bare (number INTEGER PRIMARY KEY, id TEXT UNIQUE, body BLOB)")
        began, count = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            rows = [(f"r{count + place}", bodies[place % len(bodies)]) for place in range(each)]
            database.execute("BEGIN IMMEDIATE")
            database.executemany("INSERT INTO bare (id, body) VALUES (?, ?)", rows)
            database.execute("COMMIT")
            count += each
        spent = time.perf_counter() - began
    database.close()
    return count / spent
