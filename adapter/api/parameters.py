"""A request's query turned into the store's: which parameters a type has, which of the request are among them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote_plus

from adapter.api.failure import FailureError, failure, unsupported
from adapter.api.inclusion import Inclusion, inclusion
from adapter.api.ordering import ordered
from adapter.api.paging import PAGE, opened, page_place, page_token, sealed
from adapter.api.parameter_value import Meaning, alternatives, match, plain_text, updated
from adapter.api.remembered import remembered
from adapter.api.service import Service
from adapter.fhir.search_parameters import compartment
from adapter.store.indexer import OF_THE_ROW
from adapter.store.search_query import After, Match, Page, Query, Total, ids, refers

COUNT = 50
MOST = 200
VALUES = 500
"""Values of one search, alternatives among them: a database's statement has an end."""

PARAMETERS = 40
"""Conditions of one search."""

OF_THE_ANSWER = ("_format", "_pretty", "_summary", "_elements")
"""What shapes the answer and not the search."""

RESULTS = ("_count", "_total", "_sort", "_include", "_revinclude")
"""What shapes the list of what is found."""

TOTALS: Mapping[str, Total] = {"none": "none", "estimate": "accurate", "accurate": "accurate"}

_NAME = re.compile(r"(?P<code>[A-Za-z_-]{1,60})(?::(?P<modifier>[A-Za-z]{1,60}))?(?P<chain>\..+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it was understood: the store's query, what is included with what it finds, the parameters that took
    part, those that did not, those that shape the answer alone, and what makes a link of a place in it."""

    query: Query
    used: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...] = ()
    inclusions: tuple[Inclusion, ...] = ()
    shaped: tuple[tuple[str, str], ...] = field(default=())
    seal: Callable[[Any], str] = str

    def link(self, page: Page | None = None) -> str:
        """The query string of this search, or of what follows a page of it."""
        pairs = [*self.used, *self.shaped]
        if page is not None and page.after is not None:
            pairs.append((PAGE, self.seal([page.after.keys, page.after.id])))
        return "&".join([f"{_quoted(name)}={_quoted(value)}" for name, value in pairs])


@remembered(1024)
def _quoted(text: str) -> str:
    return quote_plus(text)


def searchable(here: Service, type_: str) -> dict[str, tuple[str, str]]:
    """The parameters of a type by name: (type, definition's url), with those that its own row answers."""
    own = here.store.catalogue.parameters.of(type_)
    names = sorted({*OF_THE_ROW, *here.store.catalogue.of(type_)})
    return {name: (own[name].type, own[name].url) for name in names}


def asked(here: Service, type_: str, arguments: Iterable[tuple[str, str]], *, strict: bool, of: str = "") -> Asked:
    """Understand the parameters of a search. Failure 400 for a value or a modifier that cannot be, and in strict
    handling for a parameter that this type does not have; 403 for a way round what may be seen; 404 for a page that is
    not of this search. `of`: the compartment that is searched (`Patient/01-001`)."""
    given = [(name, value) for name, value in arguments if value != ""]
    reading = _Reading(here, type_, of)
    for name, value in given:
        reading.take(name, value)
    if reading.ignored and strict:
        known = ", ".join([*searchable(here, type_), *RESULTS])
        raise unsupported(f"{type_} cannot be searched by {', '.join(reading.ignored)[:200]}: use {known}.")
    return reading.asked()


def in_compartment(here: Service, name: str, id_: str, type_: str) -> Match:
    """The condition that a resource is in a compartment (`Patient`). Failure 404 for a type that is in none."""
    searched = here.store.catalogue.of(type_)
    by = [searched[code] for code in compartment(name, type_) if code in searched]
    if not by:
        raise unsupported(f"{type_[:60]} is not in the compartment of a {name[:60]}.", status=404)
    return refers(dict.fromkeys(place.number for sought in by for place in sought.places), [f"{name}/{id_}"])


def count(value: str) -> int:
    """`_count`: a whole number from 0, at most MOST. Failure 400 otherwise."""
    if not re.fullmatch(r"[0-9]{1,18}", value):
        raise failure("invalid", "_count is a whole number from 0.")
    return min(int(value), MOST)


class _Reading:
    """The parameters of one request as they are read, one after the other."""

    def __init__(self, here: Service, type_: str, of: str) -> None:
        self._here = here
        self._type = type_
        self._place = (("", f"{of}/{type_}"),)  # what a link is bound to beside its parameters
        self._meaning = Meaning(here.config.base_url, here.desk.types, here.zone)
        self._matches: list[Match] = []
        self._result: dict[str, str] = {}
        self._inclusions: list[Inclusion] = []
        self._used: list[tuple[str, str]] = []
        self._shaped: list[tuple[str, str]] = []
        self._page: str | None = None
        self._values = 0
        self.ignored: list[str] = []

    def take(self, name: str, value: str) -> None:
        """Read one parameter."""
        self._values += value.count(",") + 1
        if self._values > VALUES:
            raise failure("too-costly", f"At most {VALUES} values in one search: ask in parts.")
        if name == PAGE:
            self._page = value
        elif name in OF_THE_ANSWER:
            self._shaped.append((name, value))
        elif name.partition(":")[0] in ("_include", "_revinclude"):
            self._include(name, value)
        elif name in RESULTS:
            if name in self._result:
                raise failure("invalid", f"{name} stands twice: give it once.")
            self._result[name] = value
            self._used.append((name, value))
        else:
            self._search(name, value)

    def asked(self) -> Asked:
        """What was read, as a search."""
        if len(self._matches) > PARAMETERS:
            raise failure("too-costly", f"At most {PARAMETERS} conditions in one search: ask in parts.")
        size = 0 if ("_summary", "count") in self._shaped else count(self._result.get("_count", str(COUNT)))
        key = self._here.store.page_key
        query = Query(
            self._type,
            tuple(self._matches),
            ordered(self._here.store.catalogue, self._type, self._result.get("_sort")),
            size,
            _after(key, self._page, [*self._place, *self._used]) if self._page is not None else None,
            _total(self._result.get("_total"), size),
        )
        used = tuple(self._used)
        seal = partial(sealed, key, used=(*self._place, *used))
        return Asked(query, used, tuple(self.ignored), tuple(self._inclusions), tuple(self._shaped), seal)

    def _include(self, name: str, value: str) -> None:
        found = inclusion(self._here.store.catalogue, self._here.desk.types, self._type, name, value)
        if found is None:
            self.ignored.append(f"{name}={value}"[:120])
        else:
            self._inclusions.append(found)
            self._used.append((name, value))

    def _search(self, name: str, value: str) -> None:
        read = _NAME.fullmatch(name)
        if name.startswith("_has") or (read is not None and read["chain"] not in (None, ".identifier")):
            raise failure("forbidden", "A search looks at one resource at a time: _has and chains are not answered.")
        found = self._match(read["code"], _modifier(read), value) if read is not None else None
        if found is None:
            self.ignored.append(name[:60])
        else:
            self._matches += found
            self._used.append((name, value))

    def _match(self, code: str, modifier: str, value: str) -> list[Match] | None:
        if code in OF_THE_ROW:
            if modifier:
                raise unsupported(f"The modifier :{modifier} of {code} is not supported: leave it out.")
            of_id = code == "_id"
            return [ids(map(plain_text, alternatives(value))) if of_id else updated(value, self._meaning.zone)]
        sought = self._here.store.catalogue.of(self._type).get(code)
        if sought is None:
            return None
        if "." in modifier and sought.parameter.type != "reference":
            raise unsupported(f"{code} is no reference: it is searched by its own value.")
        return [match(sought, "identifier" if "." in modifier else modifier, value, self._meaning)]


def _modifier(read: re.Match[str]) -> str:
    """`identifier` for `:identifier` and for the chain `.identifier`, which is the same here; `Type.identifier`."""
    if read["chain"] is None:
        return read["modifier"] or ""
    return f"{read['modifier'] or ''}.identifier"


def _after(key: bytes, token: str, used: Sequence[tuple[str, str]]) -> After:
    place = opened(key, token, used)
    if not isinstance(place, list) or len(place) != 2:
        raise _no_page()
    return After(tuple(place[0]), place[1])


def _no_page() -> FailureError:
    return failure("not-found", "This page belongs to no such search: begin again without _page.")


def _total(value: str | None, size: int) -> Total:
    if value is None:
        return "accurate" if size == 0 else "bounded"
    if value not in TOTALS:
        raise failure("invalid", f"_total is one of {', '.join(TOTALS)}.")
    return TOTALS[value]


__all__ = ["COUNT", "PAGE", "Asked", "asked", "count", "in_compartment", "page_place", "page_token", "searchable"]
