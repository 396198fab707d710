from __future__ import annotations

from typing import Any

from adapter.publish.concept_map import bound_systems, concept_maps
from tests.studies import study

IL2 = study("il2_csu")
MAPS = {one["id"]: one for one in concept_maps(IL2)}


def targets(codelist: str, system: str) -> dict[str, list[tuple[Any, str]]]:
    group = next(group for group in MAPS[codelist]["group"] if group["target"].endswith(system))
    return {
        element["code"]: [(target.get("code"), target["equivalence"]) for target in element["target"]]
        for element in group["element"]
    }


def test_a_plain_code_has_the_system_that_r4_binds_to_its_element() -> None:
    assert bound_systems(IL2)["sex", "code"] == "http://hl7.org/fhir/administrative-gender"
    assert targets("sex", "administrative-gender")["female"] == [("female", "equivalent")]


def test_what_is_read_alone_is_related_and_says_so() -> None:
    found = targets("injection-outcome", "medication-admin-status")
    assert found["partly-given"] == [("stopped", "equivalent"), ("on-hold", "relatedto")]


def test_a_code_of_two_answers_is_wider_than_either() -> None:
    found = targets("attendance", "v3-ActCode")
    assert found["attended"][0] == ("AMB", "wider")
    assert found["missed"][0] == ("AMB", "wider")
    assert found["remote"] == [("VR", "equivalent")]


def test_an_answer_that_a_place_cannot_say_is_unmatched() -> None:
    assert targets("ae-outcome", "Thesaurus.owl")["unknown"] == [(None, "unmatched")]


def test_another_spelling_of_the_same_code_is_left_out() -> None:
    assert targets("seriousness", "adverse-event-seriousness")["true"] == [("serious", "equivalent")]
