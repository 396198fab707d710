"""A line for each request: its id, method, route, status, time and size. No path, query or body: they hold answers.

The id is the sender's X-Request-Id where it sends one, else made here; the answer carries it, to be quoted to us.
"""

from __future__ import annotations

import logging
import re
import sys
import uuid
from contextlib import suppress
from typing import Any

import structlog
from flask import Flask, Response, g, request

from adapter.api.config import Config
from adapter.api.metrics import elapsed, method, route

HEADER = "X-Request-Id"
LOGGER = "crfhir"

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


class StandardError(logging.Handler):
    """Writes lines to standard error as it is at the time, in one piece each."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; a reader that is gone is no reason to fail a request."""
        with suppress(OSError, ValueError):
            sys.stderr.write(f"{self.format(record)}\n")


def register(app: Flask, config: Config) -> None:
    """Give each request an id, and log it where the configuration asks for logs."""
    logged = config.log != "off"
    if logged:
        configure(config.log)
    log = structlog.stdlib.get_logger(LOGGER)

    def begin() -> None:
        given = request.headers.get(HEADER, "")
        g.request_id = given if _ID.fullmatch(given) else (uuid.uuid4().hex if logged else None)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=g.request_id)

    def end(response: Response) -> Response:
        if g.get("request_id") is not None:
            response.headers[HEADER] = g.request_id
        if logged:
            log.info("request", **_told(response))
        return response

    app.before_request(begin)
    app.after_request(end)


def _told(response: Response) -> dict[str, Any]:
    return {
        "method": method(),
        "route": route(),
        "status": response.status_code,
        "ms": round(elapsed() * 1000, 1),
        "received": request.content_length,
        "sent": response.calculate_content_length(),
    }


def configure(kind: str) -> None:
    """Write this service's log to standard error: a JSON object a line, or `text` for a person."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last = structlog.processors.JSONRenderer() if kind == "json" else structlog.dev.ConsoleRenderer(colors=False)
    handler = StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last], foreign_pre_chain=shared
        )
    )
    logger = logging.getLogger(LOGGER)
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
