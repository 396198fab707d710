"""Whether a certificate and its key can serve HTTPS, told before anything is served."""

from __future__ import annotations

import ssl
from typing import NoReturn

from adapter.errors import UsageError

PLAIN = "openssl pkcs8 -topk8 -nocrypt -in KEY -out key.pem"


def must_fit(certificate: str, key: str) -> None:
    """UsageError, with what to do, unless these PEM files are a certificate and its key, which is not encrypted."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_verify_locations(certificate)
    except (ssl.SSLError, ValueError):
        raise UsageError(f"{certificate} holds no certificate in PEM (-----BEGIN CERTIFICATE-----).") from None
    except OSError as reason:
        raise UsageError(f"{certificate} cannot be read: {reason.strerror}.") from None
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=_encrypted)
    except _EncryptedError:
        raise UsageError(f"The key {key} is encrypted, and nobody is asked for its password: {PLAIN}") from None
    except ssl.SSLError as reason:
        raise UsageError(_why(certificate, key, reason)) from None
    except OSError as reason:
        raise UsageError(f"{key} cannot be read: {reason.strerror}.") from None


class _EncryptedError(Exception):
    """A password was asked for."""


def _encrypted() -> NoReturn:
    raise _EncryptedError


def _why(certificate: str, key: str, reason: ssl.SSLError) -> str:
    if reason.reason in ("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH", "NO_CERTIFICATE_ASSIGNED"):
        return f"The key {key} does not fit the certificate {certificate}: name the key that it was made for."
    return f"{key} holds no private key in PEM (PKCS#8, -----BEGIN PRIVATE KEY-----): {PLAIN}"
