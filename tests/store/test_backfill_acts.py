from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from adapter.store.dialect import Engines
from adapter.store.verify import verify
from tests.store.rows import KEY
from tests.store.test_migrate import at_revision, filled

OF_0006 = (
    "INSERT INTO claim_of_key (sender, key, digest, submission) VALUES ('tests', 'k', 'd', 1)",
    "INSERT INTO arrival (submission, package, mac, content) VALUES (1, 'p', 'm', NULL)",
    "INSERT INTO told (record, submission, content) VALUES (1, 1, '[]'), (2, 1, '[]'), (1, 2, '[]')",
    "INSERT INTO origin (record, version, content) VALUES (1, 1, '{}')",
    "INSERT INTO aside (record, submission, kind, content) VALUES (1, 1, 'disputed', '{}')",
    "INSERT INTO alias (sender, type, mac, id, submission) VALUES ('tests', 'Patient', 'm', 'x', 1)",
    "INSERT INTO link (site, mac, subject, at) VALUES ('01', 'm', '01-001', '2026-01-01T00:00:00.000Z')",
    "INSERT INTO quarantine (submission, sender, status, issues) VALUES (1, 'tests', 'waiting', '[]')",
    "INSERT INTO quarantine_event (quarantine, position, at, actor, action) VALUES (1, 1, 'x', 'tests', 'kept')",
    "INSERT INTO query VALUES (1, 'q', 'f', 'k', NULL, 'a', 'r', false, 'answered', 'why?', 'x')",
    "INSERT INTO query_event (query, position, at, actor, action) VALUES (1, 1, 'x', 'crfhir', 'opened')",
    "INSERT INTO query_event (query, position, at, actor, action) VALUES (1, 2, 'x', 'monitor', 'answered')",
)
"""A row of every kind that version 0006 left without an audit row."""


def untold(blank: str) -> Engines:
    """A database of version 0006 with rows that its audit does not tell of."""
    engines = filled(blank)
    at_revision(engines, "0006")
    with engines.writing() as connection:
        for statement in OF_0006:
            connection.exec_driver_sql(statement)
    return engines


def audited(engines: Engines) -> list[tuple[object, ...]]:
    with engines.reading() as connection:
        statement = "SELECT a.submission, s.sender, a.kind FROM audit a JOIN submission s ON s.number = a.submission"
        rows = connection.execute(
            text(f"{statement} WHERE a.kind NOT IN ('record', 'resource') ORDER BY a.kind, place")
        )
        return [tuple(row) for row in rows]


def test_what_was_done_before_it_was_audited_is_told_of_by_one_act_of_the_upgrade(blank: str) -> None:
    engines = untold(blank)
    with engines.reading() as connection:
        links = connection.execute(text("SELECT * FROM chain_link ORDER BY chain, position")).all()
    at_revision(engines, "head")
    assert verify(engines, KEY).findings == []
    kinds = [
        "alias",
        "arrival",
        "aside",
        "kept",
        "key",
        "link",
        "origin",
        "quarantine",
        "query",
        "query",
        "told",
        "told",
    ]
    assert audited(engines) == [(4, "crfhir db upgrade", kind) for kind in kinds]
    with engines.reading() as connection:
        after = connection.execute(text("SELECT * FROM chain_link ORDER BY chain, position")).all()
    assert [row for row in after if row.submission != 4] == links  # a chain is not rewritten
    engines.dispose()


def test_many_rows_are_told_of_as_well(blank: str) -> None:
    engines = untold(blank)
    with engines.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO link (site, mac, subject, at) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
            " WHERE i < 1200) SELECT '02', 'm' || i, '02-001', 'x' FROM n"
        )
    at_revision(engines, "head")
    assert [row[2] for row in audited(engines)].count("link") == 1201
    assert verify(engines, KEY).findings == []
    engines.dispose()


def test_what_was_told_once_is_not_told_again_when_the_tables_go_back_and_forth(blank: str) -> None:
    engines = untold(blank)
    at_revision(engines, "head")
    before = audited(engines)
    at_revision(engines, "0006")
    at_revision(engines, "head")
    assert audited(engines) == before
    assert verify(engines, KEY).findings == []
    engines.dispose()


def test_links_and_queries_that_an_older_version_has_dropped_are_missed(blank: str) -> None:
    engines = untold(blank)
    at_revision(engines, "head")
    at_revision(engines, "0005")
    at_revision(engines, "head")
    found = verify(engines, KEY).findings
    assert "link link/01/m: the audit has it, the tables do not" in found
    assert len(found) == 12
    engines.dispose()


KEPT = {
    "told": "content = '[]'",
    "link": "subject = 'x'",
    "query": "subject = 'x'",
    "query_event": "reason = 'x'",
    "quarantine": "content = 'x'",
    "quarantine_event": "reason = 'x'",
    "aside": "content = '{}'",
}


@pytest.mark.parametrize("table", KEPT)
def test_what_was_done_can_be_neither_changed_nor_deleted(blank: str, table: str) -> None:
    engines = untold(blank)
    at_revision(engines, "head")
    statements = [f"UPDATE {table} SET {KEPT[table]}", f"DELETE FROM {table}"]
    for statement in statements if engines.sqlite else [*statements, f"TRUNCATE {table} CASCADE"]:
        with pytest.raises(DBAPIError, match=r"is only ever added to|stands"), engines.writer.begin() as connection:
            connection.exec_driver_sql(statement)
    with engines.writing() as connection:
        connection.exec_driver_sql("UPDATE query SET status = 'closed', text = 'x'")
        connection.exec_driver_sql("UPDATE quarantine SET status = 'rejected', awaits = NULL, issues = '[]'")
    engines.dispose()
