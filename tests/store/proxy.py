"""What stands between a client and a PostgreSQL server, and cuts the line while a transaction commits."""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

from sqlalchemy import make_url

BEFORE, AFTER = "before", "after"
COMMIT = b"COMMIT"


class Proxy:
    """Listens in a folder of its own. `cut` says when the next commit loses its line: BEFORE the server has heard of
    it, or AFTER it has committed and before the client hears so; it is None again then."""

    def __init__(self, url: str) -> None:
        self._server = make_url(url)
        self._folder = Path(tempfile.mkdtemp(prefix="crfhir-px-"))
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._folder / self._name))
        self._listener.listen()
        self.cut: str | None = None
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def _name(self) -> str:
        return f".s.PGSQL.{self._server.port or 5432}"

    @property
    def url(self) -> str:
        """How the database is reached through it."""
        return self._server.update_query_dict({"host": str(self._folder)}).render_as_string(hide_password=False)

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()
        shutil.rmtree(self._folder)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(f"{self._server.query['host']}/{self._name}")
            for pump in (self._to_server, self._to_client):
                threading.Thread(target=pump, args=(client, server), daemon=True).start()

    def _to_server(self, client: socket.socket, server: socket.socket) -> None:
        while told := _received(client):
            if COMMIT in told and self.cut is not None:
                when, self.cut = self.cut, None
                if when == AFTER:
                    client.shutdown(socket.SHUT_WR)  # what the server answers finds nobody
                    _sent(server, told)
                    _received(client)
                break
            if not _sent(server, told):
                break
        _close(client, server)

    def _to_client(self, client: socket.socket, server: socket.socket) -> None:
        while (told := _received(server)) and _sent(client, told):
            pass
        _close(client, server)


def _received(from_: socket.socket) -> bytes:
    with suppress(OSError):
        return from_.recv(65536)
    return b""


def _sent(to: socket.socket, told: bytes) -> bool:
    with suppress(OSError):
        to.sendall(told)
        return True
    return False


def _close(*sockets: socket.socket) -> None:
    for one in sockets:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)  # who waits for it in another thread goes on too
        one.close()
