from __future__ import annotations

import pytest

from adapter.fhir.discriminator_path import flaws


@pytest.mark.parametrize(
    ("path", "type_name"),
    [
        ("code", "Observation"),
        ("$this", "Coding"),
        ("$this.coding.code", "CodeableConcept"),
        ("use", "HumanName"),
        ("value", "Observation"),
        ("value.ofType(CodeableConcept)", "Observation"),
        ("valueCodeableConcept.coding", "Observation"),
        ("extension('http://x.example/a.b').value", "Patient"),
        ("subject.resolve().code", "Observation"),
        ("resource", "Bundle.entry"),
        ("resource.code", "Bundle.entry"),
        ("url", "Extension"),
        ("code.coding.system", "Observation.component"),
        ("item.linkId", "QuestionnaireResponse.item"),
    ],
)
def test_a_path_that_r4_allows_has_no_flaw(path: str, type_name: str) -> None:
    assert list(flaws(path, (type_name,))) == []


@pytest.mark.parametrize(
    ("path", "type_name", "said"),
    [
        ("usee", "HumanName", "HumanName has no element usee"),
        ("code.codingg", "Observation", "CodeableConcept has no element codingg"),
        ("coding.where(system='a').code", "CodeableConcept", "calls where()"),
        ("coding.first()", "CodeableConcept", "calls first()"),
    ],
)
def test_a_path_that_tells_nothing_is_a_flaw(path: str, type_name: str, said: str) -> None:
    assert [said in flaw for flaw in flaws(path, (type_name,))] == [True]
