"""What cannot be accepted, made ready for quarantine: without what identifies a person, with its issues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from adapter.intake.conformity import is_fhir, judge
from adapter.intake.discretion import discreet
from adapter.intake.draft import below, of_resources, pointer
from adapter.intake.knowing import Knowing, Known, Located, Named, named_before
from adapter.intake.receipt import kept_issue
from adapter.intake.redacting import nameless, redacted_row
from adapter.intake.sender import Sender, elsewhere
from adapter.intake.shapes import Drafts, Fragment, Rejected, rejected
from adapter.outcome import Issue
from adapter.store.quarantine import Kept

if TYPE_CHECKING:
    from adapter.intake.desk import Desk
    from adapter.intake.storing import Stood


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
    """Resources that could not be accepted, as one entry; that they came alone, where they cannot be kept."""
    unkept = nameless(knowing.desk, knowing.names, sender, resources)
    content = knowing.redacted(sender, resources) if resources and not unkept else None
    return Kept(sender.name, sender.site, content, told(knowing.desk, issues), awaits=awaits)


def sorted_out(knowing: Knowing, sender: Sender, resources: Sequence[Located]) -> tuple[Known, list[Kept]]:
    """The resources that can be stored, each judged by itself, and the others as entries of quarantine."""
    good, bad, names = Known([]), list[Kept](), dict[str, str]()
    for located in resources:
        where, resource = located
        broken = judge(knowing.desk, resource)
        if not is_fhir(broken):
            placed = [replace(issue, expression=below(where, issue.expression)) for issue in broken]
            bad.append(of_push(knowing, sender, [located], placed))
            continue
        known = knowing.of_resources(sender, [located])
        again = [one for one in known.aliases if names.get(one[1], one[2]) != one[2]]
        issues = [*known.issues, *(named_before(type_, names[mac], f"{where}.id") for type_, mac, _ in again)]
        if not any(issue.refuses for issue in issues):
            drafts = of_resources(knowing.desk, known.resources)
            study = knowing.desk.study
            issues = [*issues, *drafts.issues, *(i for d in drafts.drafts if (i := elsewhere(study, sender, d)))]
        if any(issue.refuses for issue in issues):
            bad.append(of_push(knowing, sender, [located], issues, known.awaits))
        else:
            good.resources += known.resources
            good.issues += known.issues
            good.completed |= known.completed
            good.aliases += known.aliases
            names |= {mac: id_ for _, mac, id_ in known.aliases}
    return good, bad


def of_stood(knowing: Knowing, sender: Sender, stood: Stood, resources: Sequence[Located]) -> list[Kept]:
    """The drafts that what is stored refused: their resources, where they came as such, else their records."""
    found = []
    for draft, issues in stood.refused:
        own = _own(draft.fragments, resources)
        if own:
            found.append(of_push(knowing, sender, own, issues))
        else:
            found += of_rejected(knowing, sender, [rejected(draft, issues)])
    return found


def of_apart(knowing: Knowing, sender: Sender, drafts: Drafts, resources: Sequence[Located]) -> list[Kept]:
    """The resources of a record that contradict each other, a record's as one entry."""
    return [of_push(knowing, sender, _own(one.fragments, resources), one.issues) for one in drafts.apart]


def _own(fragments: Sequence[Fragment], resources: Sequence[Located]) -> list[Located]:
    by_pointer = {pointer(where): (where, resource) for where, resource in resources}
    return [by_pointer[one.pointer] for one in fragments if one.pointer in by_pointer]


def stored_names(named: Sequence[Named], bad: Sequence[Kept]) -> Sequence[Named]:
    """How a sender calls its resources, but for those that are kept in quarantine: these stand for nothing yet."""
    kept = {one["alias"] for each in bad if each.form is None for one in each.content or () if "alias" in one}
    return [name for name in named if name[1] not in kept]


def of_load(knowing: Knowing, sender: Sender, drafts: Drafts, stood: Stood) -> list[Kept]:
    """What a load refuses, as it is read and as it meets what is stored."""
    return [*of_rejected(knowing, sender, drafts.rejected), *of_stood(knowing, sender, stood, ())]


def of_rejected(knowing: Knowing, sender: Sender, rejected: Sequence[Rejected]) -> list[Kept]:
    """Rows and resources of files that could not be read as records."""
    found = []
    for one in rejected:
        if one.form is None:
            # What is no object cannot be freed of what identifies a person: that it came is kept, and why it is none.
            parts = one.content if isinstance(one.content, tuple) else (one.content,)
            own = [("", part) for part in parts if isinstance(part, dict)]
            found.append(of_push(knowing, sender, own, one.issues, one.awaits))
        else:
            said = told(knowing.desk, one.issues)
            row = redacted_row(knowing.desk, one.form, one.content)
            content = [row] if row is not None else None
            found.append(Kept(sender.name, sender.site, content, said, one.form))
    return found
