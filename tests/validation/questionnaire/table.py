"""The table of cases: a Questionnaire, a response, what is found, and what HL7's validator (6.6.7) says to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adapter.fhir import json

CASES: list[dict[str, Any]] = json.parse((Path(__file__).parent / "cases.json").read_bytes())
KEYS = {"name", "questionnaire", "response", "found", "hl7", "because"}
URL = "http://x.example/Questionnaire/q"


def questionnaire_of(case: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Questionnaire", "url": URL, "status": "active", **case["questionnaire"]}


def response_of(case: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "QuestionnaireResponse", "questionnaire": URL, **case["response"]}


def refuses(found: list[str]) -> bool:
    return any(each.startswith("error ") for each in found)
