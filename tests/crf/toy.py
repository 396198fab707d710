"""One form with an item of every type, and what its parser says of a value."""

from __future__ import annotations

from typing import Any

from adapter.crf.record import parser
from tests.crf import studies

PLAIN = studies.form(
    subject="subject key",
    when="date",
    entered="datetime",
    day="fulldate",
    answer="code colour",
    likes="code colour many",
    notes="text many",
    pain="integer 0..10 required",
    dose="decimal 0..2000 mg",
    born="year",
    smoker="boolean",
    remark="text",
    kit="token restricted",
    drugs="group many",
    drugs__name="code colour",
    drugs__amount="decimal 0..10",
    drugs__remark="text",
)
TOY = studies.study(PLAIN)
PARSER = parser(TOY, "toy")
GOOD = {"subject": "01-001", "pain": "0"}


def refusals(**cells: str) -> dict[str | None, str]:
    """Item -> diagnostics of what is wrong with the cells."""
    return {issue.item: issue.diagnostics for issue in PARSER.parse_cells(GOOD | cells)[1]}


def json_refusals(**items: Any) -> dict[str | None, str]:
    return {issue.item: issue.diagnostics for issue in PARSER.parse_json({"subject": "01-001", "pain": 0} | items)[1]}
