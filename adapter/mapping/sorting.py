"""The order of many answers: they are a set, so codes stand in their codelist's order, and repeats once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapter.crf.record import Absent
from adapter.crf.study import Codelist, Form, Item


def sorter(item: Item, form: Form, codelists: Mapping[str, Codelist]) -> Callable[[list[Any]], Any]:
    """Many answers are a set: codes in their codelist's order, entries by their members in order, repeats once."""
    if item.type == "group":
        ranks = [(member.member, _rank(member, codelists)) for member in form.members(item.id)]

        def entries(found: list[Any]) -> list[Any]:
            ordered = [{name: entry[name] for name, _ in ranks if name in entry} for entry in found]
            if len(ordered) == 1:
                return ordered
            return sorted(ordered, key=lambda entry: [rank(entry.get(name)) for name, rank in ranks])

        return entries
    rank = _rank(item, codelists)

    def answers(found: list[Any]) -> Any:
        """Where there are answers, a reason why there are none is not one of them."""
        given = [answer for answer in found if not isinstance(answer, Absent)]
        if not given:
            return found[0]
        return sorted(dict.fromkeys(given), key=None if rank is _plain_rank else rank)

    return answers


def _rank(item: Item, codelists: Mapping[str, Codelist]) -> Callable[[Any], Any]:
    if item.codelist is not None:
        ranks = {answer: (2, place) for place, answer in enumerate(codelists[item.codelist].rows)}
        return lambda answer: ranks[answer] if isinstance(answer, (str, bool)) else _plain_rank(answer)
    return _plain_rank


def _plain_rank(answer: Any) -> tuple[int, Any]:
    if answer is None:
        return 0, ""
    return (1, answer.reason) if isinstance(answer, Absent) else (2, answer)
