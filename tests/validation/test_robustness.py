"""No input crashes the validator: only issues come out."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.fhir import xml
from adapter.fhir.conformance import load_definitions
from adapter.fhir.json import encode
from adapter.outcome import Issue
from adapter.validation.validator import Validator
from tests.validation.cases import cases
from tests.validation.mutation import definitions

JUNK = [
    *(
        None,
        True,
        False,
        0,
        -1,
        10**30,
        Decimal("1.5"),
        Decimal("1E+300"),
        "",
        "a",
        " ",
        "\x00",
        "\ud800",
        "#",
        "|",
        "(",
    ),
    *("#a", "urn:uuid:x", "Patient/1", "http://x/y", "2016-12-31T23:59:60Z", "0001-01-01T00:00:00+14:00", "x" * 1_000),
    *([], [None], [[]], [{}], {}, {"a": 1}, {"extension": []}, {"resourceType": "Patient"}, {"resourceType": 1}),
    *({"url": 1}, {"coding": 1}, {"coding": [1]}, {"coding": [{"system": [], "code": {}}]}, {"reference": 1}),
    *({"reference": "#"}, {"value": "a", "code": "mg", "system": "http://unitsofmeasure.org"}),
]
KEYS = ["id", "extension", "url", "meta", "contained", "text", "coding", "valueQuantity", "reference", "resourceType"]


@cache
def validator() -> Validator:
    return Validator(load_definitions())


@cache
def resources() -> list[dict[str, Any]]:
    return [case.resource for case in cases() if "json" not in case.stated and "xml" not in case.stated]


def only_issues(found: Any) -> bool:
    return isinstance(found, list) and all(type(each) is Issue and str(each) for each in found)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in below:
        yield from places(each, (*path, key))


@st.composite
def broken(draw: st.DrawFn) -> dict[str, Any]:
    """A resource of the tables with junk in some places: replaced, taken away, put beside."""
    resource = copy.deepcopy(draw(st.sampled_from(resources())))
    for _ in range(draw(st.integers(1, 3))):
        every = list(places(resource))
        if not every:
            break
        *way, last = draw(st.sampled_from(every))
        at: Any = resource
        for step in way:
            at = at[step]
        kind = draw(st.integers(0, 3))
        if kind == 0:
            del at[last]
        elif kind == 1 or isinstance(at, list):
            at[last] = copy.deepcopy(draw(st.sampled_from(JUNK)))
        else:
            key = draw(st.sampled_from([*KEYS, f"_{last}"]))
            at[key] = copy.deepcopy(draw(st.sampled_from([at[last], *JUNK])))
    return resource


URL = "http://example.org/StructureDefinition/"
SLICED = {
    "by-type": ("Bundle.entry", "resource", [{"code": "Patient"}]),
    "by-profile": ("Bundle.entry", "resource", [{"code": "Patient", "profile": [f"{URL}active"]}]),
    "by-type-of-value": ("Observation.component", "value[x]", [{"code": "Quantity"}]),
    "by-profile-of-member": ("Observation.hasMember", "$this", [{"code": "Reference", "profile": [f"{URL}active"]}]),
    "by-profile-of-target": (
        "Observation.hasMember",
        "resolve()",
        [{"code": "Reference", "targetProfile": [f"{URL}active"]}],
    ),
}
"""Profiles whose slices are told by types and profiles: the path of the list, of what tells, and the types there."""


def profile(name: str, type_: str, *elements: dict[str, Any]) -> bytes:
    stated = {"resourceType": "StructureDefinition", "url": URL + name, "name": "A", "status": "draft", "type": type_}
    stated |= {"kind": "resource", "abstract": False, "derivation": "constraint"}
    stated |= {"baseDefinition": f"http://hl7.org/fhir/StructureDefinition/{type_}"}
    return encode(stated | {"differential": {"element": [{"id": each["path"], **each} for each in elements]}})


def sliced(name: str) -> bytes:
    path, tells, types = SLICED[name]
    by = {"type": "type" if "type" in name else "profile", "path": tells.removesuffix("[x]")}
    at = {"id": f"{path}:a", "path": path, "sliceName": "a"}
    told = {"id": f"{path}:a.{tells}", "path": f"{path}.{tells}", "type": types}
    whole = {"path": path, "slicing": {"discriminator": [by], "rules": "open"}}
    return profile(name, path.split(".")[0], whole, *([at, told] if tells[-1] in "e]" else [{**at, "type": types}]))


@cache
def slicing() -> Validator:
    return Validator(
        definitions((profile("active", "Patient", {"path": "Patient.active", "min": 1}), *map(sliced, SLICED)))
    )


@pytest.mark.parametrize("name", SLICED)
@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: repr(junk)[:20])
def test_a_misshapen_entry_of_a_sliced_list_gives_issues(name: str, junk: Any) -> None:
    type_, _, key = SLICED[name][0].partition(".")
    for entry in (junk, {SLICED[name][1].removesuffix("[x]").strip("$()"): junk}, {"valueQuantity": junk}):
        found = slicing().check({"resourceType": type_, key: [entry]}, [URL + name])
        assert found
        assert only_issues(found)


VALUES = st.recursive(
    st.sampled_from([each for each in JUNK if not isinstance(each, list | dict)]) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=6), inner),
    max_leaves=12,
)


@settings(max_examples=300)
@given(VALUES)
def test_any_value_gives_issues(value: Any) -> None:
    assert only_issues(validator().check(value))


@settings(max_examples=300)
@given(broken())
def test_a_resource_with_junk_in_it_gives_issues(resource: dict[str, Any]) -> None:
    assert only_issues(validator().check(resource))


@settings(max_examples=300)
@given(broken())
def test_verdicts_do_not_depend_on_what_was_judged_before(resource: dict[str, Any]) -> None:
    assert validator().check(copy.deepcopy(resource)) == Validator(validator().definitions).check(resource)


@settings(max_examples=300)
@given(broken(), st.integers(0, 400), st.binary(max_size=4))
def test_a_json_text_with_bytes_in_it_gives_issues(resource: dict[str, Any], place: int, more: bytes) -> None:
    try:
        raw = encode(resource)
    except (ValueError, UnicodeEncodeError):
        return
    assert only_issues(validator().check_json(raw[:place] + more + raw[place:]))
    assert only_issues(validator().check_json(raw[:place] + more + raw[place + len(more) :]))
    assert only_issues(validator().check_json(raw[:place]))


@settings(max_examples=300)
@given(
    st.sampled_from(resources()), st.integers(0, 400), st.binary(max_size=4) | st.sampled_from([b"<", b"&a;", b"<!--"])
)
def test_an_xml_text_with_bytes_in_it_gives_issues(resource: dict[str, Any], place: int, more: bytes) -> None:
    try:
        raw = xml.encode(resource)
    except (ValueError, KeyError, TypeError):
        return
    assert only_issues(validator().check_xml(raw[:place] + more + raw[place:]))
    assert only_issues(validator().check_xml(raw[:place] + raw[place + 3 :]))


@settings(max_examples=300)
@given(st.binary(max_size=60))
def test_any_bytes_give_issues(raw: bytes) -> None:
    assert only_issues(validator().check_json(raw))
    assert only_issues(validator().check_xml(raw))
