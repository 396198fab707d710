from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from adapter.errors import StoreError
from adapter.store.audit import digest_of
from adapter.store.dialect import Engines
from adapter.store.schema import IMMUTABLE
from adapter.store.store import Store, open_store
from adapter.store.verify import verify
from tests.store.rows import AT, KEY, ZONE, emitted, push, write

LATER = "2026-01-01T00:00:10.000Z"


@pytest.fixture
def filled(database: str) -> Iterator[Store]:
    """Three pushes: the first under a checkpoint, the other two after it."""
    opened = open_store(database, ZONE, KEY)
    for turn, at in enumerate((AT, LATER, LATER)):
        with opened.push("tests", f"digest {turn}", at) as one:
            made = write("k", f'{{"a":{turn}}}', '{"kit":1}', (emitted("r", value=turn), emitted("x", restricted=True)))
            one.claim([made.key])
            one.write([made])
            one.leave("[1]")
            one.leave("[2]")
            one.close(f'{{"turn":{turn}}}')
    push(opened, write("k", '{"a":2}', '{"kit":1}', (emitted("x", restricted=True),)), at=LATER)
    yield opened
    opened.close()


def tamper(store: Store, *statements: str) -> None:
    """Change rows behind the triggers' back, as one with the file in his hands would."""
    if store.engines.sqlite:
        with closing(sqlite3.connect(store.engines.reader.url.database or "")) as file, file:
            for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                file.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                file.execute(statement)
        return
    with store.engines.writing() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_what_was_written_is_found_whole_with_its_counts_and_its_tail(filled: Store) -> None:
    verdict = verify(filled.engines, KEY)
    assert verdict.findings == []
    assert verdict.counts == {
        "submission": 4,
        "record": 2,
        "record_version": 4,
        "resource": 2,
        "resource_version": 5,
        "audit": 9,
        "chain_link": 4,
        "checkpoint": 1,
    }
    assert (verdict.tail.links, verdict.tail.since, verdict.tail.checkpoints) == (3, LATER, 1)


