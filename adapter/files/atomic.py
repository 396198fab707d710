"""Files that appear when they are complete: written beside their place, then renamed; standard output is held
back likewise."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from adapter.errors import CrfhirError
from adapter.files.source import reason


class Staged:
    """A set of outputs that appear together. Leaving the block discards what was not committed."""

    def __init__(self) -> None:
        self._renames: list[tuple[Path, Path, BinaryIO]] = []
        self._copies: list[tuple[Path | None, BinaryIO]] = []
        self._folders: list[Path] = []

    def __enter__(self) -> Staged:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()

    def folder(self, path: Path) -> None:
        """Make `path` a folder, unless it is one; taken back when nothing is committed."""
        missing = [each for each in (path, *path.parents) if not each.exists()]
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CrfhirError(f"{path} cannot be written: {reason(error)}. {_another('-o')}") from error
        self._folders += missing

    def file(self, path: Path | None, option: str = "-o") -> BinaryIO:
        """Return a stream whose content will be that of `path`, None for standard output; CrfhirError when it
        cannot be, which names the option that gives another place."""
        if path is None or (path.exists() and not path.is_file()):
            return self._spooled(path)
        target = Path(os.path.realpath(path))
        part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        try:
            stream = os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666), "w+b")
            if target.exists():
                part.chmod(stat.S_IMODE(target.stat().st_mode))
        except OSError as error:
            raise CrfhirError(f"{path} cannot be written: {_why(path, error)}. {_another(option)}") from error
        self._renames.append((part, target, stream))
        return stream

    def _spooled(self, path: Path | None) -> BinaryIO:
        if path is not None and path.is_dir():
            raise CrfhirError(f"{path} is a folder: give the name of a file in it.")
        stream: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - discard() closes it
        self._copies.append((path, stream))
        return stream

    def ready(self) -> None:
        """Put every output on the disk, under the name of a part; CrfhirError when the disk refuses."""
        try:
            for _, _, stream in self._renames:
                if not stream.closed:
                    stream.flush()
                    os.fsync(stream.fileno())
                    stream.close()
        except OSError as error:
            raise CrfhirError(f"The output could not be written: {reason(error)}. Nothing was changed.") from error

    def commit(self) -> None:
        """Let every output appear; CrfhirError, and nothing of the files, when the disk refuses."""
        self.ready()
        try:
            for part, target, _ in self._renames:
                part.replace(target)
        except OSError as error:
            raise CrfhirError(f"The output could not be written: {reason(error)}. Nothing was changed.") from error
        self._renames, self._folders = [], []
        for path, stream in self._copies:
            _copy(stream, path)
        self._copies = []

    def discard(self) -> None:
        """Remove every trace of what was not committed."""
        for part, _, stream in self._renames:
            with suppress(OSError):
                stream.close()
            part.unlink(missing_ok=True)
        for _, stream in self._copies:
            stream.close()
        for folder in self._folders:
            with suppress(OSError):
                folder.rmdir()
        self._renames, self._copies, self._folders = [], [], []


def _why(path: Path, error: OSError) -> str:
    missing = isinstance(error, FileNotFoundError) and not path.parent.exists()
    return f"there is no folder {path.parent}" if missing else reason(error)


def _another(option: str) -> str:
    return f"Give another place with {option}."


def _copy(stream: BinaryIO, path: Path | None) -> None:
    stream.seek(0)
    if path is None:
        shutil.copyfileobj(stream, sys.stdout.buffer, 1 << 20)
        sys.stdout.buffer.flush()
    else:
        with path.open("wb") as target:
            shutil.copyfileobj(stream, target, 1 << 20)
    stream.close()
