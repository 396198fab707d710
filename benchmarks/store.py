"""The store alone: pushes of 50 records a second, beside the bare database that inserts the same bytes.

`python -m benchmarks.store [--pushes N] [--url URL]`. Bare is one table of bytes with a key, as many commits,
and the same durability (synchronous=FULL, synchronous_commit=on).
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from adapter.store.dialect import Engines
from adapter.store.shapes import Key, Write
from adapter.store.store import Store, open_store

SIZE = 50
AT = "2026-01-01T00:00:00.000Z"
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Emitted:
    type: str
    id: str
    restricted: bool
    body: bytes


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pushes", type=int, default=200)
    arguments.add_argument("--url", help="a database to fill, instead of a new SQLite file")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report(given.url or f"sqlite:///{folder}/store.db", given.pushes)


def report(url: str, pushes: int) -> None:
    """Print both, each twice in turn, and the store's share of the bare database, by the better of the two."""
    store = open_store(url, "+08:00", b"a key of the benchmarks, 32 octets")
    best: dict[str, float] = {}
    for turn in range(2):
        made = [push_of(turn, number) for number in range(pushes)]
        for name, once in (("bare", bare(store.engines, turn)), ("store", pushed(store))):
            rate = pushes * SIZE / timed(once, made)
            best[name] = max(rate, best.get(name, 0))
    store.close()
    for name, rate in best.items():
        print(f"{name:6}{rate:>10,.0f} records/s in pushes of {SIZE}")
    print(f"share {best['store'] / best['bare']:.0%}")


def timed(once: Callable[[Sequence[Write]], None], made: Sequence[Sequence[Write]]) -> float:
    begin = time.perf_counter()
    for writes in made:
        once(writes)
    return time.perf_counter() - begin


def pushed(store: Store) -> Callable[[Sequence[Write]], None]:
    def once(writes: Sequence[Write]) -> None:
        with store.push("bench", writes[0].key.text, AT) as push:
            push.claim(write.key for write in writes)
            push.write(writes)
            push.close("{}")

    return once


def bare(engines: Engines, turn: int) -> Callable[[Sequence[Write]], None]:
    kind = "BLOB" if engines.sqlite else "BYTEA"
    with engines.writing() as connection:
        connection.execute(text(f"CREATE TABLE bare{turn} (key TEXT PRIMARY KEY, body {kind})"))
    mark = "(?, ?)" if engines.sqlite else "(%s, %s)"

    def once(writes: Sequence[Write]) -> None:
        with engines.writing() as connection:
            connection.exec_driver_sql(f"INSERT INTO bare{turn} VALUES {mark}", list(rows(writes)))

    return once


def rows(writes: Sequence[Write]) -> Iterator[tuple[str, bytes]]:
    for write in writes:
        yield f"record/{write.key.text}", write.open.encode()
        yield from ((f"{entry.type}/{entry.id}", entry.body) for entry in write.resources)


def push_of(turn: int, number: int) -> list[Write]:
    """Records as large as an injection's, each with its form's resource and its clinical one."""
    return [_write(f"{turn:02}-{number:05}-c{part}d1", f"{turn:02}-{number:05}") for part in range(SIZE)]


def _write(key: str, subject: str) -> Write:
    content = json.dumps({"subject": subject, "cycle": 1, "time": "2025-04-01T08:00:00+08:00", "filler": "x" * 150})
    return Write(Key("injection", key, subject), content, None, (_injection(key, subject), _form(key, subject)))


def _injection(key: str, subject: str) -> Emitted:
    body = {
        "resourceType": "MedicationAdministration",
        "id": key,
        "meta": {"profile": ["https://study.example/StructureDefinition/injection"]},
        "identifier": [{"system": "https://study.example/id/injection", "value": key}],
        "status": "completed",
        "medicationCodeableConcept": {"coding": [{"system": "https://study.example/drugs", "code": "blinded"}]},
        "subject": {"reference": f"Patient/{subject}", "identifier": {"system": "urn:subject", "value": subject}},
        "effectiveDateTime": "2025-04-01T08:00:00+08:00",
        "dosage": {"text": "y" * 300, "dose": {"value": 1, "unit": "mL", "code": "mL"}},
    }
    return Emitted("MedicationAdministration", key, False, json.dumps(body, separators=(",", ":")).encode())


def _form(key: str, subject: str) -> Emitted:
    id_ = f"injection-{key}"
    body = {
        "resourceType": "QuestionnaireResponse",
        "id": id_,
        "identifier": {"system": "https://study.example/id/injection-form", "value": key},
        "status": "completed",
        "subject": {"reference": f"Patient/{subject}"},
        "authored": "2025-04-01",
        "item": [{"linkId": f"item{n}", "answer": [{"valueString": "z" * 20}]} for n in range(15)],
    }
    return Emitted("QuestionnaireResponse", id_, False, json.dumps(body, separators=(",", ":")).encode())


if __name__ == "__main__":
    main()
