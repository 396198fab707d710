"""Draws of dates, times and texts. A date that would lie after the sample's last day is silence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from adapter.sample.draw import Compiler, verb
from adapter.sample.moment import Draw, Moment

PRECISION = {"day": 10, "month": 7, "year": 4}
"""How much of YYYY-MM-DD is written."""


@verb("date", "from", "precision")
def day(declared: Mapping[str, Any], compiler: Compiler) -> Draw:
    """`{date: DRAW}` of a study day; `{date: DRAW, from: NAME}` days after a date (`date`: the record's)."""
    days = compiler.draw(declared["date"])
    start = _start(declared.get("from"), compiler)
    precision = compiler.draw(declared.get("precision", "day"))

    def draw(moment: Moment) -> Any:
        origin, after = start(moment), days(moment)
        if origin is None or after is None:
            return None
        drawn = origin + timedelta(days=int(after))
        return drawn.isoformat()[: PRECISION[precision(moment)]] if drawn <= moment.participant.until else None

    return draw


def _start(name: Any, compiler: Compiler) -> Draw:
    """What reads the day from which days count: day 0, the record's own, or a full date that was drawn."""
    if name is None:
        return lambda moment: moment.participant.day_0
    if name == "date":
        return lambda moment: moment.date
    read = compiler.name(name)

    def start(moment: Moment) -> date | None:
        text = read(moment)
        return date.fromisoformat(text[:10]) if isinstance(text, str) and len(text) >= PRECISION["day"] else None

    return start


@verb("time", "on")
def time(declared: Mapping[str, Any], compiler: Compiler) -> Draw:
    """`{time: ["07:30", "09:30"], on: DATE}`: a time in the study's zone, on the record's or a drawn day."""
    first, last = (_minutes(clock) for clock in declared["time"])
    on = compiler.draw(declared["on"]) if "on" in declared else lambda moment: moment.date.isoformat()

    def draw(moment: Moment) -> Any:
        second = int(60 * (first + (last - first) * moment.random.random()))
        clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
        day_of = on(moment)
        return f"{day_of}T{clock}{moment.participant.zone}" if day_of is not None else None

    return draw


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    if not (0 <= int(hour) <= 23 and 0 <= int(minute) <= 59):
        raise ValueError(f"{clock!r} is no time of day")
    return int(hour) * 60 + int(minute)


@verb("text")
def text(declared: Mapping[str, Any], compiler: Compiler) -> Draw:
    """`{text: "K-#####"}`: each `#` a random digit; `{name}` what is called so."""
    parts = re.split(r"(#+|\{[^{}]+\})", str(declared["text"]))
    names = {part: compiler.name(part[1:-1]) for part in parts if part.startswith("{")}

    def part_of(part: str, moment: Moment) -> str:
        if part in names:
            return str(names[part](moment))
        return "".join(str(int(10 * moment.random.random())) for _ in part) if part.startswith("#") else part

    return lambda moment: "".join(part_of(part, moment) for part in parts)
