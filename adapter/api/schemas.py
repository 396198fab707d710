"""The JSON Schemas of a study's records, made from its forms: what the CRF side takes and gives.

Edit checks and derived items are beyond a schema: a record that fits may still be refused, with every issue.
"""

from __future__ import annotations

from typing import Any

from adapter.crf.record import REASONS
from adapter.crf.study import Form, Item, Study

Schema = dict[str, Any]

ABSENT = "Absent"
OUTCOME = "OperationOutcome"
RECEIPT = "Receipt"

_TEXTS: dict[str, Schema] = {
    "date": {"pattern": r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$", "description": "2026, 2026-01 or 2026-01-31"},
    "fulldate": {"format": "date"},
    "datetime": {"description": "2026-01-31T08:00:00+08:00: with its offset"},
}


def schemas(study: Study) -> dict[str, Schema]:
    """Return the schemas by name: one for each form, and those of answers that are no record."""
    return {form.id: of_form(study, form) for form in study.forms.values()} | {
        ABSENT: {
            "type": "object",
            "description": "A missing answer with its reason, which is an answer too.",
            "properties": {"absent": {"type": "string", "enum": list(REASONS)}},
            "required": ["absent"],
            "additionalProperties": False,
        },
        OUTCOME: {
            "type": "object",
            "description": "FHIR's OperationOutcome: every issue at once.",
            "properties": {
                "resourceType": {"type": "string", "enum": [OUTCOME]},
                "issue": {"type": "array", "items": {"type": "object"}},
            },
            "required": ["resourceType", "issue"],
        },
        RECEIPT: {
            "type": "object",
            "description": "What became of each record of a push.",
            "properties": {"at": {"type": "string"}, "records": {"type": "array", "items": {"type": "object"}}},
        },
    }


def of_form(study: Study, form: Form) -> Schema:
    """Return the schema of a form's records."""
    own = [item for item in form.items.values() if item.group is None]
    return {
        "type": "object",
        "description": form.labels.get("en", form.id),
        "properties": {item.id: _of_item(study, form, item) for item in own},
        "required": [item.id for item in own if _must(item)],
        "additionalProperties": False,
    }


def _must(item: Item) -> bool:
    return (item.key or item.required) and not item.derived and not item.restricted


def _of_item(study: Study, form: Form, item: Item) -> Schema:
    told = _facts(item)
    if item.type == "group":
        members = form.members(item.id)
        entry = {
            "type": "object",
            "properties": {member.member: _of_item(study, form, member) for member in members},
            "required": [member.member for member in members if _must(member)],
            "additionalProperties": False,
        }
        return told | {"type": "array", "minItems": 1, "items": entry}
    value = _value(study, item)
    if item.many:
        value = {"type": "array", "minItems": 1, "items": value}
    return told | (value if item.key else {"anyOf": [value, {"$ref": f"#/components/schemas/{ABSENT}"}]})


def _facts(item: Item) -> Schema:
    said = [item.labels.get("en", ""), f"in {item.unit}" if item.unit else ""]
    told: Schema = {"description": ", ".join(text for text in said if text)} if any(said) else {}
    if item.derived:
        told["readOnly"] = True
    if item.restricted:
        told["writeOnly"] = True
    return told


def _value(study: Study, item: Item) -> Schema:
    if item.type == "boolean":
        return {"type": "boolean"}
    if item.type in ("integer", "year", "decimal"):
        return _number(item)
    if item.type == "code" and item.codelist is not None:
        return {"type": "string", "enum": [str(answer) for answer in study.codelists[item.codelist].rows]}
    pattern = study.patterns.get(item.type)
    if pattern is not None:
        return {"type": "string", "pattern": f"^(?:{pattern})$"}
    return {"type": "string"} | _TEXTS.get(item.type, {})


def _number(item: Item) -> Schema:
    found: Schema = {"type": "number" if item.type == "decimal" else "integer"}
    if item.low is not None:
        found["minimum"] = float(item.low) if item.type == "decimal" else int(item.low)
    if item.high is not None:
        found["maximum"] = float(item.high) if item.type == "decimal" else int(item.high)
    return found
