"""The text of a hole: `{item}`, `{item!}`, `{=item}`, `{item:column}`; a literal brace is doubled."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HOLE = re.compile(r"\{(=?)([A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*)?)(?::([\w-]+))?(!?)\}", re.ASCII)
_PIECE = re.compile(r"(\{\{|\}\}|\{[^{}]*\}|\{|\})")


@dataclass(frozen=True, slots=True)
class HoleText:
    """A hole as written: whose answer, which column of its codelist, repeated (`=`) or spoken in silence (`!`)."""

    item: str
    column: str | None = None
    repeat: bool = False
    spoken: bool = False


def parse(text: str) -> list[str | HoleText]:
    """Return the literals and holes of `text` in order. ValueError says which brace is wrong and how to mend it."""
    parts: list[str | HoleText] = []
    for piece in _PIECE.split(text):
        part = _part(piece, text)
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        elif part != "":
            parts.append(part)
    return parts


def _part(piece: str, text: str) -> str | HoleText:
    if piece in ("{{", "}}"):
        return piece[0]
    if piece in ("{", "}"):
        raise ValueError(
            f"{text!r} has a lone {piece!r}: a literal brace is doubled, {piece * 2!r}; a hole is {{item}}"
        )
    if not piece.startswith("{"):
        return piece
    found = _HOLE.fullmatch(piece)
    if found is None:
        raise ValueError(f"{piece!r} is no hole: write {{item}}, {{item!}}, {{=item}} or {{item:column}}")
    repeat, item, column, spoken = found.groups()
    return HoleText(item, column, bool(repeat), bool(spoken))


def whole(text: str) -> HoleText | None:
    """Return the hole that a text is, None for a text that is anything else."""
    found = _HOLE.fullmatch(text)
    if found is None:
        return None
    repeat, item, column, spoken = found.groups()
    return HoleText(item, column, bool(repeat), bool(spoken))
