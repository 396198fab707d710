"""A store filled as a trial fills it: records loaded as files of a site's EDC are, a transaction for some subjects at a
time, with all that a push leaves: versions, index, audit, chain, receipts.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import create_engine

from adapter.api.config import Config
from adapter.cli.load import load_files
from adapter.store.dialect import sqlite_file
from benchmarks.command import HEADER, injections

FIRST = 1000
"""The first subject, 01-000."""

DAYS = 60
INJECTIONS = 21
OF_A_SUBJECT = 2 * INJECTIONS + 2 * DAYS
"""Resources of a subject with all its injections and this many days of diary."""

AT_ONCE = 100
"""Subjects of a transaction."""


def fill(home: Path, config: Config, stored: int) -> int:
    """Store about that many resources, telling how fast; return how many subjects they are of.

    What the database has of these subjects already is not stored again: a fill that broke off goes on.
    """
    subjects = max(stored // OF_A_SUBJECT, 1)
    began = time.perf_counter()
    for first in range(0, subjects, AT_ONCE):
        many = min(AT_ONCE, subjects - first)
        start = time.perf_counter()
        load_files(config, _files(home, first, many))
        now, done = time.perf_counter(), (first + many) * OF_A_SUBJECT
        rate = many * OF_A_SUBJECT / (now - start)
        print(f"{done:12,} resources, {now - began:6.0f} s, {rate:6,.0f}/s, {size(config.database) / 1e6:8,.0f} MB")
    return subjects


def size(url: str) -> int:
    """Return the octets that the database takes on disk."""
    file = sqlite_file(url)
    if file is not None:
        return sum(each.stat().st_size for each in file.parent.glob(f"{file.name}*"))
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar() or 0)
    finally:
        engine.dispose()


def subject(number: int) -> str:
    """Return the id of a subject that is stored, by its place: `01-000`."""
    site, rest = divmod(FIRST + number, 1000)
    return f"{site:02d}-{rest:03d}"


def _files(home: Path, first: int, many: int) -> list[str]:
    injected = list(injections(many * INJECTIONS, FIRST + first))
    files = {"injection": injected[1:], "diary": list(_diaries(first, many))}
    headers = {"injection": HEADER, "diary": "subject,date,wheals,itch,tablets,entered"}
    for form, lines in files.items():
        (home / f"{form}.csv").write_text("\n".join([headers[form], *lines, ""]), encoding="utf-8", newline="")
    return [str(home / f"{form}.csv") for form in files]


def _diaries(first: int, many: int) -> Iterator[str]:
    days = [date(2025, 5, 1) + timedelta(day) for day in range(DAYS)]
    for number in range(first, first + many):
        for place, day in enumerate(days):
            yield f"{subject(number)},{day},{place % 4},{(place + number) % 4},{place % 3},{day}T22:05:00+08:00"
