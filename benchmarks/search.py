"""Searches of the store, in one process without HTTP, beside the driver reading as many bodies by their numbers.

    python -m benchmarks.search [--stored N] [--database URL]

Fills the database with injections, fifty a subject, in random order. Prints CPU microseconds a search, the rows of its
page, and the share of it that the bare reading takes (1.00 is the limit).
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from adapter.store.index_value import times
from adapter.store.search_query import Comparison, Match, Order, Query, identified, refers, token
from adapter.store.shapes import Key, Write
from adapter.store.sight import BLIND
from adapter.store.store import Store, open_store

ZONE = "+08:00"
TYPE = "MedicationAdministration"
EACH = 50
"""Resources of one subject."""

BATCH = 400


@dataclass(frozen=True, slots=True)
class Made:
    """A resource as the mapping would emit it."""

    type: str
    id: str
    restricted: bool
    body: bytes


def resource(subject: int, number: int) -> Made:
    id_ = f"{subject:06d}-{number}"
    body = {
        "resourceType": TYPE,
        "id": id_,
        "meta": {"profile": ["https://x.example/StructureDefinition/injection"]},
        "identifier": [{"system": "https://x.example/id/injection", "value": id_}],
        "status": "completed",
        "medicationCodeableConcept": {"coding": [{"system": "https://x.example/CodeSystem/trial", "code": "blinded"}]},
        "subject": {
            "reference": f"Patient/{subject:06d}",
            "identifier": {"system": "https://x.example/id/subject", "value": f"{subject:06d}"},
        },
        "effectiveDateTime": f"2025-{1 + number % 12:02d}-{1 + number % 28:02d}T11:16:46+08:00",
        "dosage": {
            "route": {"coding": [{"system": "http://snomed.info/sct", "code": "78421000"}]},
            "dose": {"value": 1.0, "unit": "mL", "system": "http://unitsofmeasure.org", "code": "mL"},
        },
    }
    return Made(TYPE, id_, False, json.dumps(body, separators=(",", ":")).encode())


def fill(store: Store, stored: int) -> float:
    """Store them; return CPU microseconds a resource."""
    order = [(subject, number) for subject in range(stored // EACH) for number in range(EACH)]
    random.Random(1).shuffle(order)
    began = time.process_time()
    for start in range(0, len(order), BATCH):
        with store.push("bench", str(start), "2026-01-01T00:00:00.000Z") as push:
            writes = [
                Write(Key("f", f"{s:06d}-{n}", f"s{s}"), "{}", None, [resource(s, n)])
                for s, n in order[start : start + BATCH]
            ]
            push.claim(write.key for write in writes)
            push.write(writes)
    store.analyze()
    return (time.process_time() - began) / len(order) * 1e6


def searches(store: Store, stored: int) -> Iterator[tuple[str, int, Callable[[int], Query]]]:
    """Yield a name, how often, and the `k`-th query of each kind."""
    places = {code: tuple(place.number for place in each.places) for code, each in store.catalogue.of(TYPE).items()}

    def subject(k: int) -> Match:
        return refers(places["subject"], [f"Patient/{k * 7919 % (stored // EACH):06d}"])

    def dated(prefix: str, text: str) -> Match:
        return Match("date", places["effective-time"], (Comparison(prefix, times(text, ZONE)),))

    def id_of(k: int) -> Match:
        pair = ("https://x.example/id/injection", f"{k * 7919 % (stored // EACH):06d}-3")
        return identified(TYPE, [pair])

    newest = (Order("date", places["effective-time"], True),)
    completed = Match("token", places["status"], (token((None, "completed")),))
    yield "subject", 2_000, lambda k: Query(TYPE, (subject(k),))
    yield "subject, date from", 2_000, lambda k: Query(TYPE, (subject(k), dated("ge", "2025-06")))
    yield "subject, newest first", 1_000, lambda k: Query(TYPE, (subject(k),), newest)
    yield "identifier", 2_000, lambda k: Query(TYPE, (id_of(k),))
    yield "all", 200, lambda _: Query(TYPE)
    yield "status that all have", 200, lambda _: Query(TYPE, (completed,))
    yield "date from", 50, lambda _: Query(TYPE, (dated("ge", "2025-06"),))
    yield "date, one day", 50, lambda _: Query(TYPE, (dated("eq", "2025-06-06"),))


def bare(store: Store, rows: int) -> float:
    """CPU microseconds of the driver reading so many bodies by the numbers of their resources."""
    mark = "?" if store.engines.sqlite else "%s"
    statement = f"SELECT body FROM resource_version WHERE resource IN ({', '.join([mark] * rows)})"
    began = time.process_time()
    for k in range(500):
        store.engines.rows(statement, tuple(1 + (k * 977 + i * 13) % 10_000 for i in range(rows)))
    return (time.process_time() - began) / 500 * 1e6


def report(store: Store, stored: int) -> None:
    """Print the table."""
    print(f"push: {fill(store, stored):.0f} µs a resource")
    print(f"{'search':26}{'µs':>8}{'rows':>6}{'of the limit':>14}")
    for name, often, query in searches(store, stored):
        page = store.search(BLIND, query(0))
        began = time.process_time()
        for k in range(often):
            page = store.search(BLIND, query(k))
        spent = (time.process_time() - began) / often * 1e6
        print(f"{name:26}{spent:>8.0f}{len(page.versions):>6}{bare(store, max(len(page.versions), 1)) / spent:>14.2f}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--stored", type=int, default=20_000)
    arguments.add_argument("--database", help="an empty database, as a URL; without it one of SQLite is made")
    given = arguments.parse_args()
    with TemporaryDirectory() as folder:
        store = open_store(given.database or f"sqlite:///{Path(folder) / 'bench.db'}", ZONE)
        try:
            report(store, given.stored)
        finally:
            store.close()


if __name__ == "__main__":
    main()
