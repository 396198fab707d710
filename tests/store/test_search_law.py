"""The law of searching: what the index finds is what a plain look at every resource finds, in order, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapter.api.ordering import ordered
from adapter.api.parameter_value import Meaning, match
from adapter.fhir import json
from adapter.store.search_query import After, Match, Query
from adapter.store.sight import BLIND, Sight
from adapter.store.store import Store, open_store
from tests.store.looking import Resource, holds, position
from tests.store.rows import ZONE, Emitted, push, write

MEANING = Meaning("http://here.example", ("Group", "Observation", "Patient"), ZONE)
FILLED = count()

CODES = ["a", "b", "A", "a|b"]
SYSTEMS = ["urn:s", "urn:t"]
DATES = ["2025", "2025-06", "2025-06-01", "2025-06-02", "2025-06-01T08:00:00+08:00", "2025-06-01T00:00:00Z", "2025-07"]
NUMBERS = ["5", "5.4", "5.40", "5.45", "-5.4", "0", "100", "99.5", "100.4", "1e2"]
WORDS = ["Hives", "hives all over", "Hîves", "HIVES", "50% _off", "straße", "荨麻疹"]


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


codings = st.fixed_dictionaries({}, optional={"code": st.sampled_from(CODES), "system": st.sampled_from(SYSTEMS)})
periods = st.builds(
    lambda ends: {k: v for k, v in zip(("start", "end"), sorted(ends), strict=True) if v},
    st.tuples(st.sampled_from(DATES[2:4]), st.sampled_from(DATES[2:4])),
)
quantities = st.builds(
    lambda value, unit, comparator: {"value": Decimal(value), **unit, **comparator},
    st.sampled_from(NUMBERS),
    st.sampled_from([{}, {"unit": "mg"}, {"code": "mg", "system": "urn:ucum"}, {"code": "g", "system": "urn:ucum"}]),
    st.sampled_from([{}, {}, {"comparator": "<"}, {"comparator": ">="}]),
)


@st.composite
def resources(draw: Callable[[Any], Any]) -> Resource:
    found: Resource = {
        "status": draw(st.sampled_from(["final", "amended"])),
        "code": {"coding": draw(st.lists(codings, max_size=2, unique_by=repr))},
        "subject": draw(
            maybe(st.sampled_from([{"reference": f"{t}/{i}"} for t in ("Patient", "Group") for i in "xy"]))
        ),
        "effectiveDateTime": draw(maybe(st.sampled_from(DATES))),
        "valueQuantity": draw(maybe(quantities)),
        "component": draw(maybe(st.lists(st.builds(lambda q: {"valueQuantity": q}, quantities), max_size=2))),
        "valueString": draw(maybe(st.sampled_from(WORDS))),
    }
    if found["effectiveDateTime"] is None:
        found["effectivePeriod"] = draw(maybe(periods))
    return {key: value for key, value in found.items() if value not in (None, [], {})}


Prefixed = st.sampled_from(["", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"])
parameters = st.one_of(
    st.tuples(
        st.just("code"),
        st.sampled_from(["", "", "not"]),
        st.lists(
            st.tuples(st.sampled_from(["", "|", *(f"{s}|" for s in SYSTEMS)]), st.sampled_from(["", *CODES])),
            min_size=1,
        ),
    ),
    st.tuples(
        st.just("subject"),
        st.sampled_from(["", "Patient", "Group"]),
        st.lists(
            st.sampled_from(["x", "y", "z", "Patient/x", "Group/y", "http://here.example/fhir/Patient/x"]), min_size=1
        ),
    ),
    st.tuples(st.just("date"), st.just(""), st.lists(st.tuples(Prefixed, st.sampled_from(DATES)), min_size=1)),
    st.tuples(
        st.sampled_from(["value-quantity", "combo-value-quantity"]),
        st.just(""),
        st.lists(
            st.tuples(Prefixed, st.sampled_from(NUMBERS), st.sampled_from(["", "||mg", "|urn:ucum|mg", "||g"])),
            min_size=1,
        ),
    ),
    st.tuples(
        st.just("value-string"),
        st.sampled_from(["", "exact", "contains"]),
        st.lists(st.sampled_from([*WORDS, "over", "%", "_"]), min_size=1),
    ),
    st.tuples(
        st.sampled_from(["code", "subject", "date", "value-quantity", "value-string", "combo-value-quantity"]),
        st.just("missing"),
        st.sampled_from([["true"], ["false"]]),
    ),
)
"""(name, modifier, alternatives)."""


def text_of(name: str, modifier: str, alternatives: list[Any]) -> str:
    """The value as it stands in a query."""
    if name == "code" and modifier != "missing":
        return ",".join(system + code.replace("|", r"\|") for system, code in alternatives)
    return ",".join("".join(each) for each in alternatives)


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    opened = open_store(database, ZONE)
    yield opened
    opened.close()


def written(number: int, body: Resource, *, hidden: bool) -> Emitted:
    id_ = f"{'h' if hidden else 'o'}{number}"
    return Emitted("Observation", id_, hidden, json.encode({"resourceType": "Observation", "id": id_, **body}))


def fill(store: Store, found: list[tuple[Resource, bool]], at: str) -> None:
    """Make the store hold these resources and no others, o0, o1…; what it held before becomes versions."""
    held = [
        write(f"k{i}", f'{{"at":"{at}"}}', '{"r":1}' if hidden else None, (written(i, body, hidden=hidden),))
        for i, (body, hidden) in enumerate(found)
    ]
    gone = [write(f"k{i}", f'{{"gone":"{at}"}}') for i in range(len(found), 8)]
    push(store, *held, *gone)


def condition(store: Store, name: str, modifier: str, alternatives: list[Any]) -> Match:
    return match(store.catalogue.of("Observation")[name], modifier, text_of(name, modifier, alternatives), MEANING)


def walked(store: Store, query: Query, sight: Sight = BLIND) -> list[str]:
    seen: list[str] = []
    after: After | None = None
    while True:
        page = store.search(sight, Query(query.type, query.matches, query.order, query.count, after, "accurate"))
        seen += [version.address.id for version in page.versions]
        if not page.more:
            assert page.total == len(seen)
            return seen
        after = page.after


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(st.tuples(resources(), st.sampled_from([False, False, False, True])), min_size=3, max_size=8),
    st.lists(st.lists(parameters, min_size=1, max_size=2), min_size=5, max_size=12),
    st.sampled_from([None, "date", "-date", "value-quantity,-_id", "-value-string", "_id"]),
    st.integers(1, 4),
)
def test_what_the_index_finds_is_what_a_look_at_each_resource_finds(
    store: Store, found: list[tuple[Resource, bool]], searches: list[list[Any]], sort: str | None, size: int
) -> None:
    fill(store, found, str(next(FILLED)))
    for search in searches:
        matches = tuple(condition(store, *parameter) for parameter in search)
        query = Query("Observation", matches, ordered(store.catalogue, "Observation", sort), size)
        expected = [
            f"{'h' if hidden else 'o'}{i}"
            for i, (body, hidden) in enumerate(found)
            if all(holds(body, *parameter) for parameter in search)
        ]
        blind = walked(store, query)
        assert sorted(blind) == sorted(id_ for id_ in expected if id_[0] == "o"), search
        assert sorted(walked(store, query, Sight(restricted=True))) == sorted(expected), search
        if sort is not None:
            assert blind == sorted(blind, key=lambda id_: position(found[int(id_[1:])][0], id_, sort, blind)), sort


EACH: list[Resource] = [
    *({"effectiveDateTime": text} for text in DATES),
    *({"effectivePeriod": {"start": start}} for start in DATES),
    *({"effectivePeriod": {"end": end}} for end in DATES),
    *(
        {"valueQuantity": {"value": Decimal(text), **unit, **comparator}}
        for text in NUMBERS
        for unit in ({}, {"unit": "mg"}, {"code": "mg", "system": "urn:ucum"})
        for comparator in ({}, {"comparator": "<"}, {"comparator": ">="})
    ),
    *({"valueString": text} for text in WORDS),
    *({"code": {"coding": [{"code": code, "system": system}]}} for code in CODES for system in SYSTEMS),
    *({"code": {"coding": [{"code": code}]}} for code in CODES),
    {"code": {"coding": [{"system": "urn:s"}]}},
]
PREFIXES = ("", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
UNITS = ("", "||mg", "|urn:ucum|mg", "|urn:other|mg")
ASKED: dict[str, list[tuple[str, Any]]] = {
    "date": [("", (prefix, text)) for prefix in PREFIXES for text in DATES],
    "value-quantity": [("", (p, text, unit)) for p in PREFIXES for text in NUMBERS for unit in UNITS],
    "value-string": [(how, text) for how in ("", "exact", "contains") for text in [*WORDS, "%", "_", "all"]],
    "code": [(how, (s, code)) for how in ("", "not") for s in ("", "|", "urn:s|", "urn:u|") for code in ["", *CODES]],
}


@pytest.mark.parametrize("name", ASKED)
def test_each_value_is_compared_with_each_that_can_be_asked_for(store: Store, name: str) -> None:
    fill(store, [(body, False) for body in EACH], "each")
    for how, asked in ASKED[name]:
        query = Query("Observation", (condition(store, name, how, [asked]),), count=200)
        expected = {f"o{i}" for i, body in enumerate(EACH) if holds(body, name, how, [asked])}
        assert set(walked(store, query)) == expected, (name, how, asked)
