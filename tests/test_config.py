from __future__ import annotations

from pathlib import Path

import pytest

from adapter.config import STUDY, study_folder
from adapter.errors import UsageError


def package(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "study.yaml").write_text("study: x\n")
    return folder


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(STUDY, raising=False)


def test_a_folder_that_is_named_wins_over_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = package(tmp_path / "one"), package(tmp_path / "other")
    monkeypatch.setenv(STUDY, str(other))
    assert study_folder(str(one)) == one
    assert study_folder(None) == other


def test_the_one_study_of_the_current_folder_is_taken(tmp_path: Path) -> None:
    package(tmp_path / "mappings" / "mine")
    assert study_folder() == Path("mappings/mine")


def test_a_bare_name_is_looked_up_in_the_mappings(tmp_path: Path) -> None:
    package(tmp_path / "mappings" / "a")
    package(tmp_path / "mappings" / "b")
    assert study_folder("b") == Path("mappings/b")


def test_without_a_name_the_studies_of_the_source_tree_are_found() -> None:
    assert (study_folder() / "study.yaml").is_file()


def test_several_studies_ask_for_a_choice(tmp_path: Path) -> None:
    package(tmp_path / "mappings" / "a")
    package(tmp_path / "mappings" / "b")
    with pytest.raises(UsageError, match=r"several studies: a, b\. Choose one"):
        study_folder()


def test_a_folder_without_a_study_says_what_to_do(tmp_path: Path) -> None:
    package(tmp_path / "packages" / "a")
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=r"no study\.yaml.*Did you mean .*packages/a"):
        study_folder("packages")
    with pytest.raises(UsageError, match="there is no folder nowhere"):
        study_folder("nowhere")
    with pytest.raises(UsageError, match="is a file"):
        study_folder("file")
