from __future__ import annotations

import pytest

from adapter.publish.terminology import code_systems, own_codes, value_sets
from tests.studies import FOLDERS, study

IL2 = study("il2_csu").definition
SYSTEMS = {one["id"]: one for one in code_systems(IL2)}
SETS = {one["id"]: one for one in value_sets(IL2)}


@pytest.mark.parametrize("name", FOLDERS)
def test_no_two_resources_of_a_kind_have_one_id_and_no_code_stands_twice(name: str) -> None:
    definition = study(name).definition
    for made in (list(code_systems(definition)), list(value_sets(definition))):
        ids = [one["id"] for one in made]
        assert len(ids) == len(set(ids))
    for one in code_systems(definition):
        codes = [concept["code"] for concept in one["concept"]]
        assert codes
        assert len(codes) == len(set(codes))


def test_the_answers_of_a_codelist_are_codes_in_both_languages() -> None:
    first = SYSTEMS["injection-outcome"]["concept"][0]
    assert first == {"code": "given", "display": "Given", "designation": [{"language": "zh", "value": "已给药"}]}


def test_yes_and_no_are_codes_as_fhir_spells_them() -> None:
    assert [concept["code"] for concept in SYSTEMS["seriousness"]["concept"]] == ["true", "false"]


def test_the_study_s_own_codes_are_those_of_names_and_of_columns() -> None:
    codes = {concept["code"]: concept["display"] for concept in SYSTEMS["trial"]["concept"]}
    assert codes["blinded-study-treatment"] == "Blinded study treatment"
    assert codes["action-withdrawn"] == "Withdrawn"
    assert all(system.startswith(IL2.base) for system in own_codes(IL2))


def test_the_visits_are_a_fragment_of_the_planned_ones() -> None:
    assert SYSTEMS["visit"]["content"] == "fragment"
    assert [concept["code"] for concept in SYSTEMS["visit"]["concept"]][:2] == ["SCR", "W0"]


def test_a_value_set_of_codings_holds_what_is_written_and_what_is_read() -> None:
    (include,) = SETS["body-site-codes"]["compose"]["include"]
    assert {"code": "LVG"} in include["concept"]
    assert len(SETS["frequency-codes"]["compose"]["include"]) == 2


def test_a_codelist_of_plain_codes_alone_has_no_value_set_of_codings() -> None:
    assert "sex-codes" not in SETS
    assert SETS["sex"]["compose"] == {"include": [{"system": f"{IL2.base}/CodeSystem/sex"}]}
