"""Where the two part: case by case, error by error, gathered by rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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
