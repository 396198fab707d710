from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Crfhir

HEADER = "site,system,value,subject\n"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("a key of the tests, long enough\n")
    monkeypatch.setenv("CRFHIR_KEY_FILE", str(tmp_path / "key"))


def test_links_are_counted_and_those_that_contradict_are_refused(crfhir: Crfhir, tmp_path: Path) -> None:
    table = tmp_path / "links.csv"
    table.write_text(f"{HEADER}01,Patient,12345,01-001\n01,http://mrn.example,778899,01-001\n")
    first, again = crfhir("subject", "link", str(table)), crfhir("subject", "link", str(table))
    assert (first.status, first.err) == (0, "2 linked, 0 unchanged\n")
    assert (again.status, again.err) == (0, "0 linked, 2 unchanged\n")
    table.write_text(f"{HEADER}01,Patient,12345,01-002\n")
    against = crfhir("subject", "link", str(table))
    assert against.status == 1
    assert "1 names are linked to other subjects already" in against.err
    assert "12345" not in against.err


@pytest.mark.parametrize("line", ["01,Patient,12345,02-001", "99,Patient,12345,99-001", "01,Patient,,01-001", "01"])
def test_a_line_that_cannot_be_is_told_without_its_values(crfhir: Crfhir, tmp_path: Path, line: str) -> None:
    table = tmp_path / "links.csv"
    table.write_text(f"{HEADER}{line}\n")
    ended = crfhir("subject", "link", str(table))
    assert ended.status == 2
    assert "line 2" in ended.err
    assert "12345" not in ended.err


def test_without_a_key_nothing_is_linked(crfhir: Crfhir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRFHIR_KEY_FILE")
    table = tmp_path / "links.csv"
    table.write_text(f"{HEADER}01,Patient,12345,01-001\n")
    ended = crfhir("subject", "link", str(table))
    assert (ended.status, "CRFHIR_KEY_FILE" in ended.err) == (2, True)


def test_a_table_that_is_not_there_is_told(crfhir: Crfhir) -> None:
    assert crfhir("subject", "link", "none.csv").status == 2
