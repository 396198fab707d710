"""Answers to questions about a header or a parameter, kept for the next request that says the same."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

Answer = TypeVar("Answer")

LONGEST = 200
"""Characters of what is kept: longer ones are made up by strangers, and would fill the memory."""


def remembered(most: int) -> Callable[[Callable[[str], Answer]], Callable[[str], Answer]]:
    """Keep the last answers of a function of one text, at most so many, of texts that are short."""

    def of(function: Callable[[str], Answer]) -> Callable[[str], Answer]:
        kept = lru_cache(most)(function)

        @wraps(function)
        def asked(text: str) -> Answer:
            return kept(text) if len(text) <= LONGEST else function(text)

        return asked

    return of
