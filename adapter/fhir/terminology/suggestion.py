"""The code that was most likely meant."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

MOST = 5_000
"""Codes that are compared letter by letter; of more only those that differ in case are found."""

LONGEST = 100


def nearest(codes: Iterable[str], wrong: str) -> str | None:
    """Return the code nearest to a wrong one, or None: one that differs in case and dashes first."""
    if len(wrong) > LONGEST:
        return None
    every = codes if isinstance(codes, frozenset) else frozenset(codes)
    same = _by_plain(every).get(_plain(wrong))
    if same is not None or len(every) > MOST:
        return same
    import difflib  # for what is wrong alone

    return next(iter(difflib.get_close_matches(wrong, sorted(_alike(every, wrong)), n=1)), None)


@lru_cache(64)
def _by_plain(codes: frozenset[str]) -> dict[str, str]:
    return {_plain(code): code for code in sorted(codes, reverse=True)}


def _alike(codes: frozenset[str], wrong: str) -> list[str]:
    """Return the codes that can be near: of a like length, with half of the letters."""
    letters, longest = frozenset(wrong), len(wrong) * 2 + 2
    short = [code for code in codes if len(code) <= longest]
    return [code for code in short if 2 * len(letters.intersection(code)) >= len(letters)]


def _plain(code: str) -> str:
    return code.strip().casefold().replace("_", "-").replace(" ", "-")
