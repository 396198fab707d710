"""What the compiled profiles were compiled from: a text of digests, kept beside the FSH files.

SUSHI is no part of this project and not everywhere: with the digests anyone sees whether what is committed is what
SUSHI made of the FSH files and of the package as they are now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256

FILE = "compiled.txt"
HEAD = "# Made by `make profiles`: what SUSHI read and wrote, by SHA-256."


def digest(compiler: str, read: Mapping[str, str], written: Mapping[str, str]) -> str:
    """Return the text: the compiler with its version, then a line for each file that it read and wrote."""
    lines = [HEAD, f"compiler {compiler}", *_lines("read", read), *_lines("wrote", written)]
    return "".join(f"{line}\n" for line in lines)


def _lines(verb: str, files: Mapping[str, str]) -> Iterator[str]:
    for name, text in sorted(files.items()):
        yield f"{verb} {sha256(text.encode()).hexdigest()} {name}"


def compiler_of(text: str) -> str:
    """Return the compiler that a text of digests names, '' where it names none."""
    return next((line.removeprefix("compiler ") for line in text.splitlines() if line.startswith("compiler ")), "")


def written_by(text: str) -> frozenset[str]:
    """Return the names of the files that the compiler wrote."""
    return frozenset(line.split(" ", 2)[2] for line in text.splitlines() if line.startswith("wrote "))


def differences(then: str, now: str) -> list[str]:
    """Return the names of files whose digest is another, or that one text alone has, sorted."""
    pairs = set(then.splitlines()) ^ set(now.splitlines())
    return sorted({line.split(" ", 2)[-1] for line in pairs})
