"""How the service was started: read once, from the environment and from the file that CRFHIR_CONFIG names.

The environment is stronger than the file. Every fault of both is told at once, with what would be right.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from adapter.errors import UsageError
from adapter.store.clock import utc_now

LARGEST_BODY = 16 * 1024 * 1024
"""Octets of a request's body, after decompression."""

ARRIVAL_SECONDS = 30
"""Seconds that a request's headers may take to arrive, and then its body; and that a connection may lie idle."""

PUSHES_AT_ONCE = 64
"""Requests with a body that one sender may have at work in one worker."""

HOST = "127.0.0.1"
PORT = 8000
WORKERS = 2
DATABASE = "sqlite:///crfhir.db"
FILE = "CRFHIR_CONFIG"
"""The environment variable that names the file: TOML, with the names below."""

LOGS = ("json", "text", "off")


@dataclass(frozen=True)
class Config:
    """What the service needs to know. `open_demo`: sample data for anyone on this machine, without a
    token. `key_file`: where the secret key is (`adapter.config.secret_key`). `log` None: not said."""

    study: str | None = None
    database: str = DATABASE
    host: str = HOST
    port: int = PORT
    open_demo: bool = False
    base: str = ""
    largest_body: int = LARGEST_BODY
    arrival_seconds: int = ARRIVAL_SECONDS
    pushes_at_once: int = PUSHES_AT_ONCE
    tls_certificate: str | None = None
    tls_key: str | None = None
    metrics_token: str | None = None
    key_file: str | None = None
    workers: int = WORKERS
    log: str | None = None
    clock: Callable[[], datetime] = field(default=utc_now)

    def __post_init__(self) -> None:
        if self.open_demo and not is_loopback(self.host):
            raise UsageError(
                "The open demo answers anyone who reaches it, so it listens on loopback only, "
                f"not on {self.host}: "
                "set HOST=127.0.0.1, or leave CRFHIR_OPEN_DEMO unset."
            )
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise UsageError("TLS needs both, the certificate and its key: CRFHIR_TLS_CERTIFICATE and CRFHIR_TLS_KEY.")

    @property
    def base_url(self) -> str:
        """What the service calls itself in links, without a slash at the end; never taken from a request."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.base or f"{'http' if self.tls_key is None else 'https'}://{host}:{self.port}"

    @staticmethod
    def from_environ(environ: Mapping[str, str], only: Collection[str] | None = None) -> Config:
        """Read the variables of SETTINGS, and the file that CRFHIR_CONFIG names, if it is set; of these settings
        `only`.

        UsageError with every fault of both.
        """
        faults: list[str] = []
        given = _of_file(environ[FILE], faults) if environ.get(FILE) else {}
        found: dict[str, Any] = {}
        for setting in SETTINGS:
            if only is None or setting.name in only:
                _settle(setting, environ, given, found, faults)
        if faults:
            raise UsageError("\n".join(faults))
        return Config(**found)


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting: its name in the file and in Config, its environment variable, how its text is read."""

    name: str
    variable: str
    read: Callable[[str], Any]
    """Raises ValueError with what would be right."""


def _settle(
    setting: Setting, environ: Mapping[str, str], given: Mapping[str, Any], found: dict[str, Any], faults: list[str]
) -> None:
    """Read a setting where it is given, in the file and then in the environment, which is stronger; a variable that is
    empty says nothing."""
    if setting.name in given:
        value = given[setting.name]
        text = {True: "1", False: "0"}[value] if isinstance(value, bool) else str(value)
        _read(setting, f"{setting.name} of {environ[FILE]}", text, found, faults)
    if environ.get(setting.variable):
        _read(setting, setting.variable, environ[setting.variable], found, faults)


def _read(setting: Setting, named: str, text: str, found: dict[str, Any], faults: list[str]) -> None:
    try:
        found[setting.name] = setting.read(text)
    except ValueError as reason:
        faults.append(f"{named} is {reason}, not {text[:60]!r}.")


def _of_file(name: str, faults: list[str]) -> dict[str, Any]:
    try:
        given = tomllib.loads(Path(name).read_text(encoding="utf-8"))
    except OSError as reason:
        raise UsageError(f"{FILE}: {name} cannot be read: {reason.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as reason:
        raise UsageError(f"{FILE}: {name} is no TOML: {reason}") from None
    known = [setting.name for setting in SETTINGS]
    for unknown in given.keys() - set(known):
        near = get_close_matches(unknown, known, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}."
        faults.append(f"{name} has a setting {unknown[:60]!r}: {hint}")
    return given


def is_loopback(host: str) -> bool:
    """True for a name or address that only this machine reaches."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError("a text that is not empty")
    return text


def _yes_or_no(text: str) -> bool:
    if text not in ("1", "0"):
        raise ValueError("1 or 0 (in a file true or false)")
    return text == "1"


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 16 and least <= int(text) <= most):
            raise ValueError(f"a number from {least} to {most}")
        return int(text)

    return read


def _file(text: str) -> str:
    if not Path(text).is_file():
        raise ValueError("a file that is there")
    return text


def _base(text: str) -> str:
    if not text.startswith(("http://", "https://")) or "?" in text or "#" in text:
        raise ValueError("a URL such as https://fhir.example.org, without ? and #")
    return text.rstrip("/")


def _one_of(names: tuple[str, ...]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in names:
            raise ValueError(f"one of {', '.join(names)}")
        return text

    return read


SETTINGS = (
    Setting("study", "CRFHIR_STUDY", _text),
    Setting("database", "CRFHIR_DATABASE", _text),
    Setting("host", "HOST", _text),
    Setting("port", "PORT", _number(0, 65535)),
    Setting("open_demo", "CRFHIR_OPEN_DEMO", _yes_or_no),
    Setting("base", "CRFHIR_BASE_URL", _base),
    Setting("largest_body", "CRFHIR_LARGEST_BODY", _number(1024, 1024**3)),
    Setting("arrival_seconds", "CRFHIR_ARRIVAL_SECONDS", _number(1, 60)),
    Setting("pushes_at_once", "CRFHIR_PUSHES_AT_ONCE", _number(1, 1000)),
    Setting("tls_certificate", "CRFHIR_TLS_CERTIFICATE", _file),
    Setting("tls_key", "CRFHIR_TLS_KEY", _file),
    Setting("metrics_token", "CRFHIR_METRICS_TOKEN", _text),
    Setting("key_file", "CRFHIR_KEY_FILE", _text),
    Setting("workers", "CRFHIR_WORKERS", _number(1, 64)),
    Setting("log", "CRFHIR_LOG", _one_of(LOGS)),
)
"""What can be set, by environment variable or by name in the file."""
