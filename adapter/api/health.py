"""Whether the process lives and whether it can serve: what a supervisor and a load balancer ask. No data of anyone."""

from __future__ import annotations

from flask import Blueprint, Response

from adapter.api import answer
from adapter.api.service import service
from adapter.errors import StoreError

blueprint = Blueprint("health", __name__, url_prefix="/health")


@blueprint.get("/live")
def live() -> Response:
    """Answer 200 as long as the process answers at all."""
    return _said("live", 200)


@blueprint.get("/ready")
def ready() -> Response:
    """Answer 200 when the database answers, 503 when it does not now."""
    try:
        service().store.ping()
    except StoreError:
        response = _said("not ready: the database does not answer", 503)
        response.headers["Retry-After"] = "2"
        return response
    return _said("ready", 200)


def _said(status: str, code: int) -> Response:
    response = answer.plain({"status": status}, code)
    response.headers["Cache-Control"] = "no-store"
    return response
