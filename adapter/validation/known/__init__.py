"""Rules of single types which no definition of R4 states, but its text or HL7's validator does.

Each module is about one subject, and is loaded when a type that it judges is met. A rule gets values whose structure
is sound as far as it was judged: what it reads may still be missing or of another type.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from adapter.validation.known.canonical import CANONICAL, check_url

if TYPE_CHECKING:
    from adapter.validation.finding import Check

RULES = {
    "Attachment": "attachment.check_attachment",
    "CapabilityStatement": "capability_statement.check_capability_statement",
    "CodeSystem": "code_system.check_code_system",
    "ConceptMap": "concept_map.check_concept_map",
    "Identifier": "identity.check_identifier",
    "MeasureReport": "measure_report.check_measure_report",
    "Meta": "identity.check_meta",
    "OperationDefinition": "operation.check_operation",
    "Questionnaire": "questionnaire.check_questionnaire",
    "SearchParameter": "search_parameter.check_search_parameter",
    "StructureDefinition": "structure_definition.check_structure_definition",
    "StructureMap": "structure_map.check_structure_map",
    "ValueSet": "value_set.check_value_set",
}
"""The rule of a type, as module and function of this package."""


@cache
def rules_of(type_name: str) -> tuple[Check, ...]:
    """Return the rules of a type; () for most."""
    rules: list[Check] = [check_url] if type_name in CANONICAL else []
    if type_name in RULES:
        module, name = RULES[type_name].split(".")
        rules.append(getattr(import_module(f"{__name__}.{module}"), name))
    return tuple(rules)
