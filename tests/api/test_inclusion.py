from __future__ import annotations

import pytest

from adapter.api.failure import FailureError
from adapter.api.inclusion import includes, inclusion, revincludes
from adapter.fhir.search_parameters import CORE
from adapter.store.indexer import Catalogue

CATALOGUE = Catalogue(CORE, "+08:00")
TYPES = ("Group", "Observation", "Patient", "QuestionnaireResponse")


def test_what_a_match_refers_to_is_of_the_types_that_are_here() -> None:
    found = inclusion(CATALOGUE, TYPES, "Observation", "_include", "Observation:subject")
    assert found is not None
    assert (found.reverse, found.targets) == (False, ("Group", "Patient"))
    narrowed = inclusion(CATALOGUE, TYPES, "Observation", "_include", "Observation:subject:Patient")
    assert narrowed is not None
    assert narrowed.targets == ("Patient",)


def test_what_refers_to_a_match_is_of_another_type() -> None:
    found = inclusion(CATALOGUE, TYPES, "Patient", "_revinclude", "Observation:subject")
    assert found is not None
    assert (found.source, found.reverse, found.targets) == ("Observation", True, ("Patient",))


@pytest.mark.parametrize(
    ("type_", "name", "value"),
    [
        ("Patient", "_include", "Observation:subject"),
        ("Observation", "_include", "Observation:code"),
        ("Observation", "_include", "Observation:nothing"),
        ("Observation", "_include", "Observation:device"),
        ("Observation", "_include", "Observation:subject:Device"),
        ("Observation", "_include", "*"),
        ("Observation", "_include", ""),
        ("Patient", "_revinclude", "Device:patient"),
        ("QuestionnaireResponse", "_revinclude", "Observation:subject"),
        ("QuestionnaireResponse", "_include", "QuestionnaireResponse:questionnaire"),
    ],
)
def test_what_leads_nowhere_is_no_inclusion(type_: str, name: str, value: str) -> None:
    assert inclusion(CATALOGUE, TYPES, type_, name, value) is None


@pytest.mark.parametrize(
    ("modifier", "code"), [("iterate", "too-costly"), ("recurse", "too-costly"), ("x", "not-supported")]
)
def test_going_on_from_what_is_included_is_refused(modifier: str, code: str) -> None:
    with pytest.raises(FailureError) as failed:
        inclusion(CATALOGUE, TYPES, "Observation", f"_include:{modifier}", "Observation:subject")
    assert (failed.value.status, failed.value.issues[0].code) == (400, code)


@pytest.mark.parametrize("type_", TYPES)
def test_what_is_listed_is_understood(type_: str) -> None:
    listed = [("_include", each) for each in includes(CATALOGUE, TYPES, type_)]
    listed += [("_revinclude", each) for each in revincludes(CATALOGUE, TYPES, type_)]
    assert [pair for pair in listed if inclusion(CATALOGUE, TYPES, type_, *pair) is None] == []
    assert "Observation:derived-from" in includes(CATALOGUE, TYPES, "Observation")
    assert "Observation:derived-from" in revincludes(CATALOGUE, TYPES, "QuestionnaireResponse")
