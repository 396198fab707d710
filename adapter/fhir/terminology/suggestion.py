"""The code that was most likely meant."""

from __future__ import annotations

from collections.abc import Iterable

MOST = 5_000
"""Codes that are compared letter by letter; of more only those that differ in case are found."""

LONGEST = 100


def nearest(codes: Iterable[str], wrong: str) -> str | None:
    """Return the code nearest to a wrong one, or None: one that differs in case and dashes first."""
    every = sorted(codes)
    plain = _plain(wrong)
    same = next((code for code in every if _plain(code) == plain), None)
    if same is not None or len(every) > MOST or len(wrong) > LONGEST:
        return same
    import difflib  # for what is wrong alone

    return next(iter(difflib.get_close_matches(wrong, every, n=1)), None)


def _plain(code: str) -> str:
    return code.strip().casefold().replace("_", "-").replace(" ", "-")
