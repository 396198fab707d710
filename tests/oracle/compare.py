"""Where the two part: case by case, error by error, gathered by rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tests.oracle.case import Case
from tests.oracle.verdict import Fault, beside


@dataclass(frozen=True, slots=True)
class Compared:
    """One case, what each says of it, and the errors that the other has none beside."""

    case: Case
    ours: list[Fault]
    theirs: list[Fault]

    @property
    def agree(self) -> bool:
        """Both refuse, or neither does."""
        return refuses(self.ours) == refuses(self.theirs)

    @property
    def of_one(self) -> list[tuple[str, Fault]]:
        """Errors of 'ours' or 'theirs' to which the other has none at the same element, its parent or child."""
        left = [("ours", each) for each in alone(self.ours, self.theirs)]
        return left + [("theirs", each) for each in alone(self.theirs, self.ours)]


def refuses(faults: Iterable[Fault]) -> bool:
    return any(each.refuses for each in faults)


def alone(some: Iterable[Fault], others: Iterable[Fault]) -> list[Fault]:
    """Return the errors that have none of the others' beside them."""
    places = {each.place for each in others if each.refuses}
    return [each for each in some if each.refuses and not any(beside(each.place, other) for other in places)]


def compared(
    cases: Iterable[Case], ours: Mapping[str, list[Fault]], theirs: Mapping[str, list[Fault]]
) -> list[Compared]:
    return [Compared(each, ours[each.digest], theirs[each.digest]) for each in cases]


@dataclass(slots=True)
class Group:
    """Cases in which one side alone has an error of one rule; `deciding`: those where the verdicts differ by it."""

    side: str
    rule: str
    cases: list[tuple[Compared, Fault]] = field(default_factory=list)

    @property
    def deciding(self) -> int:
        return sum(not each.agree for each, _ in self.cases)


def groups(found: Iterable[Compared]) -> list[Group]:
    """Return what is left of one side, by side and rule, the one with most differing verdicts first."""
    by_rule: dict[tuple[str, str], Group] = {}
    for each in found:
        for side, fault in each.of_one:
            group = by_rule.setdefault((side, fault.rule), Group(side, fault.rule))
            group.cases.append((each, fault))
    return sorted(by_rule.values(), key=lambda group: (-group.deciding, -len(group.cases), group.side, group.rule))
