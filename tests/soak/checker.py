"""Judges a log by what the server says its registers held, version by version.

Acknowledged ⊆ stored ⊆ attempted; what was written together is stored together; each register is linearizable: its
versions are in an order that no client could have seen contradicted. Every write has a value of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tests.soak.log import Operation

Histories = Mapping[str, Sequence[str]]
"""Register -> its values, the oldest first; the first is version 1."""


def faults(operations: Sequence[Operation], histories: Histories) -> list[str]:
    """Return what is wrong, in words; nothing where the server kept its promises."""
    writes = [each for each in operations if each.kind == "write"]
    reads = [each for each in operations if each.kind == "read" and each.outcome == "ok"]
    return [
        *_lost(writes, histories),
        *_made_up(writes, histories),
        *_twice(histories),
        *_halves(writes, histories),
        *(fault for name, values in histories.items() for fault in _order(name, values, writes, reads)),
    ]


def _lost(writes: Iterable[Operation], histories: Histories) -> Iterator[str]:
    for each in writes:
        for register in each.registers:
            if each.outcome == "ok" and each.value not in histories.get(register, ()):
                yield f"{register}: {each.value} was acknowledged and is not stored"
            if each.outcome == "fail" and each.value in histories.get(register, ()):
                yield f"{register}: {each.value} was refused and is stored"


def _made_up(writes: Iterable[Operation], histories: Histories) -> Iterator[str]:
    attempted = {(register, each.value) for each in writes for register in each.registers}
    for register, values in histories.items():
        for value in values:
            if (register, value) not in attempted:
                yield f"{register}: {value} is stored and nobody wrote it"


def _twice(histories: Histories) -> Iterator[str]:
    for register, values in histories.items():
        for value in sorted({value for value in values if values.count(value) > 1}):
            yield f"{register}: {value} is stored twice"


def _halves(writes: Iterable[Operation], histories: Histories) -> Iterator[str]:
    for each in writes:
        stored = [register for register in each.registers if each.value in histories.get(register, ())]
        if stored and len(stored) != len(each.registers):
            yield f"{each.value} is stored in {', '.join(stored)} alone, of {', '.join(each.registers)}"


def _order(name: str, values: Sequence[str], writes: Iterable[Operation], reads: Iterable[Operation]) -> Iterator[str]:
    """Each operation has a place in the order of versions; who ended before another began has no later place."""
    versions = {value: number for number, value in enumerate(values, 1)}
    placed = [(each, versions[str(each.value)]) for each in writes if name in each.registers and each.value in versions]
    for each in reads:
        if name not in each.registers:
            continue
        version = each.version or 0
        if version > len(values) or (values[version - 1] if version else None) != each.value:
            yield f"{name}: {each.value} was read as version {version}, which it is not"
        else:
            placed.append((each, version))
    yield from _contradicted(name, placed)


def _contradicted(name: str, placed: Sequence[tuple[Operation, int]]) -> Iterator[str]:
    latest, ended = 0, sorted(placed, key=lambda pair: pair[0].end)
    waiting = iter(ended)
    following = next(waiting, None)
    for each, version in sorted(placed, key=lambda pair: pair[0].begin):
        while following is not None and following[0].end < each.begin:
            latest = max(latest, following[1])
            following = next(waiting, None)
        late = version < latest if each.kind == "read" else version <= latest
        if late:
            yield f"{name}: {each.kind} of {each.value} is version {version}, and version {latest} had been told before"
