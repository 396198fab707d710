"""One answer to a question: its type, and all that the question asks of a value of that type.

Source: http://hl7.org/fhir/R4/codesystem-item-type.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from adapter.fhir.definitions import choice_key
from adapter.validation.finding import Finding, Found, below, error, note
from adapter.validation.questionnaire.attachment import attachments_of
from adapter.validation.questionnaire.limit import limits_of
from adapter.validation.questionnaire.option import COUNTED, TYPES, among, free_text, of_value_set, options_of, type_of
from adapter.validation.questionnaire.reading import Object, text
from adapter.validation.questionnaire.target import targets_of
from adapter.validation.questionnaire.unit import units_of
from adapter.validation.questionnaire.walk import Limit, Walk, joined

if TYPE_CHECKING:
    from adapter.fhir.terminology import Terminology

ANSWERS: Mapping[str, str] = {
    "boolean": "boolean",
    "decimal": "decimal",
    "integer": "integer",
    "date": "date",
    "dateTime": "dateTime",
    "time": "time",
    "string": "string",
    "text": "string",
    "url": "uri",
    "attachment": "Attachment",
    "reference": "Reference",
    "quantity": "Quantity",
}
"""Type of a question -> type of its answers. Choices have answers of several types."""

Answer: TypeAlias = Callable[[Object, Walk], Found]


def limits_by_key(item: Object, terminology: Terminology) -> Mapping[str, tuple[Limit, ...]]:
    """Return the checks of an answer's value by its key; none for a type of question that is not known."""
    kind = text(item, "type")
    if kind in ("choice", "open-choice"):
        checks = _choices(item, kind == "open-choice", terminology)
    elif kind is not None and kind in ANSWERS:
        checks = {ANSWERS[kind]: _checks(item, ANSWERS[kind], terminology)}
    else:
        return {}
    return {choice_key("value[x]", each): tuple(found) for each, found in checks.items()}


def _checks(item: Object, kind: str, terminology: Terminology) -> list[Limit]:
    """Return the checks of the answers to a question that is no choice."""
    found = list(limits_of(item, kind))
    if kind == "Quantity":
        found += units_of(item, terminology)
    elif kind == "Attachment":
        found += attachments_of(item)
    elif kind == "Reference":
        found += targets_of(item)
    return found + _permitted(item, kind, terminology)


def _permitted(item: Object, kind: str, terminology: Terminology) -> list[Limit]:
    options, url = options_of(item), text(item, "answerValueSet")
    if options and kind in COUNTED:
        return [among(options, kind, {"decimal": "integer", "dateTime": "date"}.get(kind))]
    if options:
        return [_unchecked(f"The options of a question for a {kind} were not compared: R4 has none of that type.")]
    if url is not None and kind == "string":
        return [of_value_set(url, terminology)]
    return []


def _unchecked(words: str) -> Limit:
    return lambda value, walk: [note("not-supported", words, "qr-option")]


def _choices(item: Object, is_open: bool, terminology: Terminology) -> dict[str, list[Limit]]:
    """Return the checks by type of the answers to a choice: Codings, what the options are, an open choice's text."""
    options, url = options_of(item), text(item, "answerValueSet")
    found: dict[str, list[Limit]] = {"Coding": []}
    if options:
        found = {kind: [among(options, kind)] for kind in TYPES if kind in options or kind == "Coding"}
    elif url is not None:
        found["Coding"] = [of_value_set(url, terminology)]
    else:
        found["Coding"] = [_unchecked("The question names no options: any Coding is taken.")]
    if is_open:
        words = free_text(options, item)
        found["string"] = [*limits_of(item, "string"), *([] if words is None else [words])]
    return found


def answer_of(kind: str | None, checks: Mapping[str, tuple[Limit, ...]]) -> Answer:
    """Return the check of one answer: its value is of a type that is asked for, and as that type's checks want it."""
    if not checks:
        return no_answer if kind == "question" else any_answer
    allowed = " or ".join(type_of(key) for key in checks)

    def check(answer: Object, walk: Walk) -> Found:
        found: Found = None
        for key, value in answer.items():
            limits = checks.get(key)
            if limits is None:
                name = str(key)  # one that is no text is told of the shape
                if name.startswith("value") or (name.startswith("_value") and name[1:] not in checks):
                    found = joined(found, [_of_wrong_type(name, allowed)])
                continue
            for limit in limits:
                wrong = limit(value, walk)
                if wrong is not None:
                    found = joined(found, below(wrong, ".value"))
        return found

    return check


def _of_wrong_type(key: str, allowed: str) -> Finding:
    text_ = f"The answer is a {type_of(key.removeprefix('_'))}: a {allowed} is expected by the Questionnaire."
    return error("structure", text_, "qr-type", ".value")


def no_answer(answer: Any, walk: Walk) -> Found:
    """Refuse an answer of any type: the code `question` is abstract, and says of none that it may be sent."""
    told = "The Questionnaire asks for no type of answer: 'question' stands for all types, and is none."
    return [error("structure", told, "qr-type")]


def any_answer(answer: Any, walk: Walk) -> Found:
    """Judge nothing: the question's type is not known."""
    return None
