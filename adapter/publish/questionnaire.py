"""Forms as Questionnaires: one for each response of a form view, item for item, in the same order and nesting.

The linkId is the item's id. Ranges, units, codelists, what is required, computed or repeats comes from the form; an
strict edit check `only_with` becomes `enableWhen`. Checks that compare items have no place in a Questionnaire: they
stay the form's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from adapter.crf.study import Check, Form, Item, Study
from adapter.mapping.form_view import VALUES, questionnaire, study_of_answers, templates
from adapter.publish.naming import Resource, head, leading, translated, word

UCUM = "http://unitsofmeasure.org"
CORE = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"

TYPES = {
    "valueString": "string",
    "valueCoding": "choice",
    "valueBoolean": "boolean",
    "valueInteger": "integer",
    "valueDecimal": "decimal",
    "valueQuantity": "quantity",
    "valueDate": "date",
    "valueDateTime": "dateTime",
}
"""The key of an answer -> the type of its question."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A Questionnaire in the making: its form, and the items that it asks."""

    study: Study
    form: Form
    items: frozenset[str]


def questionnaires(study: Study) -> Iterator[Resource]:
    """Yield the Questionnaires of all forms: the open one of each, and one for its restricted items."""
    plain = study_of_answers(study)
    for form in study.forms.values():
        for response, restricted in templates(plain, plain.forms[form.id]):
            yield _questionnaire(study, form, response, restricted)


def _questionnaire(study: Study, form: Form, response: Mapping[str, Any], restricted: bool) -> Resource:
    canonical = questionnaire(study, form, "-restricted" if restricted else "").partition("|")[0]
    shown = leading(study, form.labels, form.id)
    described = f"The form {form.id}" + (": the items that may reveal the arm." if restricted else ".")
    made = head(study, "Questionnaire", canonical.rpartition("/")[2], shown, described)
    if "subject" in response:
        made["subjectType"] = ["Patient"]
    asked = _Asked(study, form, frozenset(_link_ids(response["item"])))
    made["item"] = [_question(asked, item) for item in response["item"]]
    return _with_twins(study, made, form.labels, "title")


def _link_ids(items: list[Mapping[str, Any]]) -> Iterator[str]:
    for item in items:
        yield item["linkId"]
        yield from _link_ids(item.get("item", []))


def _question(asked: _Asked, place: Mapping[str, Any]) -> Resource:
    study, item = asked.study, asked.form.items[place["linkId"]]
    made: Resource = {"linkId": item.id, "text": leading(study, item.labels, item.id), "type": _kind(item)}
    if extensions := [*_range(item), *_unit(item)]:
        made = {"extension": extensions, **made}
    made |= {**_enabled(asked, item), **_flags(item)}
    if item.type == "code":
        made["answerValueSet"] = f"{study.base}/ValueSet/{word(item.codelist or '')}"
    if item.type == "group":
        made["item"] = [_question(asked, member) for member in place["item"]]
    return _with_twins(study, made, item.labels, "text")


def _with_twins(study: Study, made: Resource, labels: Mapping[str, str], key: str) -> Resource:
    """Return the resource with the twin of `key` right behind it, as JSON is read best."""
    before: Resource = {}
    after: Resource = {}
    for name, value in made.items():
        (after if key in before else before)[name] = value
    return {**before, **translated(study, labels, key), **after}


def _kind(item: Item) -> str:
    if item.type in ("group", "text"):
        return item.type
    return TYPES[_key(item)]


def _key(item: Item) -> str:
    """Return the key under which an item's answers stand in a response."""
    return "valueQuantity" if item.unit is not None else VALUES[item.type]


def _flags(item: Item) -> Resource:
    wanted = {"required": item.required or item.key, "repeats": item.many, "readOnly": item.derived}
    return {flag: True for flag, holds in wanted.items() if holds}


def _range(item: Item) -> Iterator[Resource]:
    """Yield the ends of an item's range. Of a Quantity the upper one alone: HL7's validator (HAPI FHIR 8.6.0) compares
    with SDC's minQuantity the wrong way round, and would refuse every answer.
    """
    for bound, end in (("min", item.low), ("max", item.high)):
        if end is not None and item.unit is None:
            yield {"url": f"{CORE}{bound}Value", _key(item): _number(end)}
        elif end is not None and bound == "max":
            yield {"url": f"{SDC}{bound}Quantity", "valueQuantity": _quantity(item, end)}


def _unit(item: Item) -> Iterator[Resource]:
    if item.unit is not None:
        yield {"url": f"{CORE}questionnaire-unitOption", "valueCoding": {"system": UCUM, "code": item.unit}}


def _quantity(item: Item, value: Decimal) -> Resource:
    return {"value": _number(value), "unit": item.unit, "system": UCUM, "code": item.unit}


def _number(end: Decimal) -> int | Decimal:
    return int(end) if end == end.to_integral_value() else end


def _enabled(asked: _Asked, item: Item) -> Resource:
    """Return when the question is asked: by the first strict check `only_with` of the item that enableWhen can say.

    A check that is not strict lets an answer stand where the condition is missing for a reason, and a reason where it
    does not hold. Of enableWhen `exists` alone could say so, and HL7's validator refuses every Questionnaire with it.
    """
    for check in asked.form.checks:
        if check.rule == "only_with" and check.arguments.get("strict") is True and item.id in check.items:
            conditions = _conditions(asked, item, check)
            return {"enableWhen": conditions, **_together(conditions)} if conditions else {}
    return {}


def _together(conditions: list[Resource]) -> Resource:
    return {"enableBehavior": "any"} if len(conditions) > 1 else {}


def _conditions(asked: _Asked, item: Item, check: Check) -> list[Resource]:
    """Return the conditions of a check; none where it rests on several items, or on one that is asked elsewhere, or
    later.
    """
    when: Mapping[str, Any] = check.arguments["when"]
    order = list(asked.form.items)
    before = asked.items.intersection(order[: order.index(item.id)])
    if len(when) != 1 or not before.issuperset(when):
        return []
    ((name, meant),) = when.items()
    answers = meant if isinstance(meant, list | tuple) else [meant]
    return [{"question": name, "operator": "=", **_answer(asked, name, answer)} for answer in answers]


def _answer(asked: _Asked, name: str, answer: Any) -> Resource:
    item = asked.form.items[name]
    key = _key(item).replace("value", "answer", 1)
    if item.type == "code":
        return {key: {"system": f"{asked.study.base}/CodeSystem/{word(item.codelist or '')}", "code": str(answer)}}
    if item.unit is not None:
        return {key: _quantity(item, Decimal(str(answer)))}
    return {key: Decimal(answer) if item.type == "decimal" else answer}
