"""What a monitoring system counts: requests by route and status, and how long they took. No id, key or value of anyone.

Several workers add up: each writes to files of its own in PROMETHEUS_MULTIPROC_DIR, which `crfhir serve` sets.
"""

from __future__ import annotations

import hmac
import os
import time
from functools import lru_cache

from flask import Flask, Request, Response, g, request
from flask.globals import request_ctx
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from adapter.api.config import Config, is_loopback
from adapter.api.failure import failure

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
OF_A_PROXY = ("Forwarded", "Via", "X-Forwarded-For", "X-Real-IP")
"""Headers by which a proxy on this machine says that who asks is elsewhere."""

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Meter:
    """The counters of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "crfhir_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "crfhir_request_seconds",
            "Seconds from a request's first line to its answer.",
            ("method", "route"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._children = lru_cache(1024)(self._labelled)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        requests, times = self._children(method, route, status)
        requests.inc()
        times.observe(seconds)

    def _labelled(self, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        return self._requests.labels(method, route, str(status)), self._seconds.labels(method, route)

    def text(self) -> bytes:
        """Return the counts of every worker, in the format of Prometheus."""
        if not os.environ.get(FOLDER):
            return generate_latest(self.registry)
        whole = CollectorRegistry()
        MultiProcessCollector(whole)  # type: ignore[no-untyped-call]
        return generate_latest(whole)


def register(app: Flask, config: Config) -> None:
    """Count every request of an application, and answer /metrics: on this machine, or to the configured token."""
    meter = Meter()

    def begin() -> None:
        g.began = time.perf_counter()

    def end(response: Response) -> Response:
        asked = current()
        meter.count(method(asked), route(asked), response.status_code, elapsed())
        return response

    def metrics() -> Response:
        _admit(config)
        return Response(meter.text(), content_type=CONTENT_TYPE_LATEST)

    app.before_request(begin)
    app.after_request(end)
    app.add_url_rule("/metrics", view_func=metrics)


def elapsed() -> float:
    """Return the seconds since the request of now began."""
    return time.perf_counter() - float(g.get("began", time.perf_counter()))


def current() -> Request:
    """Return the request of now itself: each look through the proxy costs as much as what is looked for."""
    return request_ctx.request


def method(asked: Request) -> str:
    """Return the request's method, one of few: what a stranger makes up is no label."""
    return asked.method if asked.method in METHODS else "other"


def route(asked: Request) -> str:
    """Return the rule that the request's path matched, without what stood in it."""
    return asked.url_rule.rule if asked.url_rule is not None else "none"


def _admit(config: Config) -> None:
    given = request.headers.get("Authorization", "")
    if config.metrics_token is None:
        handed_on = any(name in request.headers for name in OF_A_PROXY)
        allowed = is_loopback(request.remote_addr or "") and not handed_on
    else:
        allowed = hmac.compare_digest(given.encode(), f"Bearer {config.metrics_token}".encode())
    if not allowed:
        raise failure("login", "Metrics are told on this machine, or to the bearer of CRFHIR_METRICS_TOKEN.")
