"""Resources that a condition names by a search: `If-None-Exist`, `PUT Type?…`, `DELETE Type?…`, `Patient?identifier=…`.

It is the search of everybody: what its sender may not see is not found by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import parse_qsl

from adapter.api.failure import FailureError, failure, unsupported
from adapter.api.parameters import asked
from adapter.api.policy import sight
from adapter.api.service import Service
from adapter.outcome import Issue
from adapter.store.search import search
from adapter.store.search_query import Query
from adapter.store.shapes import Address, Emission
from adapter.store.store import Push

OF_CONTENT = ("_id", "_lastUpdated", "_profile", "_tag", "_security")
"""Parameters of every resource that may stand in a condition; others that begin with _ shape an answer."""

OF_FORMAT = ("_format", "_pretty")
"""Parameters that say how to write an answer: HAPI's client appends them to conditions too, where they say nothing."""

Answered = TypeVar("Answered")

ATTEMPTS = 3
"""How often a condition is looked up anew when others change what it finds."""


class MovedError(Exception):
    """What a condition found is another when the push holds the store: it must be looked up anew."""


def there(here: Service, kept: Emission | None) -> Address | None:
    """The version that stands where a resource would be kept; None where there is none to be seen."""
    held = here.store.read(sight(), kept.type, kept.id) if kept is not None else None
    return held.address if held is not None and not held.deleted else None


def absent(kept: Emission | None) -> Callable[[Push], None] | None:
    """Raises MovedError when something stands, inside the push, where a resource would be kept."""
    if kept is None:
        return None

    def require(push: Push) -> None:
        held = push.read(sight(), kept.type, kept.id)
        if held is not None and not held.deleted:
            raise MovedError

    return require


@dataclass(frozen=True, slots=True)
class Lookup:
    """One condition and what it found when it was looked up, at most two."""

    query: Query
    found: tuple[Address, ...]

    @property
    def one(self) -> Address | None:
        """The one resource that matches; None when there is none."""
        return self.found[0] if self.found else None

    def require(self, push: Push) -> None:
        """Raise MovedError when the condition finds other resources inside the push."""
        held = search(push.connection, sight(), self.query).versions
        if [each.address.path for each in held] != [each.path for each in self.found]:
            raise MovedError


def look_up(here: Service, type_: str, condition: str, where: str | None = None) -> Lookup:
    """Find what a condition names. Failure 412 when it is more than one, 400 for a search that cannot be a condition;
    `where` is the FHIRPath of the condition in a Bundle."""
    try:
        query = _query(here, type_, _search_of(condition))
    except FailureError as failed:
        raise placed(failed, where) from None
    found = tuple(each.address for each in here.store.search(sight(), query).versions)
    if len(found) > 1:
        text = f"More than one {type_} matches this condition: make it name one, or address the resource by its id."
        raise failure("multiple-matches", text, status=412, expression=where)
    return Lookup(query, found)


def settled(attempt: Callable[[], Answered]) -> Answered:
    """What `attempt` answers, tried again when a condition of it moved. Failure 409 when it moves each time."""
    for _ in range(ATTEMPTS):
        try:
            return attempt()
        except MovedError:
            continue
    raise failure("conflict", "What this condition finds is being changed by others: send it again in a moment.")


def placed(failed: FailureError, where: str | None) -> FailureError:
    """The same failure, its issues at the entry that they are about."""
    if where is None:
        return failed
    return FailureError(failed.status, [replace(issue, expression=_place(issue, where)) for issue in failed.issues])


def _place(issue: Issue, where: str) -> str:
    return issue.expression if issue.expression is not None and issue.expression.startswith("Bundle.") else where


def _search_of(condition: str) -> str:
    """The search of a condition, that of a whole URL too; a question mark behind an = is a value's."""
    before, mark, search = condition.partition("?")
    return search if mark and search and "=" not in before else condition


def _query(here: Service, type_: str, condition: str) -> Query:
    arguments = [pair for pair in parse_qsl(condition, keep_blank_values=True) if pair[0] not in OF_FORMAT]
    if not arguments or any(not value.strip() for _, value in arguments):
        raise failure("invalid", "A condition is a search that names something: identifier=system|value.")
    _refuse_modifiers(name for name, _ in arguments)
    question = asked(here, type_, arguments, strict=True)
    return replace(question.query, count=2, total="none")


def _refuse_modifiers(names: Iterable[str]) -> None:
    wrong = [name for name in names if name.startswith("_") and name.partition(":")[0] not in OF_CONTENT]
    if wrong:
        raise unsupported(f"{', '.join(wrong)[:200]} cannot stand in a condition: name what the resource holds.")
