"""The form view: the QuestionnaireResponse of a form, as a template for the same compiler. No second engine.

linkId = item id; an answer of a codelist is a Coding of the study's own CodeSystem, whose code is the answer itself.
The key `subject` is the response's subject; restricted items stand in a second, restricted response.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from adapter.crf.study import Codelist, Form, Item, Study
from adapter.mapping import text
from adapter.mapping.scope import form_system, form_word

STATUSES = ["completed", "amended", "in-progress"]
VALUES = {
    "text": "valueString",
    "token": "valueString",
    "subject": "valueString",
    "site": "valueString",
    "visit": "valueString",
    "code": "valueCoding",
    "boolean": "valueBoolean",
    "integer": "valueInteger",
    "decimal": "valueDecimal",
    "date": "valueDate",
    "fulldate": "valueDate",
    "datetime": "valueDateTime",
    "year": "valueInteger",
}
"""Item type -> the key of its answer; a decimal with a unit is a Quantity."""


def study_of_answers(study: Study) -> Study:
    """Return the study as form views see it: a codelist has one column, the answers themselves, under its own
    CodeSystem.
    """
    codelists = {name: _answers(study, codelist) for name, codelist in study.codelists.items()}
    forms = {name: _plain(form) for name, form in study.forms.items()}
    return replace(study, codelists=codelists, forms=forms)


def keyed(study: Study) -> Study:
    """Return the study with business keys that can be read back: joined by `.` where keys may themselves hold
    the `-`.
    """
    forms = {name: replace(form, key_text=_key_text(form, dict(study.patterns))) for name, form in study.forms.items()}
    return replace(study, forms=forms)


def _key_text(form: Form, patterns: dict[str, str]) -> str:
    texts = [mark.join(f"{{{item.id}}}" for item in form.keys) for mark in "-."]
    if form.key_text != texts[0]:
        return form.key_text
    return next((one for one in texts if text.inverts(form, one, patterns)), texts[0])


def _answers(study: Study, codelist: Codelist) -> Codelist:
    system = f"{study.base}/CodeSystem/{codelist.id.replace('_', '-')}"
    rows = {answer: {"answer": (str(answer),)} for answer in codelist.rows}
    return replace(codelist, columns={"answer": system}, rows=rows, silence=None)


def _plain(form: Form) -> Form:
    """A boolean answers itself: its codelist is for other places."""
    items = {
        name: replace(item, codelist=None) if item.type == "boolean" else item for name, item in form.items.items()
    }
    return replace(form, items=items)


def templates(study: Study, form: Form) -> list[tuple[dict[str, Any], bool]]:
    """Return the responses of a form, each with whether it is restricted: the open one, and one for restricted
    items.
    """
    opened = [item for item in form.items.values() if not item.restricted]
    hidden = [item for item in form.items.values() if item.restricted and not item.key]
    made = [(_response(study, form, opened, ""), False)]
    if hidden:
        made.append((_response(study, form, [*form.keys, *hidden], "-restricted"), True))
    return made


def questionnaire(study: Study, form: Form, part: str = "") -> str:
    """Return the canonical of a form's Questionnaire, with its version."""
    return f"{study.base}/Questionnaire/{form_word(form)}{part}|{study.facts.get('version', '1.0.0')}"


def _response(study: Study, form: Form, items: Iterable[Item], part: str) -> dict[str, Any]:
    canonical = questionnaire(study, form, part)
    written: dict[str, Any] = {
        "resourceType": "QuestionnaireResponse",
        **_claimed(study, form, part),
        "identifier": {"system": form_system(study, form), "value": form.key_text + part},
        "questionnaire": [canonical, canonical.partition("|")[0]],
        "status": STATUSES,
    }
    subject = next((item for item in form.keys if item.type == "subject"), None)
    if subject is not None:
        written["subject"] = f"{{{subject.id}}}"
    asked = [item for item in items if item is not subject]
    if form.authored is not None and not part:
        written["authored"] = f"{{={form.authored}}}"
    written["item"] = [_question(item, asked) for item in asked if item.group is None]
    return written


def _claimed(study: Study, form: Form, part: str) -> dict[str, Any]:
    """Return the profile that the response claims, by its name `<form>-response`; most studies have none."""
    profile = study.names.get(f"{form_word(form)}{part}-response")
    return {"meta": {"profile": [profile]}} if isinstance(profile, str) else {}


def _question(item: Item, asked: list[Item]) -> Mapping[str, Any]:
    if item.type == "group":
        members = [_question(member, asked) for member in asked if member.group == item.id]
        return {"each": item.id, "linkId": item.id, "item": members}
    key = "valueQuantity" if item.unit is not None else VALUES[item.type]
    answer = {key: f"{{{item.id}}}"}
    if item.many:
        return {"linkId": item.id, "answer": [{"each": item.id, **answer}]}
    return {"linkId": item.id, "answer": [answer]}
