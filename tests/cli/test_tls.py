from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from adapter.cli.tls import must_fit
from adapter.errors import UsageError

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the keys, and is not here")


def openssl(*words: str) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate, its key, the same encrypted, two that are of another, and a text."""
    folder = tmp_path_factory.mktemp("tls")
    key = str(folder / "key.pem")
    made = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout")
    openssl(*made, key, "-out", str(folder / "cert.pem"))
    openssl(*made, str(folder / "other.pem"), "-out", str(folder / "others.pem"))
    openssl("pkcs8", "-topk8", "-in", key, "-passout", "pass:x", "-out", str(folder / "encrypted.pem"))
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(folder / "curve.pem"))
    (folder / "text.pem").write_text("no key\n")
    return folder


def test_a_certificate_and_its_key_fit(keys: Path) -> None:
    must_fit(str(keys / "cert.pem"), str(keys / "key.pem"))


@pytest.mark.parametrize(
    ("certificate", "key", "said"),
    [
        ("cert.pem", "encrypted.pem", "is encrypted"),
        ("cert.pem", "other.pem", "does not fit"),
        ("cert.pem", "curve.pem", "does not fit"),
        ("cert.pem", "text.pem", "holds no private key"),
        ("text.pem", "key.pem", "holds no certificate"),
        ("none.pem", "key.pem", r"none\.pem cannot be read"),
        ("cert.pem", "none.pem", r"none\.pem cannot be read"),
    ],
)
def test_what_cannot_serve_https_is_told_with_what_to_do(keys: Path, certificate: str, key: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        must_fit(str(keys / certificate), str(keys / key))
