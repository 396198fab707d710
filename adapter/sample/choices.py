"""Draws that choose: answers by weight, table rows, by another answer, sets of codes, entries of a group."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping, Sequence
from itertools import accumulate
from random import Random
from typing import Any

from adapter.crf.record import REASONS, Absent, answered
from adapter.sample.draw import Compiler, case, cases, constant, first_of, number, verb
from adapter.sample.moment import Draw, Moment


class Urn:
    """Answers with weights; one is drawn with one random number, alike in every version of Python."""

    def __init__(self, weights: Sequence[float], answers: Sequence[Any]) -> None:
        if not answers or min(weights) < 0 or not sum(weights):
            raise ValueError("weights are wanted, none negative and not all 0")
        self._ends = list(accumulate(weights))
        self._answers = tuple(answers)

    def draw(self, random: Random) -> Any:
        """One of the answers."""
        place = bisect(self._ends, random.random() * self._ends[-1])
        return self._answers[min(place, len(self._answers) - 1)]


@verb("one_of")
def one_of(declared: Mapping[str, Any], compiler: Compiler) -> Draw:
    """`{one_of: {a: 3, b: 1}}` by weight, `{one_of: [a, b]}` alike; the answers of a list may be draws."""
    among = declared["one_of"]
    if isinstance(among, Mapping):
        urn = Urn([number(weight) for weight in among.values()], list(among))
        return lambda moment: urn.draw(moment.random)
    draws = Urn([1.0] * len(among), [compiler.draw(value) for value in among])
    return lambda moment: draws.draw(moment.random)(moment)


@verb("row")
def row(declared: Mapping[str, Any], compiler: Compiler) -> Draw:
    """`{row: TABLE}`: a row of the table by its `weight`; `name.column` reads a cell of it."""
    rows = compiler.tables[declared["row"]]
    urn = Urn([weight for weight, _ in rows], [cells for _, cells in rows])
    return lambda moment: urn.draw(moment.random)


@verb("chance")
def chance(declared: Mapping[str, Any], _compiler: Compiler) -> Draw:
    """`{chance: 0.3}`: yes or no."""
    share = number(declared["chance"])
    return lambda moment: moment.random.random() < share


@verb("maybe", "then", "else")
def maybe(declared: Mapping[str, Any], compiler: Compiler) -> Draw:
    """`{maybe: 0.9, then: DRAW, else: DRAW}`; without `else`, silence."""
    share, yes, no = (
        number(declared["maybe"]),
        compiler.draw(declared["then"]),
        compiler.draw(declared.get("else")),
    )
    return lambda moment: (yes if moment.random.random() < share else no)(moment)


@verb("value", "where")
def value(declared: Mapping[str, Any], compiler: Compiler) -> Draw:
    """`{value: NAME}`; `{value: form.item, where: {item: answer}}` reads another record of the subject."""
    read = compiler.name(declared["value"])
    if "where" not in declared:
        return read
    form, _, item = str(declared["value"]).partition(".")
    return first_of(form, item, dict(declared["where"]))


@verb("total")
def total(declared: Mapping[str, Any], compiler: Compiler) -> Draw:
    """`{total: form.item}`: the sum of an item over the records of another form; of none, silence."""
    compiler.name(declared["total"])
    form, _, item = str(declared["total"]).partition(".")

    def add(moment: Moment) -> Any:
        answers = [answered(record, item) for record in moment.participant.of(form)]
        given = [answer for answer in answers if answer is not None]
        return sum(given) if given else None

    return add


@verb("by", "is", "else")
def by(declared: Mapping[str, Any], compiler: Compiler) -> Draw:
    """`{by: NAME, is: {answer: DRAW}, else: DRAW}`; the answer `~` is silence."""
    read, among = compiler.name(declared["by"]), cases(declared["is"], compiler)
    other = compiler.draw(declared.get("else"))
    return lambda moment: among.get(case(read(moment)), other)(moment)


@verb("steps", "from")
def steps(declared: Mapping[str, Any], compiler: Compiler) -> Draw:
    """`{steps: NAME, from: {0: DRAW, 63: DRAW}}`: the draw of the highest number that NAME reaches."""
    read, among = compiler.name(declared["steps"]), cases(declared["from"], compiler)
    starts = sorted(among, key=number)
    lows = [number(start) for start in starts]

    def choose(moment: Moment) -> Any:
        at = read(moment)
        place = bisect(lows, number(at)) if at is not None else 0
        return among[starts[place - 1]](moment) if place else None

    return choose


@verb("turns", "of")
def turns(declared: Mapping[str, Any], compiler: Compiler) -> Draw:
    """`{turns: [a, b], of: NAME}`: one after the other, by a whole number."""
    read, among = compiler.name(declared["of"]), [compiler.draw(value) for value in declared["turns"]]
    return lambda moment: among[int(read(moment)) % len(among)](moment)


@verb("some", "least")
def some(declared: Mapping[str, Any], _compiler: Compiler) -> Draw:
    """`{some: {a: 0.3, b: 0.1}, least: 1}`: a set of codes, each by its own chance; of none, silence."""
    shares = {code: number(share) for code, share in declared["some"].items()}
    least, urn = int(declared.get("least", 0)), Urn(list(shares.values()), list(shares))

    def draw(moment: Moment) -> Any:
        drawn = {code for code, share in shares.items() if moment.random.random() < share}
        while len(drawn) < min(least, len(shares)):
            drawn.add(urn.draw(moment.random))
        return [code for code in shares if code in drawn] or None

    return draw


@verb("entries", "count", "distinct")
def entries(declared: Mapping[str, Any], compiler: Compiler) -> Draw:
    """`{entries: {member: DRAW}, count: DRAW, distinct: member}`: a group's entries, unlike in one."""
    members, count = cases(declared["entries"], compiler), compiler.draw(declared.get("count", 1))
    distinct = declared.get("distinct")

    def draw(moment: Moment) -> Any:
        drawn = [{name: member(moment) for name, member in members.items()} for _ in range(int(count(moment)))]
        unlike = {entry[distinct]: entry for entry in drawn}.values() if distinct is not None else drawn
        return list(unlike) or None

    return draw


@verb("absent")
def absent(declared: Mapping[str, Any], _compiler: Compiler) -> Draw:
    """`{absent: asked-declined}`: an answer that is missing for a reason."""
    if declared["absent"] not in REASONS:
        raise ValueError(f"{declared['absent']!r} is no reason; known: {', '.join(REASONS)}")
    return constant(Absent(declared["absent"]))
