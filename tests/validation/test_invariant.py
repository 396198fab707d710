from __future__ import annotations

from adapter.fhir.conformance import load_definitions
from adapter.validation.invariant import rules_of
from adapter.validation.validator import Validator
from tests.api.trial import STUDY


def test_a_broken_rule_is_told_in_its_authors_words_and_as_it_is_written() -> None:
    found = Validator(load_definitions()).check({"resourceType": "Patient", "contact": [{"gender": "male"}]})
    assert [(issue.key, issue.expression) for issue in found] == [("pat-1", "Patient.contact[0]")]
    assert found[0].diagnostics.startswith("SHALL at least contain a contact's details or a reference to")
    assert found[0].diagnostics.endswith(
        "The rule: name.exists() or telecom.exists() or address.exists() or organization.exists()"
    )


def test_every_rule_of_the_study_has_words() -> None:
    definitions = load_definitions(STUDY / "package")
    profile = definitions.profile("https://il2-csu.example/fhir/StructureDefinition/trial-injection")
    assert profile is not None
    told = [
        rule.text for rule in rules_of("MedicationAdministration", (profile.root,)) if rule.key.startswith("injection-")
    ]
    assert told
    assert all(". The rule: " in text for text in told)
