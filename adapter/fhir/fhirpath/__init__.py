"""FHIRPath N1 for R4: expressions compiled to closures over plain JSON values.

    holds = compile_expression("low.exists() or high.exists()", "Range").holds
    holds({"low": {"value": 1}}, Env())  # True

text → tokens (lexer) → tree (parser) → closures (compiler, by what `definitions` knows of the types).
"""

from adapter.fhir.fhirpath.code import Env
from adapter.fhir.fhirpath.expression import Expression, compile_expression
from adapter.fhir.fhirpath.fault import EvaluationError, FhirPathError, Undecided
from adapter.fhir.fhirpath.value import Typed

__all__ = ["Env", "EvaluationError", "Expression", "FhirPathError", "Typed", "Undecided", "compile_expression"]
