"""Make random answers agree with a form's edit checks: add what is needed, drop what may not stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapter.crf.study import Form
from adapter.sample.draw import case
from adapter.sample.moment import Draw, Moment

Drawn = dict[str, Any]
Mend = Callable[[Drawn, Moment], None]

ROUNDS = 3
"""How often all checks are gone through: what one adds, another may take away."""


def agreement(form: Form, draws: Mapping[str, Draw]) -> Mend:
    """Return what changes drawn answers in place until the form's edit checks hold."""
    mends = [_MENDS[check.rule](check.arguments, draws) for check in form.checks if check.rule in _MENDS]

    def mend(drawn: Drawn, moment: Moment) -> None:
        for _ in range(ROUNDS):
            for one in mends:
                one(drawn, moment)

    return mend


def _applies(when: Mapping[str, Any], drawn: Mapping[str, Any]) -> bool:
    return all(
        case(drawn.get(item)) in (map(case, wanted) if isinstance(wanted, list | tuple) else [case(wanted)])
        for item, wanted in when.items()
    )


def _needs(arguments: Mapping[str, Any], draws: Mapping[str, Draw]) -> Mend:
    def mend(drawn: Drawn, moment: Moment) -> None:
        if _applies(arguments["when"], drawn):
            for item in arguments["items"]:
                if drawn.get(item) is None and item in draws:
                    drawn[item] = draws[item](moment)

    return mend


def _only_with(arguments: Mapping[str, Any], _draws: Mapping[str, Draw]) -> Mend:
    def mend(drawn: Drawn, _moment: Moment) -> None:
        if not _applies(arguments["when"], drawn):
            for item in arguments["items"]:
                drawn.pop(item, None)

    return mend


def _not_before(arguments: Mapping[str, Any], _draws: Mapping[str, Draw]) -> Mend:
    later, earlier = arguments["not_before"] if "not_before" in arguments else arguments["items"]

    def mend(drawn: Drawn, _moment: Moment) -> None:
        last, first = drawn.get(later), drawn.get(earlier)
        if isinstance(last, str) and isinstance(first, str) and last < first:
            drawn.pop(later)

    return mend


_MENDS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Draw]], Mend]] = {
    "needs": _needs,
    "only_with": _only_with,
    "not_before": _not_before,
}
"""The rule of an edit check -> what makes answers agree with it; no drawn date lies in the future."""
