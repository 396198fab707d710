from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response, redirect, request, session
from flask.sessions import NullSession
from werkzeug.test import EnvironBuilder

from adapter.api.application import Answer, Application, names


def routed(app: Flask) -> Flask:
    """The same few views in any application."""

    @app.get("/plain/<path:rest>")
    def plain(rest: str) -> Response:
        return Response(f"{request.method} {rest} {request.host}".encode(), content_type="text/plain")

    @app.get("/streamed")
    def streamed() -> Response:
        def parts() -> Iterator[bytes]:
            yield b"a"
            yield b"b"

        return Response(parts(), content_type="text/plain")

    @app.get("/elsewhere")
    def elsewhere() -> Any:
        return redirect("/plain/ü")

    @app.get("/known")
    def known() -> Response:
        return Response(status=304, headers={"ETag": 'W/"1"'})

    @app.get("/nothing")
    def nothing() -> Response:
        return Response(status=204)

    return app


@pytest.fixture(scope="module")
def ours() -> Flask:
    return routed(Application("ours"))


@pytest.fixture(scope="module")
def flasks() -> Flask:
    return routed(Flask("ours"))


def called(app: Flask, builder: EnvironBuilder) -> tuple[str, set[tuple[str, str]], bytes, Any]:
    """Status, headers, body, and what the body came as."""
    begun: list[tuple[str, set[tuple[str, str]]]] = []
    body = app(builder.get_environ(), lambda status, headers, _=None: begun.append((status, set(headers))))  # type: ignore[arg-type,return-value]
    content = b"".join(body)
    if hasattr(body, "close"):
        body.close()
    return *begun[0], content, body


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
@pytest.mark.parametrize(
    "path",
    [
        "/plain/x",
        "/plain/%C3%BC?a=%C3%BC&b",
        "//plain//x",
        "/streamed",
        "/elsewhere",
        "/known",
        "/nothing",
        "/none",
        "",
    ],
)
@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "LOCALHOST", "[::1]:80", "ü.example", "a b", "x" * 70 + ".example", "x." * 150, ""]
)
def test_an_answer_is_what_flask_answers(ours: Flask, flasks: Flask, method: str, path: str, host: str) -> None:
    def asked() -> EnvironBuilder:
        return EnvironBuilder(path=path, method=method, headers={"Host": host})

    assert called(ours, asked())[:3] == called(flasks, asked())[:3]


def test_a_script_name_is_no_part_of_the_path(ours: Flask, flasks: Flask) -> None:
    def asked() -> EnvironBuilder:
        return EnvironBuilder(path="//x", base_url="https://h.example/below")

    assert called(ours, asked())[:3] == called(flasks, asked())[:3]


def test_an_answer_in_one_piece_reaches_the_server_as_such(ours: Flask) -> None:
    assert called(ours, EnvironBuilder(path="/plain/x"))[3] == [b"GET x localhost"]
    assert not isinstance(called(ours, EnvironBuilder(path="/streamed"))[3], list)


def test_what_is_to_be_done_when_an_answer_is_sent_is_done() -> None:
    app, closed = Application("closing"), list[bool]()

    @app.get("/")
    def view() -> Response:
        answer = Response(b"x")
        answer.call_on_close(lambda: closed.append(True))
        return answer

    assert called(app, EnvironBuilder())[2] == b"x"
    assert closed == [True]


def test_there_is_no_session_and_none_can_be_written() -> None:
    app = Application("none")
    with app.test_request_context():
        assert type(session._get_current_object()) is NullSession  # type: ignore[attr-defined]
        with pytest.raises(RuntimeError):
            session["who"] = "someone"


def test_the_names_of_headers_are_in_lower_case() -> None:
    assert names(Answer(b"", headers={"ETag": 'W/"1"'})) == {"content-type", "content-length", "etag"}
