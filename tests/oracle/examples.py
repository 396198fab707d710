"""One case of each group of differences, as a file with both verdicts; and the list of the groups."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from tests.oracle.compare import Compared
from tests.oracle.decide import DECISIONS, OF_ANSWERS, Group, groups
from tests.oracle.report import headline
from tests.oracle.verdict import Fault

TITLES = {
    "theirs": "To mend in crfhir: HL7 is right",
    "open": "Not decided",
    "ours": "crfhir is right",
    "apart": "Left out on purpose",
}


def write(found: list[Compared], folder: Path) -> None:
    """Write README.md and the examples that it names; what was there before goes."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.json"):
        old.unlink()
    parts = groups(found)
    for group in parts:
        (folder / name(group)).write_text(example(group), encoding="utf-8")
    (folder / "README.md").write_text("\n".join(listed(found, parts)), encoding="utf-8")


def listed(found: list[Compared], parts: list[Group]) -> Iterator[str]:
    yield f"# Where crfhir and HL7's validator part\n\n{headline(found)}"
    for right, title in TITLES.items():
        for differs in (True, False):
            yield f"\n## {title}; {'one accepts, the other refuses' if differs else 'both refuse, at other places'}\n"
            for group in parts:
                if group.right == right and bool(group.deciding) is differs:
                    yield line(group)


def line(group: Group) -> str:
    """Return a group's line: who, rule, cases in which the verdicts differ of all, example, what it says, why."""
    compared, fault = nearest(group)
    because = "" if group.decided is None else f" — {group.decided['because']}"
    counts = f"{group.deciding}/{len(group.cases)}"
    shown = f"{name(group)} `{compared.case.name}` | {fault.text[:170]!r} at {fault.place}"
    return f"- {group.side} | {group.rule} | {counts} | {shown}{because}"


def nearest(group: Group) -> tuple[Compared, Fault]:
    """The shortest case of a group, one with differing verdicts if there is any."""
    return min(group.cases, key=lambda each: (each[0].agree, len(each[0].case.text)))


def name(group: Group) -> str:
    decided = [*DECISIONS, *OF_ANSWERS.values()]
    number = "" if group.decided is None else f"-{decided.index(group.decided)}"
    return re.sub(r"\W+", "-", f"{group.side}-{group.rule}")[:70] + number + ".json"


def example(group: Group) -> str:
    compared, _ = nearest(group)
    text = compared.case.text
    told = {
        "name": compared.case.name,
        "ours": [said(each) for each in compared.ours],
        "theirs": [said(each) for each in compared.theirs],
        "case": text if compared.case.rule == "texts" else json.loads(text),
    }
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def said(fault: Fault) -> str:
    return f"{fault.severity} {fault.place} {fault.rule}: {fault.text}"
