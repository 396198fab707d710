"""What others send: nothing raises, nothing is lost in silence, what is understood is understood once and for all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from adapter.crf.record import Record
from adapter.fhir import json as fhir_json
from adapter.mapping.forward import Writer
from adapter.mapping.reading import Reading, Result
from adapter.mapping.residue import path_of
from adapter.mapping.study import MappedStudy
from tests.mapping import foreign
from tests.mapping.test_laws import drawn, shuffle
from tests.studies import forms, study

FEW = settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
every_form = pytest.mark.parametrize(("name", "form"), forms())
SERVER_S = {("meta", "versionId"), ("meta", "lastUpdated")}


def seen(reading: Reading) -> Any:
    """All that a reading tells, so that two can be compared."""
    return (
        (reading.record, reading.repeats, reading.claims),
        sorted((one.expression, str(one.value)) for one in reading.residue),
        sorted(reading.dropped),
        sorted(map(str, reading.issues)),
    )


def again(mapped: MappedStudy, form: str, record: Record) -> Result:
    """A record written and read again, complete or not."""
    return mapped.to_crf(fhir_json.parse(one.body) for one in mapped.emit(form, record, "both"))


@every_form
@FEW
@given(draw=st.data())
def test_what_others_send_is_understood_once_and_for_all(name: str, form: str, draw: st.DataObject) -> None:
    mapped = study(name)
    written = mapped.to_fhir(form, drawn(draw, mapped, form), "both")
    sent = [foreign.varied(draw, one) for one in written]
    for found, record in mapped.to_crf(sent).records:
        result = again(mapped, found, record)
        assert result.records == [(found, record)]
        assert result.residue == []
        assert [path for path in result.dropped if not path.endswith(".id")] == []


@every_form
@FEW
@given(draw=st.data())
def test_every_leaf_is_read_matched_dropped_or_residue(name: str, form: str, draw: st.DataObject) -> None:
    mapped = study(name)
    written = mapped.to_fhir(form, drawn(draw, mapped, form), "both")
    resource = foreign.varied(draw, draw.draw(st.sampled_from(written)))
    reading = mapped.read(resource)
    if any(issue.code == "conflict" for issue in reading.issues):  # told already, whatever the one and the other say
        return
    for path, leaf in foreign.leaves(resource):
        if path == ("resourceType",) or path[:2] in SERVER_S or leaf is None:
            continue
        told = mapped.read(foreign.changed(resource, path, foreign.other(leaf)))
        assert seen(told) != seen(reading) or is_dropped(path, reading), path


def is_dropped(path: foreign.Path, reading: Reading) -> bool:
    """True for a leaf at or below a path that was dropped: of that only the path is told."""
    ways = (path_of(reading.type, path[: end + 1])[0] for end in range(len(path)))
    return any(way in reading.dropped for way in ways)


@every_form
@FEW
@given(draw=st.data())
def test_the_order_of_what_others_send_changes_nothing(name: str, form: str, draw: st.DataObject) -> None:
    mapped = study(name)
    written = mapped.to_fhir(form, drawn(draw, mapped, form), "both")
    resource = foreign.varied(draw, draw.draw(st.sampled_from(written)))
    straight, other = mapped.to_crf([resource]), mapped.to_crf([shuffle(draw, resource)])
    torn = any(
        issue.code == "conflict" for issue in straight.issues
    )  # refused: which of the answers is kept says nothing
    assert other.records == straight.records or torn
    assert sorted(issue.code for issue in other.issues) == sorted(issue.code for issue in straight.issues)
    assert len(other.residue) == len(straight.residue)
    assert len(other.dropped) == len(straight.dropped)


@every_form
@FEW
@given(draw=st.data())
def test_alternatives_of_a_constant_mean_the_same(name: str, form: str, draw: st.DataObject) -> None:
    mapped = study(name)
    record = drawn(draw, mapped, form)
    plans = {(plan.type, plan.view): plan for plan in mapped.plan(form).view("both")}
    for resource in mapped.to_fhir(form, record, "both"):
        reading = mapped.read(resource)
        plan = plans[reading.type, reading.view]
        told = mapped.read(foreign.in_other_words(draw, resource, plan))
        assert told.record == reading.record
        assert [one for one in told.residue if not one.expression.endswith("display")] == []


@every_form
@FEW
@given(draw=st.data())
def test_another_shape_of_an_element_says_the_same(name: str, form: str, draw: st.DataObject) -> None:
    mapped = study(name)
    record = drawn(draw, mapped, form)
    writer = Writer(mapped.definition.zone, mapped.definition.patterns)
    for plan in mapped.plan(form).clinical:
        shaped = foreign.other_shape(plan)
        if shaped is None or plan.each is not None:
            continue
        for (_, ours), (_, theirs) in zip(writer.resource(plan)(record), writer.resource(shaped)(record), strict=True):
            told, reading = mapped.read(fhir_json.parse(theirs)), mapped.read(fhir_json.parse(ours))
            assert told.record.items() <= reading.record.items()
            assert told.residue == []


@FEW
@given(value=foreign.any_json())
@pytest.mark.parametrize("name", ["il2_csu", "harbor"])
def test_any_json_is_read_without_an_error_of_ours(name: str, value: Any) -> None:
    mapped = study(name)
    result = mapped.to_crf([value])
    assert result.records == []
    assert len(result.issues) == 1


@every_form
@FEW
@given(draw=st.data())
def test_wrong_types_within_a_resource_are_read_without_an_error_of_ours(
    name: str, form: str, draw: st.DataObject
) -> None:
    mapped = study(name)
    written = mapped.to_fhir(form, drawn(draw, mapped, form), "both")
    for found, record in mapped.to_crf([foreign.mangled(draw, one) for one in written]).records:
        assert again(mapped, found, record).records == [(found, record)]
