"""The key of a demo: made once, beside its database and readable by its owner alone."""

from __future__ import annotations

import os
import secrets
from collections.abc import MutableMapping
from pathlib import Path

from adapter.config import KEY, KEY_FILE


def demo_key(folder: Path, environ: MutableMapping[str, str] = os.environ) -> None:
    """Let the demo in this folder use a key of its own, made when there is none; one that is set already is used."""
    if environ.get(KEY) or environ.get(KEY_FILE):
        return
    path = folder / "key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
            stream.write(f"{secrets.token_hex(32)}\n")
    environ[KEY_FILE] = str(path.absolute())
