"""Navigation without names, the clock, and trace(), which is silent here.

Source: http://hl7.org/fhirpath/N1/#tree-navigation and #utility-functions
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from adapter.fhir.fhirpath import value
from adapter.fhir.fhirpath.code import Code, Env, One, of_items, of_one
from adapter.fhir.fhirpath.focus import Focus, function
from adapter.fhir.fhirpath.temporal import parse_temporal
from adapter.fhir.fhirpath.tree import Call


@function("children")
def _children(target: Code, _call: Call, _focus: Focus) -> Code:
    items, static = target.items, target.type

    def found(this: Any, env: Env) -> Sequence[Any]:
        return [child for item in items(this, env) for child in value.children(item, static)]

    return of_items(found, None)


@function("descendants")
def _descendants(target: Code, _call: Call, _focus: Focus) -> Code:
    items, static = target.items, target.type
    return of_items(lambda this, env: value.descendants(items(this, env), static), None)


@function("trace", 1, 2)
def _trace(target: Code, call: Call, focus: Focus) -> Code:
    """Give the target itself. The arguments are compiled, so that what is wrong in them is found."""
    focus.code(call.arguments[0])
    for projection in call.arguments[1:]:
        focus.each(target).code(projection)
    return target


def _moment(kind: str, form: str) -> One:
    def now(_this: Any, env: Env) -> Any:
        clock = datetime.now().astimezone() if env.now is None else env.now
        text = clock.isoformat(timespec="milliseconds")
        return parse_temporal({"Date": text[:10], "Time": text[11:23]}.get(kind, form.format(text)), kind)

    return now


@function("now")
def _now(_target: Code, _call: Call, _focus: Focus) -> Code:
    return of_one(_moment("DateTime", "{}"), "System.DateTime")


@function("today")
def _today(_target: Code, _call: Call, _focus: Focus) -> Code:
    return of_one(_moment("Date", "{}"), "System.Date")


@function("timeOfDay")
def _time_of_day(_target: Code, _call: Call, _focus: Focus) -> Code:
    return of_one(_moment("Time", "{}"), "System.Time")
