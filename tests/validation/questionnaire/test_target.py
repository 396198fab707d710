from __future__ import annotations

from typing import Any

import pytest

from adapter.validation.questionnaire.reading import CORE
from adapter.validation.questionnaire.target import targets_of, type_of
from adapter.validation.questionnaire.walk import Walk
from tests.validation.questionnaire.fakes import FakeDefinitions, FakeJudge, scope_of

PROFILE = "http://x.example/StructureDefinition/p"


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ({"reference": "Patient/1"}, "Patient"),
        ({"reference": "Patient/1/_history/2"}, "Patient"),
        ({"reference": "https://x.example/fhir/Device/1"}, "Device"),
        ({"reference": "#c"}, "Practitioner"),
        ({"reference": "urn:uuid:3", "type": "Patient"}, "Patient"),
        ({"type": "Patient"}, "Patient"),
        ({"reference": "urn:uuid:3"}, None),
        ({"reference": "nonsense"}, None),
        ({"reference": "Nonsense/1"}, None),
        ({"reference": 7}, None),
        ("Patient/1", None),
    ],
)
def test_the_type_of_what_is_referred_to_is_told_as_far_as_it_can_be(reference: Any, expected: str | None) -> None:
    response = {"contained": [{"resourceType": "Practitioner", "id": "c"}]}
    assert type_of(reference, scope_of(response)) == expected


def profile_keys(*refused: str, known: bool = True, reference: str = "#c") -> list[str]:
    response = {"contained": [{"resourceType": "Practitioner", "id": "c"}]}
    scope = scope_of(response)
    definitions = FakeDefinitions(profiles=frozenset({PROFILE} if known else ()))
    scope.judge = FakeJudge(definitions, frozenset(refused))
    item = {"extension": [{"url": CORE + "questionnaire-referenceProfile", "valueCanonical": PROFILE}]}
    walk = Walk(response, scope)
    return [each.key for limit in targets_of(item) for each in limit({"reference": reference}, walk) or ()]


def test_what_is_referred_to_conforms_to_the_profile_that_is_asked_for() -> None:
    assert profile_keys() == []
    assert profile_keys(PROFILE) == ["qr-reference"]


def test_a_profile_or_a_target_that_is_not_at_hand_refuses_nothing() -> None:
    assert profile_keys(PROFILE, known=False) == []
    assert profile_keys(PROFILE, reference="Practitioner/1") == []