def test_progress_is_told_now_and_then_up_to_the_whole(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapter.store.verify_chain.AT_ONCE", 2)
    told: list[tuple[int, int]] = []
    verdict = verify(filled.engines, KEY, progress=lambda done, total: told.append((done, total)))
    total = verdict.counts["chain_link"] + 2 * verdict.counts["audit"]
    assert {one[1] for one in told} == {total}
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert total - 1 <= told[-1][0] <= total


X = digest_of(b"x")
COLUMNS = "record, version, submission, at, digest, content"
COPIED = "SELECT record, 4, submission, at, digest, content"

TAMPERED = {
    "a record's content": ("UPDATE record_version SET content = '{}' WHERE version = 2", "bytes are not those"),
    "a record's content and digest": (
        f"UPDATE record_version SET content = 'x', digest = '{digest_of(b'x')}' WHERE version = 2",
        "bytes are not those",
    ),
    "a resource's bytes": ("UPDATE resource_version SET body = 'x' WHERE version = 2", "bytes are not those"),
    "the digest by which changes are seen": (
        "UPDATE resource_version SET digest = 'x' WHERE version = 2",
        "digest is not that of its bytes",
    ),
    "the time of a version": (
        f"UPDATE resource_version SET at = '{AT}' WHERE version = 2",
        "time is not that of its submission",
    ),
    "why a version was made": ("UPDATE record_version SET reason = 'x' WHERE version = 2", "why it was made"),
    "whether a version voids": ("UPDATE record_version SET kind = 'voided' WHERE version = 2", "why it was made"),
    "a version that is gone": ("DELETE FROM record_version WHERE version = 2", "version 2 is gone"),
    "a last version that is gone": (
        "DELETE FROM record_version WHERE version = 3",
        "stands at version 3, its last one is 2",
    ),
    "a version that nobody wrote": (
        f"INSERT INTO record_version ({COLUMNS}) {COPIED} FROM record_version WHERE version = 3",
        "no audit row tells of it",
    ),
    "the version that stands": ("UPDATE resource SET version = 1 WHERE version = 4", "it stands at version 1"),
    "a resource shown again": (
        "UPDATE resource SET deleted = (id = 'x')",
        "state or time is not that of its last version",
    ),
    "a resource made open": (
        "UPDATE resource SET restricted = (id = 'r')",
        "name, part or submission is not what the audit says",
    ),
    "a resource by another name": (
        "UPDATE resource SET id = 'other' WHERE id = 'r'",
        "name, part or submission is not what the audit says",
    ),
    "who sent it": ("UPDATE submission SET sender = 'other' WHERE number = 2", "is not what was written"),
    "what was answered": ("UPDATE receipt SET content = 'x' WHERE submission = 2", "is not what was written"),
    "what no map read": ("UPDATE residue SET content = '[]' WHERE submission = 2 AND part = 2", "is not what was"),
    "an audit row": ("UPDATE audit SET reason = 'x' WHERE submission = 2 AND place = 1", "is not what was written"),
    "an audit row that is gone": ("DELETE FROM audit WHERE submission = 2 AND place = 1", "is not what was written"),
    "a link": ("UPDATE chain_link SET hash = 'x' WHERE position = 2", "names another link before it"),
    "the hash that was shown": ("UPDATE chain_link SET shown = 'x' WHERE position = 2", "is not what was written"),
    "a link that is gone": ("DELETE FROM chain_link WHERE position = 2", "links are missing"),
    "what a checkpoint signs": ("UPDATE checkpoint SET at = 'x'", "signature is not of this key"),
    "a checkpoint that came in between": (
        "INSERT INTO checkpoint SELECT 2, at, heads, 'x', mac FROM checkpoint",
        "the one before it is not what it was",
    ),
}


@pytest.mark.parametrize(("statement", "told"), TAMPERED.values(), ids=TAMPERED.keys())
def test_a_change_by_hand_is_found(filled: Store, statement: str, told: str) -> None:
    tamper(filled, statement)
    assert told in "\n".join(verify(filled.engines, KEY).findings)


def test_a_history_made_anew_is_found_by_the_checkpoint(filled: Store) -> None:
    tamper(
        filled,
        *(f"DELETE FROM {table.name}" for table in IMMUTABLE if table.name not in ("checkpoint", "submission")),
        "DELETE FROM resource",
        "DELETE FROM record",
        "DELETE FROM submission",
    )
    push(filled, write("k"))
    found = verify(filled.engines, KEY).findings
    assert [line for line in found if "that it signs is gone or changed" in line]


def test_a_cut_off_tail_is_missed_by_who_holds_a_receipt(filled: Store) -> None:
    with filled.push("tests", "digest", LATER) as one:
        shown = one.close("{}")
    assert verify(filled.engines, KEY, [shown]).findings == []
    tamper(
        filled,
        "DELETE FROM chain_link WHERE submission = 5",
        "DELETE FROM receipt WHERE submission = 5",
        "DELETE FROM submission WHERE number = 5",
    )
    assert verify(filled.engines, KEY).findings == []
    assert verify(filled.engines, KEY, [shown]).findings == [f"receipt {shown}: its push does not stand in the chain"]


def test_without_a_key_signatures_are_not_judged(filled: Store) -> None:
    tamper(filled, "UPDATE checkpoint SET mac = 'x'")
    verdict = verify(filled.engines, None)
    assert (verdict.findings, verdict.signed) == ([], False)


def test_what_is_found_names_no_content(filled: Store) -> None:
    tamper(filled, "UPDATE record_version SET content = '{\"secret\":1}'")
    assert "secret" not in "\n".join(verify(filled.engines, KEY).findings)


def test_a_row_whose_parent_is_gone_is_found(filled: Store) -> None:
    tamper(filled, "DELETE FROM record WHERE part = 'open'")
    found = "\n".join(verify(filled.engines, KEY).findings)
    assert "Observation/r: it belongs to no record" in found
    assert "f/k version 1: the audit has it, the versions do not" in found
    if filled.engines.sqlite:
        assert "the row of record that it refers to is gone" in found


def test_tables_of_another_version_are_not_judged(blank: str) -> None:
    engines = Engines(blank)
    with pytest.raises(StoreError, match="crfhir db upgrade first"):
        verify(engines, KEY)
    engines.dispose()
