from __future__ import annotations

from pathlib import Path

from adapter.cli.key import demo_key
from adapter.config import secret_key


def test_a_demo_makes_a_key_once_that_its_owner_alone_reads(tmp_path: Path) -> None:
    found = []
    for _ in range(2):
        environ: dict[str, str] = {}
        demo_key(tmp_path / "demo", environ)
        found.append(secret_key(environ))
    assert found[0] == found[1]
    assert (tmp_path / "demo" / "key").stat().st_mode & 0o777 == 0o600


def test_a_key_that_is_set_is_used(tmp_path: Path) -> None:
    environ = {"CRFHIR_KEY": "a key of somebody's own"}
    demo_key(tmp_path, environ)
    assert not (tmp_path / "key").exists()
