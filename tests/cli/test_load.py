from __future__ import annotations

from pathlib import Path

import pytest

from adapter.api.config import Config
from adapter.cli.load import load_files
from adapter.errors import CrfhirError, UsageError
from adapter.store.sight import BLIND
from adapter.store.store import Store, open_store
from tests.api.trial import STUDY

HEADER = "subject,date,wheals,itch,tablets,angioedema\n"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(study=str(STUDY), database=f"sqlite:///{tmp_path / 'new' / 'crfhir.db'}")


def diaries(config: Config) -> int:
    store: Store = open_store(config.database, "+08:00")
    try:
        return store.counts(BLIND)[0].get("diary", 0)
    finally:
        store.close()


def test_the_same_files_again_change_nothing(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "diary.csv"
    file.write_text(HEADER + "01-001,2025-04-01,1,2,0,false\n")
    load_files(config, [str(file)])
    assert "1 records stored" in capsys.readouterr().err
    load_files(config, [str(file)])
    assert "already" in capsys.readouterr().err
    assert diaries(config) == 1


def test_bad_rows_are_listed_and_good_ones_stored(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "diary.csv"
    file.write_text(HEADER + "01-001,2025-04-01,1,2,0,false\n01-001,2025/4/2,9,2,0,false\n01-001\n")
    with pytest.raises(CrfhirError, match="what has an issue was not stored"):
        load_files(config, [str(file)])
    told = capsys.readouterr().err
    assert "line 3" in told
    assert "line 4" in told
    assert diaries(config) == 1


def test_files_with_issues_are_read_again(config: Config, tmp_path: Path) -> None:
    (tmp_path / "diary.csv").write_text(HEADER + "01-001,2025-04-01,9,2,0,false\n")
    for _ in range(2):
        with pytest.raises(CrfhirError, match="1 issues"):
            load_files(config, [str(tmp_path / "diary.csv")])


def test_a_file_of_no_form_is_told_and_its_form_can_be_given(config: Config, tmp_path: Path) -> None:
    (tmp_path / "nothing.csv").write_text("a,b\n1,2\n")
    with pytest.raises(CrfhirError, match="1 issues"):
        load_files(config, [str(tmp_path / "nothing.csv")])
    (tmp_path / "nothing.csv").write_text(HEADER + "01-001,2025-04-01,1,2,0,false\n")
    load_files(config, [str(tmp_path / "nothing.csv")], form="diary")
    assert diaries(config) == 1


def test_a_column_that_nobody_knows_is_told_once_and_its_rows_are_not_stored(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = "".join(f"01-001,2025-04-0{day},1,2,0,false\n" for day in (1, 2, 3))
    (tmp_path / "diary.csv").write_text(HEADER.replace("wheals", "whels") + lines)
    with pytest.raises(CrfhirError, match="1 issues"):
        load_files(config, [str(tmp_path / "diary.csv")])
    assert "did you mean wheals?" in capsys.readouterr().err
    assert diaries(config) == 0


def test_a_form_or_site_that_the_study_has_not_is_a_wrong_call(config: Config, tmp_path: Path) -> None:
    for wrong in ({"form": "diaries"}, {"site": "99"}):
        with pytest.raises(UsageError, match="The study il2_csu has no"):
            load_files(config, [str(tmp_path)], **wrong)


def test_a_computed_form_is_named_and_left_out(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "uas7.csv").write_text("subject,end\n01-001,2025-04-01\n")
    load_files(config, [str(tmp_path / "uas7.csv")])
    assert "Computed here, not loaded" in capsys.readouterr().err
