"""What cannot be accepted, made ready for quarantine: without what identifies a person, with its issues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from adapter.intake.conformity import is_fhir, judge
from adapter.intake.discretion import discreet
from adapter.intake.draft import below, of_resources, pointer
from adapter.intake.knowing import Knowing, Known, Located
from adapter.intake.receipt import kept_issue
from adapter.intake.sender import Sender, elsewhere
from adapter.intake.shapes import Rejected
from adapter.outcome import Issue
from adapter.store.quarantine import Kept

if TYPE_CHECKING:
    from adapter.intake.desk import Desk
    from adapter.intake.storing import Stood

MOST = 1000
"""Entries that one load puts into quarantine; the issues of all are told."""


def told(desk: Desk, issues: Sequence[Issue]) -> list[dict[str, Any]]:
    """Issues as they are kept, and as they may be told."""
    return [kept_issue(issue) for issue in discreet(desk, issues)]


def of_push(
    knowing: Knowing,
    sender: Sender,
    resources: Sequence[tuple[str, Mapping[str, Any]]],
    issues: Sequence[Issue],
    awaits: str | None = None,
) -> Kept:
    """Resources that could not be accepted, as one entry."""
    content = knowing.redacted(sender, resources) if resources else None
    return Kept(sender.name, sender.site, content, told(knowing.desk, issues), awaits=awaits)


def sorted_out(knowing: Knowing, sender: Sender, resources: Sequence[Located]) -> tuple[Known, list[Kept]]:
    """The resources that can be stored, each judged by itself, and the others as entries of quarantine."""
    good, bad = Known([]), list[Kept]()
    for located in resources:
        where, resource = located
        broken = judge(knowing.desk, resource)
        if not is_fhir(broken):
            placed = [replace(issue, expression=below(where, issue.expression)) for issue in broken]
            bad.append(of_push(knowing, sender, [located], placed))
            continue
        known = knowing.of_resources(sender, [located])
        issues, drafts = known.issues, None
        if not any(issue.refuses for issue in issues):
            drafts = of_resources(knowing.desk, known.resources)
            study = knowing.desk.study
            issues = [*issues, *drafts.issues, *(i for d in drafts.drafts if (i := elsewhere(study, sender, d)))]
        if any(issue.refuses for issue in issues):
            bad.append(of_push(knowing, sender, [located], issues, known.awaits))
        else:
            good.resources += known.resources
            good.issues += known.issues
            good.aliases += known.aliases
    return good, bad


def of_stood(knowing: Knowing, sender: Sender, stood: Stood, resources: Sequence[Located]) -> list[Kept]:
    """The drafts that what is stored refused: their resources, where they came as such, else their records."""
    by_pointer = {pointer(where): (where, resource) for where, resource in resources}
    found = []
    for draft, issues in stood.refused:
        own = [by_pointer[one.pointer] for one in draft.fragments if one.pointer in by_pointer]
        if own:
            found.append(of_push(knowing, sender, own, issues))
        else:
            said = told(knowing.desk, issues)
            found.append(Kept(sender.name, sender.site, [dict(draft.content)], said, draft.key.form))
    return found


def of_rejected(knowing: Knowing, sender: Sender, rejected: Sequence[Rejected]) -> list[Kept]:
    """Rows and resources of files that could not be read as records."""
    found = []
    for one in rejected:
        if one.form is None:
            # What is no object cannot be freed of what identifies a person: that it came is kept, and why it is none.
            own = [("", one.content)] if isinstance(one.content, dict) else []
            found.append(of_push(knowing, sender, own, one.issues))
        else:
            said = told(knowing.desk, one.issues)
            found.append(Kept(sender.name, sender.site, [one.content], said, one.form))
    return found
