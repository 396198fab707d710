"""The laws of the mapping language, for every map and every form view of every study."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from adapter.crf.record import Record
from adapter.mapping.study import MappedStudy
from tests.mapping import expected
from tests.strategies import records
from tests.studies import forms, study

FEW = settings(
    max_examples=20,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
every_form = pytest.mark.parametrize(("name", "form"), forms())
every_view = pytest.mark.parametrize("view", expected.VIEWS)


def drawn(draw: st.DataObject, mapped: MappedStudy, form: str) -> Record:
    return draw.draw(records(mapped.definition, form), label="record")


@every_view
@every_form
@FEW
@given(draw=st.data())
def test_a_record_comes_back_as_it_went(name: str, form: str, view: str, draw: st.DataObject) -> None:
    mapped = study(name)
    record = drawn(draw, mapped, form)
    result = mapped.to_crf(mapped.to_fhir(form, record, view))
    assert (result.residue, result.dropped, result.issues) == ([], [], [])
    left = expected.read_back(mapped, form, view, record)
    assert result.records == [(form, left)]
    assert list(result.records[0][1]) == list(left)


@every_view
@every_form
@FEW
@given(draw=st.data())
def test_what_we_wrote_is_written_again_byte_for_byte(name: str, form: str, view: str, draw: st.DataObject) -> None:
    mapped = study(name)
    record = expected.read_back(mapped, form, view, drawn(draw, mapped, form))
    written = mapped.to_fhir_json(form, record, view)
    ((_, back),) = mapped.to_crf(mapped.to_fhir(form, record, view)).records
    assert mapped.to_fhir_json(form, back, view) == written


@every_form
@FEW
@given(draw=st.data())
def test_the_order_of_resources_entries_and_keys_changes_nothing(name: str, form: str, draw: st.DataObject) -> None:
    mapped = study(name)
    resources = mapped.to_fhir(form, drawn(draw, mapped, form), "both")
    shuffled = [shuffle(draw, one) for one in draw.draw(st.permutations(resources))]
    straight, other = mapped.to_crf(resources), mapped.to_crf(shuffled)
    assert other.records == straight.records
    assert (other.residue, other.dropped, other.issues) == ([], [], [])


def shuffle(draw: st.DataObject, value: Any) -> Any:
    if isinstance(value, dict):
        keys = draw.draw(st.permutations(list(value)))
        return {key: value[key] if paired(value, key) else shuffle(draw, value[key]) for key in keys}
    if isinstance(value, list):
        return [shuffle(draw, one) for one in draw.draw(st.permutations(value))]
    return value


def paired(value: dict[str, Any], key: str) -> bool:
    """True for a list of primitives and the list of extensions beside it: they run together."""
    return f"_{key}" in value or key.startswith("_")


@every_form
@FEW
@given(draw=st.data())
def test_the_union_of_the_fragments_is_the_record(name: str, form: str, draw: st.DataObject) -> None:
    mapped = study(name)
    record = drawn(draw, mapped, form)
    resources = mapped.to_fhir(form, record, "both")
    fragments = [mapped.read(one) for one in resources]
    assert all(one.key == fragments[0].key for one in fragments)
    merged = mapped.merge(draw.draw(st.permutations(fragments)))
    assert merged.issues == []
    assert merged.record == expected.read_back(mapped, form, "both", record)


@every_form
@FEW
@given(draw=st.data())
def test_a_fragment_says_nothing_that_its_record_does_not_say(name: str, form: str, draw: st.DataObject) -> None:
    mapped = study(name)
    record = drawn(draw, mapped, form)
    left = expected.read_back(mapped, form, "both", record)
    for resource in mapped.to_fhir(form, record, "both"):
        for item, answer in mapped.read(resource).record.items():
            if not mapped.plan(form).form.items[item].many:
                assert left[item] == answer


@every_form
@FEW
@given(draw=st.data())
def test_the_id_of_a_resource_is_where_references_to_it_lead(name: str, form: str, draw: st.DataObject) -> None:
    mapped = study(name)
    resources = mapped.to_fhir(form, drawn(draw, mapped, form), "both")
    places = {
        (one["resourceType"], identifier["system"], identifier.get("value")): one["id"]
        for one in resources
        for identifier in listed(one.get("identifier"))[:1]
    }
    for reference in references(resources):
        kind, _, literal = reference["reference"].partition("/")
        identifier = reference.get("identifier", {})
        there = places.get((kind, identifier.get("system"), identifier.get("value")))
        assert there is None or there == literal


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value is not None else []


def references(value: Any) -> list[dict[str, Any]]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = [one for child in inner for one in references(child)]
    if isinstance(value, dict) and isinstance(value.get("reference"), str):
        found.append(value)
    return found


@every_form
@FEW
@given(draw=st.data())
def test_a_restricted_item_stands_only_in_resources_that_are_labelled(
    name: str, form: str, draw: st.DataObject
) -> None:
    mapped = study(name)
    record = drawn(draw, mapped, form)
    hidden = mapped.restricted_items(form)
    for emitted, resource in zip(mapped.emit(form, record, "both"), mapped.to_fhir(form, record, "both"), strict=True):
        labels = [label["code"] for label in resource.get("meta", {}).get("security", [])]
        assert emitted.restricted == ("R" in labels)
        if not emitted.restricted:
            assert hidden.isdisjoint(mapped.read(resource).record)
