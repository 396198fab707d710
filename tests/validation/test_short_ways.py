"""What is only there for speed changes no verdict: each short way closed, the tables hold as they are."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.validation.validator import Validator
from tests.validation.cases import cases
from tests.validation.mutation import definitions, every_case

SHORT_WAYS: dict[str, dict[str, Any]] = {
    "no glance at plain primitives": {"plan.is_plain": lambda element, codes_of: False},
    "no single values apart from steps": {"plan.is_single": lambda element: False},
    "no value remembered": {"memory.LONGEST": 0},
    "every value remembered": {"memory.VAIN": 1_000_000},
    "all forgotten at each value": {"memory.MOST_BYTES": 0},
    "no verdict of a binding remembered": {"codes.KEPT": 0},
    "no coding remembered": {"coding.KEPT": 0},
    "no slice told by a text": {"slicing.texts_of": lambda *_: None},
    "no slice told by its signs": {"slicing.signs_of": lambda *_: None, "slicing.signs_at": lambda *_: None},
    "no choice narrowed by its type": {"plan.typed": lambda element, bare: element},
    "no shape kept": {"plan.MOST_SHAPES": 0},
    "no kind kept": {"plan.MOST_KINDS": 0},
    "no claim kept": {"claim.KEPT": 0},
    "no extension kept": {"extension.KEPT": 0},
}


def closed(patch: pytest.MonkeyPatch, way: str) -> None:
    for name, value in SHORT_WAYS[way].items():
        patch.setattr(f"adapter.validation.{name}", value)


@pytest.mark.parametrize("way", SHORT_WAYS)
def test_the_tables_hold_without_a_short_way(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    closed(monkeypatch, way)
    held: dict[tuple[bytes, ...], Validator] = {}
    wrong = []
    for case, raws in every_case():
        if raws not in held:
            held[raws] = Validator(definitions(raws))
        found = case.found(held[raws], is_read=True)
        if found != sorted(case.stated["issues"]) and case.rule != "element-id":  # which of two is told is as they come
            wrong.append(str(case))
    assert wrong == []


SLICED = [case for case in cases() if any("by-value" in str(each.get("id")) for each in case.definitions)]
SYSTEMS = st.sampled_from(["http://example.org/a", "http://example.org/b", "http://example.org/c", "", 1, None, [], {}])
USES = st.sampled_from(["old", "usual", 1])
IDENTIFIERS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "system": SYSTEMS,
            "value": st.sampled_from(["1", "12345", 1]),
            "use": st.sampled_from(["old", "usual", 1]),
        },
    )
    | st.sampled_from(["a", None, []]),
    max_size=4,
)


@settings(max_examples=300)
@given(IDENTIFIERS, st.sampled_from(["by-value", "closed", "at-end", "ordered", "again"]))
def test_slices_are_the_same_whatever_tells_them(identifiers: list[Any], profile: str) -> None:
    raws = next(raws for case, raws in every_case() if case is not None and str(case) == str(SLICED[0]))
    patient = {"resourceType": "Patient", "identifier": identifiers}
    urls = [f"http://example.org/StructureDefinition/{profile}"]
    quick_one = Validator(definitions(raws))
    quick = [quick_one.check(patient, urls, is_read=True) for _ in range(2)][1]  # the second time as remembered
    with pytest.MonkeyPatch.context() as patch:
        closed(patch, "no slice told by its signs")
        slow = Validator(definitions(raws)).check(patient, urls)
    assert sorted(map(str, quick)) == sorted(map(str, slow))
