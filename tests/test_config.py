from __future__ import annotations

from pathlib import Path

import pytest

from adapter.config import STUDY, secret_key, study_folder
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


def test_the_key_is_read_from_the_environment_or_from_a_file_without_white_space(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("  0123456789abcdef\n")
    assert secret_key({}) is None
    assert secret_key({"CRFHIR_KEY": "0123456789abcdef"}) == b"0123456789abcdef"
    assert secret_key({"CRFHIR_KEY_FILE": str(tmp_path / "key")}) == b"0123456789abcdef"
    assert secret_key({}, str(tmp_path / "key")) == b"0123456789abcdef"
    assert secret_key({"CRFHIR_KEY": "fedcba9876543210"}, str(tmp_path / "key")) == b"fedcba9876543210"


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"CRFHIR_KEY": "short"}, "CRFHIR_KEY is too short"),
        ({"CRFHIR_KEY_FILE": "none"}, "none cannot be read"),
        ({"CRFHIR_KEY_FILE": "empty"}, "empty is empty"),
        ({"CRFHIR_KEY_FILE": "bytes"}, "bytes is no text"),
        ({"CRFHIR_KEY_FILE": "short"}, "CRFHIR_KEY_FILE is too short"),
        ({"CRFHIR_KEY": "0123456789abcdef", "CRFHIR_KEY_FILE": "short"}, "not both"),
    ],
)
def test_a_key_that_cannot_be_used_is_told(environ: dict[str, str], told: str, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text(" \n")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "short").write_text("short")
    with pytest.raises(UsageError, match=told):
        secret_key(environ)
