from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapter.store.migrate import HEAD
from adapter.store.store import open_store
from tests.cli.conftest import Crfhir
from tests.store.rows import AT, KEY, ZONE, emitted, write


@pytest.fixture
def receipt(crfhir: Crfhir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database in the current folder with two pushes in it; the hash of the last one's receipt."""
    (tmp_path / "key").write_bytes(KEY + b"\n")
    monkeypatch.setenv("CRFHIR_KEY_FILE", str(tmp_path / "key"))
    store = open_store(f"sqlite:///{tmp_path / 'crfhir.db'}", ZONE, KEY)
    shown = ""
    for turn in range(2):
        with store.push("tests", f"digest {turn}", AT) as push:
            made = write("k", f'{{"a":{turn}}}', resources=(emitted("r", value=turn),))
            push.claim([made.key])
            push.write([made])
            shown = push.close("{}")
    store.close()
    return shown


def test_upgrade_makes_the_tables_and_then_has_nothing_to_do(crfhir: Crfhir) -> None:
    first, second = crfhir("db", "upgrade"), crfhir("db", "upgrade")
    assert (first.status, first.out.decode()) == (0, f"The tables are of revision {HEAD} now; before: none.\n")
    assert (second.status, b"nothing to do" in second.out) == (0, True)


def test_check_says_engine_revision_and_settings(crfhir: Crfhir, receipt: str) -> None:
    ended = crfhir("db", "check")
    assert ended.status == 0
    assert ended.out.decode().splitlines()[1:4] == [f"revision: {HEAD}", "journal_mode: wal", "synchronous: 2"]


def test_check_tells_of_tables_that_are_not_of_this_version(crfhir: Crfhir, tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "crfhir.db").close()
    (tmp_path / "crfhir.db").touch()
    ended = crfhir("db", "check")
    assert (ended.status, "wrong: revision is none" in ended.err) == (1, True)


def test_verify_says_what_there_is_and_what_no_checkpoint_covers(crfhir: Crfhir, receipt: str) -> None:
    ended = crfhir("db", "verify", "--receipt", receipt)
    assert ended.status == 0
    rows, *told = ended.out.decode().splitlines()
    assert rows.endswith("record_version 2, resource 1, resource_version 2, audit 4, chain_link 2, checkpoint 1")
    assert told == [
        "checkpoints: 1",
        f"not covered by a checkpoint yet: 1 submission, since {AT}",
        "Everything stands as it was written.",
    ]


def test_verify_ends_with_1_and_a_list_where_something_is_not_as_it_was(crfhir: Crfhir, receipt: str) -> None:
    with closing(sqlite3.connect("crfhir.db")) as file, file:
        file.execute("DROP TRIGGER record_version_refuses_update")
        file.execute("UPDATE record_version SET content = '{}' WHERE version = 1")
    ended = crfhir("db", "verify")
    assert (ended.status, "2 findings" in ended.err) == (1, True)
    assert "f/k version 1: its bytes are not those that were written" in ended.out.decode()


def test_verify_misses_the_push_of_a_receipt(crfhir: Crfhir, receipt: str) -> None:
    ended = crfhir("db", "verify", "--receipt", "0" * 64)
    assert ended.status == 1
    assert "its push does not stand in the chain" in ended.out.decode()


def test_verify_without_the_key_says_that_signatures_were_not_checked(
    crfhir: Crfhir, receipt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CRFHIR_KEY_FILE")
    assert "signatures were not checked" in crfhir("db", "verify").out.decode()


def test_a_backup_is_proved_and_put_back_on_another_path(crfhir: Crfhir, receipt: str, tmp_path: Path) -> None:
    assert crfhir("db", "backup", "copy.db").status == 0
    assert crfhir("db", "verify", "--database", "sqlite:///copy.db", "--receipt", receipt).status == 0
    ended = crfhir("db", "restore", "copy.db", "--database", "sqlite:///new.db")
    assert (ended.status, b"Everything stands as it was written." in ended.out) == (0, True)
    assert crfhir("db", "backup", "copy.db").status == 2


def test_a_database_that_is_not_there_is_not_made_by_looking_at_it(crfhir: Crfhir, tmp_path: Path) -> None:
    for verb in (("check",), ("verify",), ("backup", "copy.db")):
        ended = crfhir("db", *verb)
        assert (ended.status, "There is no database" in ended.err) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_not_made_by_a_wrong_name(crfhir: Crfhir, receipt: str, tmp_path: Path) -> None:
    assert crfhir("db", "backup", "copy.db").status == 0
    before = sorted(path.name for path in tmp_path.iterdir())
    for words in (
        ("backup", "typo/b.db"),
        ("restore", "copy.db", "--database", "sqlite:///typo/b.db"),
        ("upgrade", "--database", "sqlite:///typo/b.db"),
    ):
        ended = crfhir("db", *words)
        assert (ended.status in (1, 2), "There is no folder typo" in ended.err) == (True, True)
    (tmp_path / "text.db").write_text("no database\n" * 100)
    assert crfhir("db", "restore", "text.db", "--database", "sqlite:///new.db").status == 1
    (tmp_path / "text.db").unlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_what_cannot_be_written_is_proved_as_it_lies(
    crfhir: Crfhir, receipt: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crfhir("db", "backup", "copy.db")
    before = (tmp_path / "copy.db").read_bytes()
    monkeypatch.setattr("adapter.store.database_file.writable", lambda _: False)
    named = ("--database", "sqlite:///copy.db")
    assert crfhir("db", "verify", "--receipt", receipt.upper(), *named).status == 0
    checked = crfhir("db", "check", *named)
    assert (checked.status, b"written: no" in checked.out) == (0, True)
    assert (tmp_path / "copy.db").read_bytes() == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("copy.db-")]


def test_settings_are_read_from_a_file_that_may_name_what_is_not_here(
    crfhir: Crfhir, receipt: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CRFHIR_KEY_FILE")
    (tmp_path / "crfhir.db").rename(tmp_path / "elsewhere.db")
    (tmp_path / "crfhir.toml").write_text(
        f'database = "sqlite:///elsewhere.db"\nkey_file = "{tmp_path / "key"}"\ntls_key = "not/here.pem"\n'
    )
    ended = crfhir("db", "verify", "--config", "crfhir.toml")
    assert (ended.status, b"checkpoints: 1\n" in ended.out) == (0, True)


def test_another_key_is_told_as_one_finding(crfhir: Crfhir, receipt: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("another key, long enough for one\n")
    ended = crfhir("db", "verify")
    assert (ended.status, ended.err) == (1, "1 finding: this is not what was written.\n")
    assert "this is not the key that the database is signed with" in ended.out.decode()
