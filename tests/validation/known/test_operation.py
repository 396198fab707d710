from __future__ import annotations

from adapter.validation.known.operation import check_operation
from adapter.validation.scope import Scope
from tests.validation.known.conftest import Found, validator

CORE = "http://hl7.org/fhir/StructureDefinition/"


def test_a_profile_of_parameters_may_be_named(found: Found) -> None:
    assert found("OperationDefinition", {"inputProfile": f"{CORE}Parameters"}) == []
    assert found("OperationDefinition", {"outputProfile": f"{CORE}bp"}) == [("operation-profile", ".outputProfile")]


def test_one_that_is_not_at_hand_is_worth_a_warning() -> None:
    value = {"inputProfile": "http://example.org/unknown"}
    (issue,) = check_operation(value, Scope(validator(), value, value)) or ()
    assert issue.severity == "warning"
