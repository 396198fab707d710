import shutil
from pathlib import Path

from tests.cli.conftest import STUDY, Crfhir


def test_a_sound_package_is_told_with_what_it_holds(crfhir: Crfhir) -> None:
    ended = crfhir("study", "check")
    assert ended.status == 0
    assert b"is sound" in ended.out


def test_every_fault_of_a_package_is_listed_with_file_and_line(crfhir: Crfhir) -> None:
    shutil.copytree(STUDY, "study")
    form = Path("study/forms/injection.yaml")
    form.write_text(
        form.read_text().replace("decimal 0..5 mL", "decimall 0..5 mL").replace("type: datetime", "type: datetimes")
    )
    ended = crfhir("study", "check", "--study", "study")
    told = ended.out.decode().splitlines()
    assert ended.status == 1
    assert len([line for line in told if line.startswith("forms/injection.yaml:")]) >= 2
    assert "fault" in ended.err


def test_a_name_that_nothing_uses_is_a_warning_that_leaves_the_package_sound(crfhir: Crfhir) -> None:
    shutil.copytree(STUDY, "study")
    with Path("study/names.yaml").open("a", encoding="utf-8") as names:
        names.write("\nforgotten: https://il2-csu.example/forgotten\n")
    ended = crfhir("study", "check", "--study", "study")
    assert ended.status == 0
    assert "warning: the name 'forgotten' is used nowhere" in ended.out.decode()


def test_the_coverage_is_a_table_or_a_document(crfhir: Crfhir) -> None:
    table, document = crfhir("study", "coverage"), crfhir("study", "coverage", "--markdown")
    assert b"injection" in table.out
    assert document.out.startswith(b"# ")


def test_a_plan_is_printed_and_an_unknown_form_is_refused(crfhir: Crfhir) -> None:
    assert b"MedicationAdministration" in crfhir("study", "plan", "injection").out
    refused = crfhir("study", "plan", "injektion")
    assert refused.status == 2
    assert refused.err == "The study il2_csu has no form injektion: did you mean injection?\n"
    assert "has no form nope: there are adverse_event, diary" in crfhir("study", "plan", "nope").err


def test_a_folder_without_a_study_is_a_wrong_call(crfhir: Crfhir, tmp_path: Path) -> None:
    ended = crfhir("study", "check", "--study", str(tmp_path))
    assert ended.status == 2
    assert "study.yaml" in ended.err
