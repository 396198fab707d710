from __future__ import annotations

import pytest
from sqlalchemy import make_url

from adapter.store.advice import advice

SQLITE = make_url("sqlite:////srv/crfhir.db")
POSTGRESQL = make_url("postgresql+psycopg://me:secret@host/name")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("attempt to write a readonly database", "/srv/crfhir.db cannot be written"),
        ("unable to open database file", "/srv/crfhir.db cannot be opened: its folder"),
        ("database or disk is full", "The database could not do it: database or disk is full."),
    ],
)
def test_a_file_that_cannot_be_used_is_named(told: str, said: str) -> None:
    assert advice(SQLITE, told).startswith(said)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ('connection failed: FATAL:  role "me" does not exist', "set user and password"),
        ('FATAL:  password authentication failed for user "me"', "set user and password"),
        ('FATAL:  database "name" does not exist', "make that database (createdb)"),
        ("connection is bad: Name or service not known: failed to resolve host 'host'", "correct host and port"),
        ("connection to server at 127.0.0.1, port 1 failed: Connection refused\n\tIs it running?", "start it"),
        ("permission denied for table record", "let this user own"),
        ("deadlock detected", "deadlock detected."),
    ],
)
def test_what_postgresql_tells_comes_with_what_to_do(told: str, said: str) -> None:
    found = advice(POSTGRESQL, told)
    assert said in found
    assert "\n" not in found
    assert "secret" not in found
