"""Flask without what this service has no use for: sessions, asynchronous views, answers that are streams."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, Response
from flask.sessions import NullSession, SessionInterface
from werkzeug.routing import Map, MapAdapter
from werkzeug.wsgi import get_host

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

_BODILESS = (204, 304)
_LONGEST_HOST = 255
_NO_RULES = Map()
_OF_THE_HOST = ("wsgi.url_scheme", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT")


class Answer(Response):
    """A response that is one piece of bytes is given to the server as such: none of it is iterated over."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as WSGI says."""
        if not self._is_plain(environ):
            return super().__call__(environ, start_response)
        start_response(self.status, self.headers.to_wsgi_list())
        return self.response  # type: ignore[return-value]

    def _is_plain(self, environ: WSGIEnvironment) -> bool:
        # werkzeug itself sees to answers without a body, to addresses in headers, and to what is closed at the end.
        return (
            type(self.response) is list
            and environ["REQUEST_METHOD"] != "HEAD"
            and self._status_code >= 200
            and self._status_code not in _BODILESS
            and not self._on_close
            and (present := names(self)) >= _NEEDED
            and present.isdisjoint(_ADDRESSES)
        )


_NEEDED = {"content-length"}
_ADDRESSES = {"location", "content-location"}


def names(response: Response) -> set[str]:
    """The names of a response's headers, in lower case: cheaper than to ask for each of several."""
    return {name.lower() for name, _ in response.headers}


class NoSession(SessionInterface):
    """There are no sessions: every request has the same empty one, which cannot be written."""

    _none = NullSession()

    def open_session(self, _app: Flask, _request: Request) -> NullSession:
        """Return the empty session."""
        return self._none


class Application(Flask):
    """The application: Flask's, with the above."""

    response_class = Answer
    session_interface = NoSession()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function itself: none of this service is asynchronous, and looking it up costs at every hook."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return what finds the rule of a request; there is none outside of requests, as no SERVER_NAME is set.

        As Flask's, which reads and checks the host twice.
        """
        if request is None:
            return None
        environ = request.environ
        if "HTTP_UPGRADE" in environ or len(environ.get("HTTP_HOST", "")) > _LONGEST_HOST:
            return super().create_url_adapter(request)
        request.host, server = _host(*map(environ.get, _OF_THE_HOST))
        path = environ.get("PATH_INFO", "").encode("latin-1").decode(errors="replace")
        script = environ.get("SCRIPT_NAME", "").encode("latin-1").decode(errors="replace")
        query = environ.get("QUERY_STRING", "")
        return MapAdapter(
            self.url_map, server, script or "/", "", environ["wsgi.url_scheme"], path, environ["REQUEST_METHOD"], query
        )


@lru_cache(256)
def _host(*given: Any) -> tuple[str, str]:
    """The host of a request, and the server's name in its addresses. A BadRequest for what cannot be one."""
    environ = {name: value for name, value in zip(_OF_THE_HOST, given, strict=True) if value is not None}
    host = get_host(environ)
    return host, _NO_RULES.bind(host).server_name
