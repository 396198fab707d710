"""enableWhen: whether an item is enabled by the answers to other questions.

The answers that count are those in the nearest group of the response that holds both questions (R4 says the
nearest occurrence; HL7's validator takes all in that group, and so does this). One answer that fits is
enough, for `!=` too: R4's text of that operator ("at least no answer") can be read either way.
Source: http://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from adapter.fhir.definitions import fields
from adapter.validation.questionnaire.compare import MOMENTS, NUMBERS, order, same, unit
from adapter.validation.questionnaire.reading import SDC, Object, choice, extension, objects, text
from adapter.validation.questionnaire.walk import Condition, Walk

EXPRESSION = SDC + "sdc-questionnaire-enableWhenExpression"

WEIGHT = 4
"""What it costs to look at an answer, by what it costs to look at an item."""

Path = tuple[str, ...]
"""The linkIds from the top of a Questionnaire to an item."""

Answers = list[tuple[str, Any]]
"""The answers to a question, each with its type."""

Test = Callable[[Any], bool | None]
"""Whether one answer fits a condition; None where that cannot be told."""

Fits = Callable[[Answers], bool | None]
"""Whether one of the answers to a question fits a condition."""

ORDERS: Mapping[str, Callable[[int], bool]] = {
    ">": lambda found: found > 0,
    "<": lambda found: found < 0,
    ">=": lambda found: found >= 0,
    "<=": lambda found: found <= 0,
}


def condition_of(item: Object, path: Path, paths: Mapping[str, Path]) -> tuple[Condition | None, str]:
    """Return what enables an item (None: it always is), and why that cannot always be told."""
    stated = extension(item, EXPRESSION)
    if stated is not None:
        return _by_expression(stated)
    conditions = [_one(each, path, paths) for each in objects(item, "enableWhen")]
    if not conditions:
        return None, ""
    if len(conditions) == 1:
        return conditions[0], ""
    return _together(conditions, text(item, "enableBehavior")), ""


def _together(conditions: list[Condition], behavior: str | None) -> Condition | None:
    """Join conditions; without enableBehavior, which que-12 wants, nothing is held against the response."""
    if behavior not in ("all", "any"):
        return None
    decisive = behavior == "any"
    return lambda walk: _joined((condition(walk) for condition in conditions), decisive)


def _joined(verdicts: Iterable[bool | None], decisive: bool) -> bool | None:
    """Join verdicts by the one that decides: any True (or of `all`, any False); None where that is open."""
    found: bool | None = not decisive
    for verdict in verdicts:
        if verdict is decisive:
            return decisive
        found = None if verdict is None else found
    return found


def _one(stated: Object, path: Path, paths: Mapping[str, Path]) -> Condition:
    question, answer = text(stated, "question"), choice(stated, "answer")
    target = paths.get(question) if question is not None else None
    fits = _fits(text(stated, "operator"), answer)
    if fits is None:
        return _untold
    if target is None:  # a question that is not there has no answer
        nothing = fits([])
        return lambda _: nothing
    depth = _shared(target[:-1], path[:-1])
    return _condition(target, depth, fits, f"{depth} {target} {stated}")


def _condition(target: Path, depth: int, fits: Fits, name: str) -> Condition:
    """Return whether the answers to `target` fit; many items have one condition, which looks but once (`name`)."""
    link, rest, nothing = target[depth], target[depth + 1 :], fits([])

    def condition(walk: Walk) -> bool | None:
        frame = walk.frames[depth]
        told = walk.told.get(name)
        if told is not None and told[0] is frame:
            return told[1]
        items = frame.get(link)
        found = nothing if items is None else _look(items, rest, fits, walk)
        walk.told[name] = frame, found
        return found

    return condition


def _look(items: list[Object], rest: Path, fits: Fits, walk: Walk) -> bool | None:
    """Tell whether the answers in some items, or below them, fit; None where there are too many to look at."""
    for link in rest:
        items = [each for item in items for each in _beneath(item, link, walk)]
    answers: Answers = []
    for item in items:
        _gather(item, answers, walk)
    return fits(answers) if walk.effort >= 0 else None


def _untold(_: Walk) -> None:
    return None


def _shared(one: Path, other: Path) -> int:
    """Return how many steps two paths have in common from the top."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _beneath(item: Object, link: str, walk: Walk) -> Iterator[Object]:
    """Yield the items of a linkId in an item of a response, or in its answers."""
    for holder in (item, *objects(item, "answer")):
        items = holder.get("item")
        if type(items) is list and walk.spend(len(items)):
            yield from (each for each in items if type(each) is dict and each.get("linkId") == link)


