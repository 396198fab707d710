"""Rules of single types which no definition of R4 states, but its text or HL7's validator does.

Each module is about one subject; RULES says which types they judge. A rule gets values whose structure is sound as
far as it was judged: what it reads may still be missing or of another type.
"""

from __future__ import annotations

from adapter.validation.finding import Check
from adapter.validation.known.attachment import check_attachment
from adapter.validation.known.canonical import CANONICAL, check_url
from adapter.validation.known.code_system import check_code_system
from adapter.validation.known.concept_map import check_concept_map
from adapter.validation.known.identity import check_identifier, check_meta
from adapter.validation.known.measure_report import check_measure_report
from adapter.validation.known.operation import check_operation
from adapter.validation.known.questionnaire import check_questionnaire
from adapter.validation.known.search_parameter import check_search_parameter
from adapter.validation.known.structure_definition import check_structure_definition
from adapter.validation.known.structure_map import check_structure_map
from adapter.validation.known.value_set import check_value_set

_OWN: dict[str, tuple[Check, ...]] = {
    "Attachment": (check_attachment,),
    "CodeSystem": (check_code_system,),
    "ConceptMap": (check_concept_map,),
    "Identifier": (check_identifier,),
    "MeasureReport": (check_measure_report,),
    "Meta": (check_meta,),
    "OperationDefinition": (check_operation,),
    "Questionnaire": (check_questionnaire,),
    "SearchParameter": (check_search_parameter,),
    "StructureDefinition": (check_structure_definition,),
    "StructureMap": (check_structure_map,),
    "ValueSet": (check_value_set,),
}

RULES: dict[str, tuple[Check, ...]] = {
    name: (*((check_url,) if name in CANONICAL else ()), *_OWN.get(name, ())) for name in (*_OWN, *CANONICAL)
}
"""The rules of each type that has some, by its name."""
