from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapter.errors import DefinitionError
from adapter.fhir import json
from adapter.mapping.study import MappedStudy, load_study
from adapter.publish.package import (
    archive,
    archive_name,
    compiled,
    package_files,
    publish,
    stale,
    standing,
    unpacked,
)
from tests.studies import study

IL2 = study("il2_csu")
FOLDER = IL2.definition.folder


@pytest.fixture
def copied(tmp_path: Path) -> MappedStudy:
    shutil.copytree(FOLDER, tmp_path / "study")
    return load_study(tmp_path / "study")


def test_the_committed_package_is_what_the_study_package_and_the_profiles_say_now() -> None:
    assert stale(IL2) == []


def test_the_package_names_what_it_stands_on() -> None:
    manifest = json.parse(package_files(IL2, {})["package.json"])
    assert manifest["canonical"] == IL2.definition.base
    assert set(manifest["dependencies"]) == {"hl7.fhir.r4.core", "hl7.fhir.uv.ae-research-backport-ig"}


def test_the_archive_holds_the_folder_and_is_the_same_whenever_it_is_made() -> None:
    files = package_files(IL2, standing(FOLDER))
    assert archive(files) == archive(dict(files))
    assert unpacked(archive(files)) == files
    assert unpacked((FOLDER / archive_name(IL2.definition)).read_bytes()) == files


@given(st.binary(max_size=64))
@example(b"\x1f\x8b")
@example(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xff")
def test_what_is_no_archive_holds_nothing(packed: bytes) -> None:
    assert unpacked(packed) == {}


def test_every_file_holds_one_resource_of_its_name_under_the_study_s_base_or_hl7_s() -> None:
    for path in (FOLDER / "package").glob("*-*.json"):
        resource = json.parse(path.read_bytes())
        assert path.name == f"{resource['resourceType']}-{resource['id']}.json"
        assert resource["url"].startswith((f"{IL2.definition.base}/", "http://terminology.hl7.org/"))


def test_a_changed_profile_asks_for_the_compiler(copied: MappedStudy) -> None:
    with (copied.definition.folder / "profiles" / "visit.fsh").open("a") as file:
        file.write("// another word\n")
    assert stale(copied) == ["profiles/input/fsh/visit.fsh: compiled from something else; run `make profiles`"]


def test_a_changed_form_asks_for_a_new_package_and_for_the_compiler_if_a_profile_rests_on_it(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "study")
    form = tmp_path / "study" / "forms" / "injection.yaml"
    form.write_text(form.read_text(encoding="utf-8").replace("decimal 0..5 mL", "decimal 0..4 mL"), encoding="utf-8")
    found = stale(load_study(tmp_path / "study"))
    assert any(line.startswith("profiles/input/fsh/package.fsh: ") for line in found)
    assert any(line.startswith("package/Questionnaire-injection.json: ") for line in found)


def test_a_compiled_resource_that_was_written_by_hand_is_seen(copied: MappedStudy) -> None:
    path = copied.definition.folder / "package" / "StructureDefinition-trial-visit.json"
    path.write_text(path.read_text(encoding="utf-8").replace("finished", "planned"), encoding="utf-8")
    assert any("StructureDefinition-trial-visit.json" in line for line in stale(copied))


def test_publishing_puts_right_what_is_made_and_takes_away_what_is_not(copied: MappedStudy) -> None:
    folder = copied.definition.folder
    (folder / "package" / "ValueSet-sex.json").write_text("{}\n")
    (folder / "package" / "ValueSet-stray.json").write_text("{}\n")
    (folder / archive_name(copied.definition)).unlink()
    assert len(stale(copied)) == 3
    count = publish(copied, standing(folder), "fsh-sushi@3.21.0")
    assert count == len(list((folder / "package").glob("*-*.json")))
    assert stale(copied) == []


def test_a_study_without_profiles_has_a_package_of_what_is_made_from_it(tmp_path: Path) -> None:
    shutil.copytree(study("harbor").definition.folder, tmp_path / "study")
    mapped = load_study(tmp_path / "study")
    assert publish(mapped, {}, "") > 0
    assert stale(mapped) == []


def test_a_compiled_resource_may_not_be_one_that_is_made(tmp_path: Path) -> None:
    (tmp_path / "ValueSet-sex.json").write_text('{"resourceType": "ValueSet", "id": "sex"}')
    with pytest.raises(DefinitionError, match="made from the package already"):
        package_files(IL2, compiled(tmp_path))
