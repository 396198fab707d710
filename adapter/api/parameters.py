"""Search parameters: what each resource type can be searched by, and a request's query turned into the
store's."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from urllib.parse import urlencode

from adapter.api.failure import failure, unsupported
from adapter.fhir.definitions import fields
from adapter.store.index import DATES
from adapter.store.moment import span
from adapter.store.search import Dates, Query, Token

COUNT = 50
MOST = 200
VALUES = 500
"""Values of one search, alternatives among them: a database's statement has an end."""

PAGE = "_page"
"""The parameter of next links; what stands in it is ours alone to read."""

OF_THE_ANSWER = ("_format", "_pretty")
PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
NAMES = {
    "MedicationAdministration": {"effective-time": "date"},
    "MedicationStatement": {"effective": "date"},
    "QuestionnaireResponse": {"authored": "date"},
}
"""R4's own names of what is `date` for every type here."""

SUBJECTS = ("subject", "patient", "individual")


@cache
def searchable(type_: str) -> dict[str, str]:
    """The search parameters of a type: name -> kind (reference, token, date)."""
    elements = fields(type_).keys()
    found = {"_id": "token", "_lastUpdated": "date"}
    if not elements.isdisjoint(SUBJECTS):
        found |= {"subject": "reference", "patient": "reference"}
    if "individual" in elements:
        found["individual"] = "reference"
    if "identifier" in elements:
        found["identifier"] = "token"
    if not elements.isdisjoint(DATES):
        found |= dict.fromkeys(("date", *NAMES.get(type_, {})), "date")
    return found


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it was understood: the store's query, the parameters that took part, and those that did
    not."""

    query: Query
    used: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...] = field(default=())

    def link(self, after: str | None = None) -> str:
        """The query string of this search, or of its page after an id."""
        pairs = list(self.used)
        if after is not None:
            pairs.append((PAGE, page_token(after, self.used)))
        return urlencode(pairs)


def asked(type_: str, arguments: Iterable[tuple[str, str]], base: str, zone: str, *, strict: bool) -> Asked:
    """Understand a query string. Failure 400 for a value or modifier that cannot be, and in strict handling
    for any parameter that this type does not have; 404 for a page that is not of this search."""
    query, used, ignored, after = Query(type_, count=COUNT), [], [], None
    for name, value in arguments:
        if name == PAGE:
            after = value
        elif name == "_count":
            query = replace(query, count=count(value))
            used.append((name, value))
        elif name in OF_THE_ANSWER:
            continue
        elif name.partition(":")[0] in searchable(type_):
            query = _with(query, type_, name, value, base, zone)
            used.append((name, value))
        else:
            ignored.append(name)
    _bounded(used)
    if ignored and strict:
        known = ", ".join([*searchable(type_), "_count"])
        raise unsupported(f"{type_} cannot be searched by {', '.join(ignored)}: use {known}.")
    if after is not None:
        query = replace(query, after=page_place(after, used))
    return Asked(query, tuple(used), tuple(ignored))


def _bounded(used: Sequence[tuple[str, str]]) -> None:
    if sum(value.count(",") + 1 for _, value in used) > VALUES:
        raise failure("too-costly", f"At most {VALUES} values in one search: ask in parts.")


def count(value: str) -> int:
    """`_count`: a whole number from 0, at most MOST. Failure 400 otherwise."""
    if not re.fullmatch(r"[0-9]{1,18}", value):
        raise failure("invalid", "_count is a whole number from 0.")
    return min(int(value), MOST)


def page_token(after: str, used: Sequence[tuple[str, str]]) -> str:
    """What stands in a next link: the last id of this page, bound to its search."""
    return base64.urlsafe_b64encode(_seal(used) + after.encode()).decode().rstrip("=")


def page_place(token: str, used: Sequence[tuple[str, str]]) -> str:
    """The id after which a page begins. Failure 404 when the link was made for another search or by another
    hand."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        seal, after = raw[:6], raw[6:].decode()
    except (binascii.Error, ValueError):
        seal, after = b"", ""
    if seal != _seal(used) or not after:
        raise failure("not-found", "This page belongs to no such search: begin again without _page.")
    return after


def _seal(used: Sequence[tuple[str, str]]) -> bytes:
    return sha256(repr(sorted(pair for pair in used if pair[0] != "_count")).encode()).digest()[:6]


def _with(query: Query, type_: str, named: str, value: str, base: str, zone: str) -> Query:
    name, _, modifier = named.partition(":")
    kind = searchable(type_)[name]
    if modifier and not (kind == "reference" and modifier in ("Patient", "identifier")):
        raise unsupported(f"The modifier :{modifier} of {name} is not supported: leave it out.")
    if value == "":
        return query
    alternatives = _alternatives(value)
    if name == "_id":
        return replace(query, ids=(*query.ids, tuple(alternatives)))
    if name == "_lastUpdated":
        return replace(query, updated=(*query.updated, _each(alternatives, zone)))
    if kind == "date":
        return replace(query, dates=(*query.dates, _each(alternatives, zone)))
    if kind == "token":
        return replace(query, tokens=(*query.tokens, tuple(map(_token, alternatives))))
    read: Callable[[str], str] = _identified if modifier == "identifier" else lambda text: _subject(text, base)
    return replace(query, subjects=(*query.subjects, tuple(map(read, alternatives))))


def _alternatives(value: str) -> list[str]:
    # A comma parts alternatives unless a backslash stands before it.
    parts = re.split(r"(?<!\\),", value)
    return [re.sub(r"\\([,|$\\])", r"\1", part) for part in parts if part]


def _each(alternatives: Sequence[str], zone: str) -> tuple[Dates, ...]:
    return tuple(_dates(text, zone) for text in alternatives)


def _dates(text: str, zone: str) -> Dates:
    prefix, value = (text[:2], text[2:]) if text[:2] in PREFIXES else ("eq", text)
    try:
        # A + that nobody escaped is a blank in a query.
        return prefix, span(value.replace(" ", "+"), zone)
    except ValueError as reason:
        raise failure("invalid", f"{reason}; before it may stand one of {', '.join(PREFIXES)}.") from None


def _token(text: str) -> Token:
    system, bar, value = text.partition("|")
    if not bar:
        return None, text
    return system, value or None


def _identified(text: str) -> str:
    return text.partition("|")[2] or text


def _subject(text: str, base: str) -> str:
    local = text.removeprefix(f"{base}/fhir/")
    return local.removeprefix("Patient/")