def _gather(item: Object, found: Answers, walk: Walk) -> None:
    """Append the answers to a question, each with its type: ('Coding', {...}).

    A value that is absent for a reason is None of its type; an answer without even that is None of no type,
    and counts for `exists` alone.
    """
    answers = item.get("answer")
    if type(answers) is not list or not walk.spend(len(answers) * WEIGHT):
        return
    for answer in answers:
        if type(answer) is dict and answer:
            stated = [(_typed(key), value) for key, value in answer.items() if str(key).startswith("value")]
            found += (
                stated or [(_typed(key[1:]), None) for key in answer if str(key).startswith("_value")] or [("", None)]
            )


def _typed(key: str) -> str:
    return TYPES.get(key, key)


TYPES: dict[str, str] = {key: field.type for key, field in fields("QuestionnaireResponse.item.answer").items()}
CONDITION_TYPES: dict[str, str] = {key: field.type for key, field in fields("Questionnaire.item.enableWhen").items()}


def _fits(operator: str | None, answer: tuple[str, Any] | None) -> Fits | None:
    if operator is None or answer is None:
        return None
    kind, expected = CONDITION_TYPES.get(answer[0], answer[0]), answer[1]
    if operator == "exists":
        return (lambda answers: bool(answers) == expected) if type(expected) is bool else None
    test = _test(operator, kind, expected)
    if test is None:
        return None

    def fit(answers: Answers) -> bool | None:
        return _joined((test(value) for each, value in answers if each == kind or _comparable(each, kind)), True)

    return fit


def _test(operator: str, kind: str, expected: Any) -> Test | None:
    """Return the test of one answer by an operator, or None of one that R4 has not."""
    if operator == "=":
        return lambda value: _equal(kind, value, expected)
    if operator == "!=":
        return lambda value: _negated(_equal(kind, value, expected))
    judged = ORDERS.get(operator)
    if judged is None:
        return None

    def ordered(value: Any) -> bool | None:
        found = order(kind, value, expected)
        return (False if value is None else None) if found is None else judged(found)

    return ordered


def _negated(verdict: bool | None) -> bool | None:
    return None if verdict is None else not verdict


def _equal(kind: str, value: Any, expected: Any) -> bool | None:
    """Compare an answer with what is expected; None of quantities in other units, which are not converted.

    A Coding expected without a system is met by its code alone.
    """
    if kind == "Coding" and type(expected) is dict and "system" not in expected and type(value) is dict:
        return bool(value.get("code") == expected.get("code"))
    if kind == "Quantity" and type(value) is dict and type(expected) is dict and unit(value) != unit(expected):
        return None
    return same(kind, value, expected)


def _comparable(one: str, other: str) -> bool:
    """Tell whether answers of two types can be compared: an answer of another type is not the one asked for."""
    return one == other or {one, other} <= NUMBERS or {one, other} <= MOMENTS


def _by_expression(stated: Any) -> tuple[Condition, str]:
    """Return SDC's enableWhenExpression as a condition."""
    from adapter.fhir.fhirpath import EvaluationError, FhirPathError, compile_expression

    words = text(stated, "expression") if type(stated) is dict else None
    if words is None or text(stated, "language") != "text/fhirpath":
        return _untold, "its enableWhenExpression is not in FHIRPath"
    try:
        expression = compile_expression(words, "QuestionnaireResponse")
    except FhirPathError as fault:
        return _untold, f"its enableWhenExpression cannot be read: {fault}"

    def condition(walk: Walk) -> bool | None:
        try:
            return bool(expression.holds(walk.response, walk.scope.env))
        except EvaluationError:
            return None

    return condition, "its enableWhenExpression cannot be evaluated here"
