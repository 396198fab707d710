"""A QuestionnaireResponse against its Questionnaire: the Questionnaire is compiled once, then asked often.

Sources: http://hl7.org/fhir/R4/questionnaire.html, http://hl7.org/fhir/R4/questionnaireresponse.html and, for
the extensions of a question, http://hl7.org/fhir/uv/sdc.
"""

from adapter.validation.questionnaire.compile import compile_questionnaire
from adapter.validation.questionnaire.find import check_response, find_questionnaire

__all__ = ["check_response", "compile_questionnaire", "find_questionnaire"]
