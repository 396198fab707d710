"""A line for each request: its id, method, route, status, time and size. No path, query or body: they hold answers.

The id is the sender's X-Request-Id where it sends one, else made here; the answer carries it, to be quoted to us.
"""

from __future__ import annotations

import logging
import re
import sys
import uuid
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import msgspec
from flask import Flask, Response, g

from adapter.api.config import Config
from adapter.api.metrics import current, elapsed, method, route

HEADER = "X-Request-Id"
LOGGER = "crfhir"

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)

_asking: ContextVar[str | None] = ContextVar("request", default=None)
"""The id of the request that is being answered: every line written meanwhile has it."""


class StandardError(logging.Handler):
    """Writes lines to standard error as it is at the time, in one piece each."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        written(self.format(record))


class Line(logging.Formatter):
    """A line of the log: an object of JSON, or (`as_text`) words for a person. No traceback: it may hold an answer."""

    def __init__(self, *, as_text: bool) -> None:
        super().__init__()
        self._as_text = as_text
        self._encode = msgspec.json.Encoder().encode

    def format(self, record: logging.LogRecord) -> str:
        """Return the line without its end."""
        return self.made(record.getMessage(), record.levelname.lower(), {})

    def made(self, event: str, level: str, told: dict[str, Any]) -> str:
        """Return the line of something that is told now."""
        at, asking = f"{datetime.now(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z", _asking.get()
        if self._as_text:
            rest = "".join(f" {name}={value}" for name, value in {**told, "request": asking}.items())
            return f"{at} [{level}] {event}{rest}"
        named = {} if asking is None else {"request": asking}
        return self._encode({"event": event, **told, **named, "level": level, "timestamp": at}).decode()


def written(line: str) -> None:
    """Write a line to standard error; a reader that is gone is no reason to fail a request."""
    with suppress(OSError, ValueError):
        sys.stderr.write(f"{line}\n")


def register(app: Flask, config: Config) -> None:
    """Give each request an id, and log it where the configuration asks for logs."""
    kind = config.log or "off"
    logged = kind != "off"
    if logged:
        configure(kind)
    line = Line(as_text=kind == "text")  # not through logging: it looks for the caller of every line

    def begin() -> None:
        given = current().environ.get("HTTP_X_REQUEST_ID", "")
        name = given if _ID.fullmatch(given) else (uuid.uuid4().hex if logged else None)
        g.request_id = name
        g.asking_before = _asking.set(name)

    def end(response: Response) -> Response:
        name = g.get("request_id")
        if name is not None:
            response.headers[HEADER] = name
        if logged:
            written(line.made("request", "info", _told(response)))
        before = g.pop("asking_before", None)
        if before is not None:
            _asking.reset(before)
        return response

    app.before_request(begin)
    app.after_request(end)


def _told(response: Response) -> dict[str, Any]:
    asked = current()
    return {
        "method": method(asked),
        "route": route(asked),
        "status": response.status_code,
        "ms": round(elapsed() * 1000, 1),
        "received": asked.content_length,
        "sent": response.content_length,
    }


def configure(kind: str) -> None:
    """Write this service's log to standard error: a JSON object a line, or `text` for a person."""
    handler = StandardError()
    handler.setFormatter(Line(as_text=kind == "text"))
    logger = logging.getLogger(LOGGER)
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False
