"""What a Questionnaire asks of a response as a whole: whom it is about, and when it was written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapter.validation.finding import Found, error, warning
from adapter.validation.questionnaire.compare import order
from adapter.validation.questionnaire.reading import Object, text
from adapter.validation.questionnaire.target import type_of
from adapter.validation.questionnaire.walk import Limit, Walk


def header_of(questionnaire: Object) -> Iterator[Limit]:
    """Yield the checks of a response's own elements."""
    types = questionnaire.get("subjectType")
    named = [each for each in types if type(each) is str] if type(types) is list else []
    if named:
        yield _subject(named)
    period = questionnaire.get("effectivePeriod")
    if type(period) is dict:
        for name, direction, words in (("start", 1, "before the start"), ("end", -1, "after the end")):
            limit = text(period, name)
            if limit is not None:
                yield _authored(limit, direction, words)


def _subject(types: list[str]) -> Limit:
    """R4: with a subjectType, "the resource pointed to by this element must be an instance of one of the listed"."""
    shown = " or ".join(types)

    def check(response: Any, walk: Walk) -> Found:
        subject = response.get("subject")
        kind = None if subject is None else type_of(subject, walk.scope)
        if kind is None or kind in types:
            return None
        text_ = f"The subject is a {kind}: the Questionnaire is about a {shown}."
        return [error("structure", text_, "qr-subject", ".subject")]

    return check


def _authored(limit: str, direction: int, words: str) -> Limit:
    def check(response: Any, walk: Walk) -> Found:
        found = order("dateTime", response.get("authored"), limit)
        if found is None or found * direction >= 0:
            return None
        text_ = f"Authored {words} of the Questionnaire's effectivePeriod, {limit}."
        return [warning("business-rule", text_, "qr-authored", ".authored")]

    return check
