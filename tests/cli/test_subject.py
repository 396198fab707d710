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
    assert f"Linked to another subject already, and left so: line 2 of {table}." in against.err
    assert "12345" not in against.err


@pytest.mark.parametrize(
    "line",
    [
        "01,Patient,12345,02-001",
        "99,Patient,12345,99-001",
        "01,Patient,12345,01-00",
        "01,Patient,12345,01-001,a note",
        "01,Patient,,01-001",
        "01",
    ],
)
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
    ended = crfhir("subject", "link", "none.csv")
    assert (ended.status, "No such file" in ended.err) == (2, True)


def test_every_line_that_cannot_be_is_told_and_nothing_is_linked(crfhir: Crfhir, tmp_path: Path) -> None:
    table = tmp_path / "links.csv"
    table.write_text(f"{HEADER}01,Patient,1,01-001\n\n01,Patient,2,01-00\n99,Patient,3,99-001\n")
    ended = crfhir("subject", "link", str(table))
    assert (ended.status, "line 4" in ended.err, "line 5" in ended.err) == (2, True, True)
    table.write_text(f"{HEADER}01,Patient,1,01-001\n")
    assert crfhir("subject", "link", str(table)).err == "1 linked, 0 unchanged\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "its first line must be site,system,value,subject"),
        (HEADER, "links nobody"),
        ("site;system;value;subject\n01;Patient;1;01-001\n", "separated by commas"),
        ("site,system,value,subject,note\n01,Patient,1,01-001,x\n", "its first line must be"),
        ("01,Patient,12345,01-001\n", "its first line must be"),
        (f'{HEADER}01,Patient,"1,01-001\n', "cannot be read as CSV"),
    ],
)
def test_a_table_that_is_none_is_told_without_what_it_holds(
    crfhir: Crfhir, tmp_path: Path, text: str, said: str
) -> None:
    table = tmp_path / "links.csv"
    table.write_text(text)
    ended = crfhir("subject", "link", str(table))
    assert (ended.status, said in ended.err, "12345" in ended.err) == (2, True, False)
