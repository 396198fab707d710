"""The word that was probably meant, for every text that refuses one."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word most like `word`, or None. Case and `-`, `_` or blank do not count."""
    from difflib import get_close_matches  # only a fault pays for the import

    plain: dict[str, str] = {}
    for one in known:
        plain.setdefault(_plain(one), one)
    found = get_close_matches(_plain(word)[:100], plain, n=1, cutoff=0.7)
    return plain[found[0]] if found else None


def hint(word: str, known: Iterable[str], most: int = 12) -> str:
    """Return what to say after `unknown word`: the nearest, or what there is."""
    names = [str(name) for name in known]
    near = nearest(word, names)
    if near is not None:
        return f"; did you mean {near}?"
    if not names:
        return ""
    more = ", …" if len(names) > most else ""
    return f"; known: {', '.join(names[:most])}{more}"


def _plain(word: str) -> str:
    return word.casefold().replace("_", "-").replace(" ", "-").strip("-")
