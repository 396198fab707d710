"""Both validators asked: verdicts are kept by case, and one that dies at a case is asked the others all the same."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from tests.oracle import __main__, judge
from tests.oracle.case import Case, case

ORACLE = """
import json, sys
open(sys.argv[1], "a").write("asked\\n")
for line in sys.stdin:
    if "deadly" in line:
        sys.exit("died")
    refused = [{"severity": "error", "expression": "Patient", "id": "a#pat-1", "message": "no"}]
    print(json.dumps({"source": "a", "microseconds": 1, "issues": refused if "bad" in line else []}))
"""


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(judge, "KEPT", tmp_path / "kept")
    (tmp_path / "oracle.py").write_text(ORACLE)
    return shlex.join([sys.executable, str(tmp_path / "oracle.py"), str(tmp_path / "calls")])


@pytest.fixture
def definitions(tmp_path: Path) -> Path:
    folder = tmp_path / "definitions"
    folder.mkdir()
    return folder


def cases(*words: str) -> list[Case]:
    return [case("sound", word, {"resourceType": "Patient", "id": word}) for word in words]


def calls(folder: Path) -> int:
    return (folder / "calls").read_text().count("asked")


def test_a_verdict_is_asked_once(command: str, definitions: Path, tmp_path: Path) -> None:
    some = cases("good", "bad")
    found = judge.theirs(some, command, definitions)
    assert [[fault.rule for fault in found[each.digest]] for each in some] == [[], ["pat-1"]]
    assert judge.theirs(some, command, definitions) == found
    assert calls(tmp_path) == 1
    judge.theirs([*some, *cases("new")], command, definitions)
    assert calls(tmp_path) == 2


def test_other_definitions_are_another_question(command: str, definitions: Path, tmp_path: Path) -> None:
    judge.theirs(cases("good"), command, definitions)
    (definitions / "a.json").write_text("{}")
    judge.theirs(cases("good"), command, definitions)
    assert calls(tmp_path) == 2


def test_a_case_that_kills_is_found_and_the_others_are_judged(command: str, definitions: Path) -> None:
    some = cases("a", "b", "deadly", "bad", "c", "d")
    found = judge.theirs(some, command, definitions)
    assert [[fault.rule for fault in found[each.digest]] for each in some] == [[], [], ["died"], ["pat-1"], [], []]


def test_ours_judges_json_and_xml(definitions: Path) -> None:
    some = [Case("texts", "JSON", '{"resourceType":"Patient","active":1}'), Case("texts", "XML", "<Patient/>")]
    found = judge.ours(some, definitions)
    assert all(any(fault.refuses for fault in found[each.digest]) for each in some)


def test_a_crash_of_ours_is_a_fault(monkeypatch: pytest.MonkeyPatch, definitions: Path) -> None:
    def crash(*_: object) -> None:
        raise KeyError("a")

    monkeypatch.setattr("adapter.validation.validator.Validator.check_json", crash)
    (some,) = cases("good")
    assert [fault.rule for fault in judge.ours([some], definitions)[some.digest]] == ["crash"]


def test_without_a_command_it_says_what_is_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CRFHIR_ORACLE", raising=False)
    monkeypatch.setattr(sys, "argv", ["oracle"])
    assert __main__.main() == 0
    assert capsys.readouterr().out.startswith("CRFHIR_ORACLE is not set")
