"""Answers of items that take several: a set, read from separate values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapter.crf.answer import AnswerError, show
from adapter.crf.study import Item, Study


def ordered(item: Item, study: Study, values: Sequence[Any]) -> list[Any]:
    """Return the answers of a `many` item: codes in the codelist's order, others as they came.

    AnswerError when one repeats.
    """
    seen: set[Any] = set()
    for value in values:
        if value in seen:
            raise AnswerError(f"{show(value)} stands twice; an answer is given once", "duplicate")
        seen.add(value)
    if item.type != "code":
        return list(values)
    return [row for row in study.codelists[item.codelist or ""].rows if row in seen]
