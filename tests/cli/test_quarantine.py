from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Crfhir, rows


def test_what_a_load_refuses_waits_and_is_rejected_with_a_reason(crfhir: Crfhir, tmp_path: Path) -> None:
    (tmp_path / "injection.csv").write_text(rows("1", "9", "1"))
    assert crfhir("load", str(tmp_path / "injection.csv")).status == 1
    assert crfhir("load", str(tmp_path / "injection.csv")).status == 1
    listed = crfhir("quarantine", "list").out.decode()
    assert listed.count("\n") == 1
    assert listed.split("\t")[:2] == ["1", "waiting"]
    assert "crfhir load" in listed
    assert listed.split("\t")[4:7] == ["injection", "2025-06-02", "-"]
    shown = crfhir("quarantine", "show", "1")
    assert "forms: injection" in shown.out.decode()
    assert "injection.volume" in shown.out.decode()
    assert "K-17" not in shown.out.decode()
    assert crfhir("quarantine", "replay", "1").status == 1
    assert crfhir("quarantine", "reject", "1", "--reason", "a typing error").status == 0
    assert crfhir("quarantine", "reject", "1", "--reason", "again").status == 1
    assert crfhir("quarantine", "list").out == b""
    assert "a typing error" in crfhir("quarantine", "show", "1").out.decode()
    assert (wrong := crfhir("quarantine", "list", "--status", "foo")).status == 2
    assert "waiting, replayed, corrected, rejected or all" in wrong.err
    assert crfhir("quarantine", "list", "--status", "all").out.decode().split("\t")[1] == "rejected"


def test_a_number_that_is_not_there_is_told(crfhir: Crfhir) -> None:
    assert "There is no database" in crfhir("quarantine", "list").err
    assert crfhir("db", "upgrade").status == 0
    assert crfhir("quarantine", "show", "7").status == 1
    assert crfhir("quarantine", "reject", "7", "--reason", "x").status == 1
    assert crfhir("quarantine", "reject", "7", "--reason", " ").status == 1
