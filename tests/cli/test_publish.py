import shutil
from pathlib import Path

from tests.cli.conftest import STUDY, Crfhir


def test_the_committed_package_is_current(crfhir: Crfhir) -> None:
    ended = crfhir("study", "publish", "--check")
    assert (ended.status, ended.out) == (0, b"")
    assert "current" in ended.err


def test_what_is_not_current_is_named_and_publishing_mends_it(crfhir: Crfhir) -> None:
    shutil.copytree(STUDY, "study")
    Path("study/package/ValueSet-sex.json").unlink()
    ended = crfhir("study", "publish", "--check", "--study", "study")
    assert (ended.status, ended.out.decode().splitlines()) == (
        1,
        ["package/ValueSet-sex.json: not what the study package says now"],
    )
    assert crfhir("study", "publish", "--study", "study").status == 0
    assert crfhir("study", "publish", "--check", "--study", "study").status == 0


def test_the_project_for_sushi_is_written_and_its_output_taken(crfhir: Crfhir) -> None:
    shutil.copytree(STUDY, "study")
    assert crfhir("study", "publish", "--study", "study", "--shorthand", "sushi").status == 0
    assert Path("sushi/sushi-config.yaml").is_file()
    Path("out").mkdir()
    shutil.copy("study/package/StructureDefinition-trial-visit.json", "out")
    ended = crfhir("study", "publish", "--study", "study", "--compiled", "out", "--compiler", "by hand")
    assert b"1 of them compiled" in ended.out
    assert "compiler by hand" in Path("study/profiles/compiled.txt").read_text()
    assert not Path("study/package/StructureDefinition-trial-injection.json").exists()
