"""How the service was started, read from the environment once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address

from adapter.errors import UsageError

LARGEST_BODY = 16 * 1024 * 1024
"""Octets of a request's body, after decompression."""

HOST = "127.0.0.1"
PORT = 8000
DATABASE = "sqlite:///crfhir.db"


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Config:
    """What the service needs to know. `open_demo`: sample data for anyone on this machine, without a
    token."""

    study: str | None = None
    database: str = DATABASE
    host: str = HOST
    port: int = PORT
    open_demo: bool = False
    base: str = ""
    largest_body: int = LARGEST_BODY
    clock: Callable[[], datetime] = field(default=_utc_now)

    def __post_init__(self) -> None:
        if self.open_demo and not is_loopback(self.host):
            raise UsageError(
                "The open demo answers anyone who reaches it, so it listens on loopback only, "
                f"not on {self.host}: "
                "set HOST=127.0.0.1, or leave CRFHIR_OPEN_DEMO unset."
            )

    @property
    def base_url(self) -> str:
        """What the service calls itself in links, without a slash at the end; never taken from a request."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.base or f"http://{host}:{self.port}"

    @staticmethod
    def from_environ(environ: Mapping[str, str]) -> Config:
        """Read CRFHIR_STUDY, CRFHIR_DATABASE, CRFHIR_OPEN_DEMO, CRFHIR_BASE_URL, HOST and PORT."""
        return Config(
            study=environ.get("CRFHIR_STUDY") or None,
            database=environ.get("CRFHIR_DATABASE") or DATABASE,
            host=environ.get("HOST") or HOST,
            port=_port(environ.get("PORT") or str(PORT)),
            open_demo=environ.get("CRFHIR_OPEN_DEMO") == "1",
            base=environ.get("CRFHIR_BASE_URL", "").rstrip("/"),
        )


def is_loopback(host: str) -> bool:
    """True for a name or address that only this machine reaches."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise UsageError(f"PORT is a number from 0 to 65535, not {text!r}.")
    return int(text)
