from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapter.fhir import definitions, xml
from adapter.fhir import json as fhir_json
from adapter.fhir.generation import package
from adapter.fhir.primitive import number

words = st.text(st.characters(codec="utf-8", min_codepoint=32, exclude_characters="\ufffe\uffff"), min_size=1)
lines = st.sampled_from(["a\nb", "\ta", " a ", "a\r\nb", "<&>\"'", "中文", "😀"])
decimals = st.from_regex(r"-?(0|[1-9][0-9]{0,9})(\.[0-9]{1,5})?([eE][+-]?[0-9])?", fullmatch=True).map(number)
XHTML = "http://www.w3.org/1999/xhtml"
DIVS = [
    f'<div xmlns="{XHTML}">a<br /><div> b </div>&lt;&#160;<!-- c --></div>',
    f"<div  xmlns='{XHTML}' ><b>1 &amp; 2</b>\n</div>",
]
PRIMITIVES = {
    "boolean": st.booleans(),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "positiveInt": st.integers(1, 2**31 - 1),
    "unsignedInt": st.integers(0, 2**31 - 1),
    "decimal": decimals,
    "dateTime": st.sampled_from(["2025", "2025-02-03T04:05:06.100+08:00", "2025-02-03T04:05:06-00:00"]),
    "xhtml": st.sampled_from(DIVS),
}


@st.composite
def objects(draw, kind, depth=2, resource=False):
    """An object of an R4 type with some of its elements, in R4's order; it need not be valid."""
    fields = [field for field in definitions.fields(kind).values() if depth > 0 or is_leaf(field)]
    some = st.lists(st.sampled_from(fields), min_size=1, max_size=4, unique_by=lambda field: field.order)
    chosen = sorted(draw(some), key=lambda field: field.order)
    found = {"resourceType": kind} if resource else {}
    for field in chosen:
        if definitions.is_primitive(field.type):
            found.update(draw(primitives(field, depth)))
        else:
            below = objects(*below_of(field, draw), depth=depth - 1, resource=field.type == "Resource")
            found[field.key] = draw(st.lists(below, min_size=1, max_size=2) if field.many else below)
    return found


def is_leaf(field):
    return definitions.is_primitive(field.type)


def below_of(field, draw):
    types = st.sampled_from(["Patient", "Observation", "Binary"])
    return (draw(types),) if field.type == "Resource" else (field.type,)


@st.composite
def primitives(draw, field, depth):
    """A primitive's key and, where it may carry extensions, its `_` twin."""
    values = PRIMITIVES.get(field.type, words | lines)
    if field.many:
        return draw(repeats(field, values, depth))
    if field.type == "xhtml" or depth <= 0 or field.key in ("id", "url"):
        return {field.key: draw(values)}
    both = {field.key: draw(values), f"_{field.key}": draw(besides())}
    return {key: both[key] for key in draw(st.sampled_from([list(both), list(both)[:1], list(both)[1:]]))}


@st.composite
def repeats(draw, field, values, depth):
    pairs = draw(st.lists(st.tuples(values | st.none(), besides() | st.none()), min_size=1, max_size=3))
    pairs = [pair for pair in pairs if pair != (None, None)] or [(draw(values), None)]
    both = {field.key: [pair[0] for pair in pairs], f"_{field.key}": [pair[1] for pair in pairs]}
    return {key: column for key, column in both.items() if any(entry is not None for entry in column)}


def besides():
    entries = st.tuples(words, decimals).map(lambda pair: {"url": pair[0], "valueDecimal": pair[1]})
    return entries.map(lambda entry: {"extension": [entry]}) | st.just({"id": "a"})


resources = st.sampled_from(definitions.resource_types()).flatmap(lambda name: objects(name, resource=True))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(resources)
def test_json_to_xml_and_back_is_the_same_to_the_byte(resource):
    back = xml.parse(xml.encode(resource))
    assert back == resource
    assert fhir_json.encode(back) == fhir_json.encode(resource)


def test_published_resources_survive_xml(fhir_packages):
    """Conformance resources with narratives, extensions beside primitives, contained resources."""
    published = list(package.resources(fhir_packages[0]))[::60]
    assert len(published) > 40
    for resource in published:
        assert xml.parse(xml.encode(resource)) == resource


@given(st.permutations(["status", "code", "subject", "valueQuantity", "effectiveDateTime"]))
def test_the_order_of_the_keys_changes_nothing(keys):
    observation = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "a"},
        "subject": {"reference": "Patient/1"},
        "valueQuantity": {"value": Decimal("1.10")},
        "effectiveDateTime": "2025-04-01T09:30:00+08:00",
    }
    shuffled = {"resourceType": "Observation", **{key: observation[key] for key in keys}}
    assert xml.encode(shuffled) == xml.encode(observation)


@pytest.mark.parametrize("text", ["1.10", "1e2", "-0.0", "0.00000001", "4"])
def test_decimals_keep_their_digits_through_xml(text):
    raw = f'{{"resourceType":"Observation","valueQuantity":{{"value":{text}}}}}'.encode()
    written = xml.encode(fhir_json.parse(raw))
    assert f'<value value="{text}"/>'.encode() in written
    assert fhir_json.encode(xml.parse(written)) == raw
