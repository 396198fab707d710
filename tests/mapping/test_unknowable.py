from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from adapter.mapping.study import load_study
from adapter.mapping.unknowable import unknowable
from tests.studies import FOLDERS, study


@pytest.mark.parametrize("name", FOLDERS)
def test_our_own_studies_say_what_must_be_known(name: str) -> None:
    assert unknowable(study(name)) == []


def copied(tmp_path: Path, old: str, new: str) -> Path:
    shutil.copytree(FOLDERS["il2_csu"], tmp_path / "study")
    form = tmp_path / "study" / "forms" / "subject.yaml"
    text = form.read_text(encoding="utf-8")
    assert old in text
    form.write_text(text.replace(old, new), encoding="utf-8")
    return tmp_path / "study"


def test_an_item_that_may_be_missing_where_r4_has_no_unknown_is_noted_at_its_place_in_the_map(tmp_path: Path) -> None:
    (note,) = unknowable(load_study(copied(tmp_path, "known: [status]", "not_future: [status_date]")))
    assert note.file.endswith("maps/subject.yaml")
    assert 'status: "{status}"' in (tmp_path / "study/maps/subject.yaml").read_text("utf-8").splitlines()[note.line - 1]
    assert note.why.startswith("warning: ResearchSubject: R4 requires a code where status is")
    assert note.why.endswith("name it in a check, `known: [status]`")


def test_an_item_that_may_be_silent_there_is_to_be_flagged(tmp_path: Path) -> None:
    (note,) = unknowable(load_study(copied(tmp_path, "code subject_status required", "code subject_status")))
    assert note.why.endswith("would not be valid: flag it `required`")
