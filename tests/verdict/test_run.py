from __future__ import annotations

from pathlib import Path

import pytest

from adapter.errors import DefinitionError, UsageError
from adapter.verdict.judge import Held
from adapter.verdict.run import TOGETHER, verdicts

SOUND = '{"resourceType":"Patient"}\n'
BROKEN = '{"resourceType":"Patient","gender":"banana"}\n'


def silent(_read: int, _all: int, _judged: int) -> None:
    """Tells nobody."""


@pytest.fixture
def many(tmp_path: Path) -> Path:
    path = tmp_path / "many.ndjson"
    path.write_text("".join(BROKEN if number % 7 == 0 else SOUND for number in range(TOGETHER * 3 + 5)))
    return path


def test_verdicts_come_in_the_order_of_the_input_whatever_the_number_of_processes(many: Path) -> None:
    alone = list(verdicts([str(many)], Held(()), 1, silent))
    assert [verdict.source for verdict in alone] == [f"{many}:{n + 1}" for n in range(TOGETHER * 3 + 5)]
    assert [verdict.valid for verdict in alone][:8] == [False, *[True] * 6, False]
    assert list(verdicts([str(many)], Held(()), 2, silent)) == alone


def test_progress_is_told_for_each_piece_of_work(many: Path) -> None:
    told: list[int] = []
    list(verdicts([str(many)], Held(()), 1, lambda _read, _all, judged: told.append(judged)))
    assert told == [TOGETHER, TOGETHER * 2, TOGETHER * 3, TOGETHER * 3 + 5]


def test_large_resources_are_not_gathered(tmp_path: Path) -> None:
    line = '{"resourceType":"Patient","name":[{"family":"' + "x" * (3 << 20) + '"}]}\n'
    path = tmp_path / "large.ndjson"
    path.write_text(line * 4)
    told: list[int] = []
    list(verdicts([str(path)], Held(()), 1, lambda _read, _all, judged: told.append(judged)))
    assert told == [2, 4]


@pytest.mark.parametrize("jobs", [1, 2])
def test_faulty_definitions_are_told_whatever_the_number_of_processes(many: Path, tmp_path: Path, jobs: int) -> None:
    (tmp_path / "definitions.json").write_text("{")
    with pytest.raises(DefinitionError, match=r"definitions\.json:1"):
        list(verdicts([str(many)], Held((tmp_path / "definitions.json",)), jobs, silent))


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_profile_that_nobody_knows_is_told_whatever_the_number_of_processes(many: Path, jobs: int) -> None:
    with pytest.raises(UsageError, match="not known"):
        list(verdicts([str(many)], Held((), ("http://x.example/p",)), jobs, silent))
