"""Who is right where the two part: decisions.json, by side, rule and words of the message, the first that fits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapter.fhir import json
from tests.oracle.case import Case
from tests.oracle.compare import Compared
from tests.oracle.verdict import Fault
from tests.validation.questionnaire.table import CASES

DECISIONS: list[dict[str, Any]] = json.parse((Path(__file__).parent / "decisions.json").read_bytes())
KEYS = {"side", "rule", "text", "place", "right", "because"}


OF_ANSWERS = {
    stated["name"]: {"right": "ours", "because": stated["because"]} for stated in CASES if "because" in stated
}
"""What was decided of cases of Questionnaires, by their names in their own table."""


def decision(side: str, fault: Fault, case: Case) -> dict[str, Any] | None:
    """Return what was decided of an error that one side alone has, or None: nobody has looked at it yet."""
    if case.rule == "response":
        for name, decided in OF_ANSWERS.items():
            if case.name.startswith(name):
                return decided
    return next((each for each in DECISIONS if _fits(each, side, fault)), None)


def _fits(stated: dict[str, Any], side: str, fault: Fault) -> bool:
    return (
        stated["side"] == side
        and re.fullmatch(stated["rule"], fault.rule) is not None
        and re.search(stated.get("text", ""), fault.text) is not None
        and re.search(stated.get("place", ""), fault.place) is not None
    )


@dataclass(slots=True)
class Group:
    """Errors of one rule and one side that the other has not, of which the same was decided."""

    side: str
    rule: str
    decided: dict[str, Any] | None
    cases: list[tuple[Compared, Fault]] = field(default_factory=list)

    @property
    def deciding(self) -> int:
        """How many verdicts differ: one refuses the case, the other does not."""
        return len({each.case.digest for each, _ in self.cases if not each.agree})

    @property
    def right(self) -> str:
        return "open" if self.decided is None else str(self.decided["right"])


def groups(found: Iterable[Compared]) -> list[Group]:
    """Return the differences, the group with most differing verdicts first."""
    gathered: dict[tuple[str, str, int], Group] = {}
    for each in found:
        for side, fault in each.of_one:
            decided = decision(side, fault, each.case)
            group = gathered.setdefault((side, fault.rule, id(decided)), Group(side, fault.rule, decided))
            group.cases.append((each, fault))
    return sorted(gathered.values(), key=lambda group: (-group.deciding, -len(group.cases), group.side, group.rule))
