from __future__ import annotations

from pathlib import Path

import pytest

from adapter.errors import DefinitionError
from adapter.mapping.study import load_study
from adapter.publish.package import sushi_project
from adapter.publish.shorthand import package_of
from tests.studies import study

IL2 = study("il2_csu")
PROJECT = sushi_project(IL2)
PACKAGE = PROJECT["input/fsh/package.fsh"]


def test_the_project_has_every_fsh_file_of_the_study() -> None:
    own = {path.name for path in (IL2.definition.folder / "profiles").glob("*.fsh")}
    assert own == {name.rpartition("/")[2] for name in PROJECT if name.endswith(".fsh")} - {"package.fsh"}


def test_the_configuration_is_the_study_s_and_leaves_r4_to_sushi() -> None:
    config = PROJECT["sushi-config.yaml"].splitlines()
    assert f"canonical: {IL2.definition.base}" in config
    assert "  hl7.fhir.uv.ae-research-backport-ig: 1.0.1" in config
    assert not any("r4.core" in line for line in config)


def test_a_uri_and_what_is_made_from_the_package_have_an_alias() -> None:
    assert f"Alias: $local = {IL2.definition.base}/CodeSystem/trial\n" in PACKAGE
    assert f"Alias: $vs-body-site-codes = {IL2.definition.base}/ValueSet/body-site-codes\n" in PACKAGE
    assert f"Alias: $q-diary = {IL2.definition.base}/Questionnaire/diary|1.0.0\n" in PACKAGE


def test_a_measure_has_its_unit_and_its_range() -> None:
    rules = PACKAGE.partition("RuleSet: Measured-injection-volume(path)\n")[2].partition("\n\n")[0]
    assert rules.splitlines() == [
        "* {path}.code = #mL",
        "* {path}.value ^minValueDecimal = 0",
        "* {path}.value ^maxValueDecimal = 5",
    ]


def test_no_profile_repeats_the_base_of_the_study() -> None:
    own = [text for name, text in PROJECT.items() if name.endswith(".fsh") and not name.endswith("/package.fsh")]
    assert own
    assert not any(IL2.definition.base in text for text in own)


def test_a_study_without_a_configuration_stands_on_r4_alone() -> None:
    package = package_of(study("harbor").definition)
    assert package.dependencies == {"hl7.fhir.r4.core": "4.0.1"}


def test_a_configuration_that_is_no_yaml_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text('study: s\nbase: https://s.example\nzone: "+01:00"\n')
    (tmp_path / "forms.yaml").write_text("one: {subject: subject key}\n")
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "sushi-config.yaml").write_text("id: [\n")
    with pytest.raises(DefinitionError, match=r"profiles/sushi-config\.yaml"):
        package_of(load_study(tmp_path).definition)
