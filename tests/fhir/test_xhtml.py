from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.fhir.narrative import XHTML
from adapter.fhir.xhtml import ANYWHERE, ATTRIBUTES, ELEMENTS, MOST_FAULTS, ONLY, WITHIN, faults


def keys(content: str) -> list[str]:
    return [fault.key for fault in faults(f'<div xmlns="{XHTML}">a{content}</div>')]


def test_all_that_is_named_in_a_rule_is_an_element() -> None:
    named = {name for rules in (WITHIN, ONLY) for key, names in rules.items() for name in (key, *names)}
    assert named | ATTRIBUTES.keys() <= ELEMENTS


@pytest.mark.parametrize("attribute", sorted(ANYWHERE))
def test_some_attributes_may_stand_everywhere(attribute: str) -> None:
    assert keys(f'<p {attribute}="b">c</p>') == []


@pytest.mark.parametrize(
    ("name", "attribute"), [(name, each) for name in ATTRIBUTES for each in sorted(ATTRIBUTES[name])]
)
def test_others_on_their_elements_alone(name: str, attribute: str) -> None:
    value = "#b" if attribute == "href" else "b"
    cell = f'<table><tr><td {attribute}="b">c</td></tr></table>'
    element = {"td": cell, "area": f'<map><area {attribute}="b"/></map>'}.get(name, f'<{name} {attribute}="{value}"/>')
    assert keys(f'{element}<i id="b">c</i>') == []
    assert keys(f'<b {attribute}="b">c</b>') == ([] if attribute in ANYWHERE else ["txt-1"])


def test_an_event_is_refused_on_the_outermost_element_too() -> None:
    assert [each.key for each in faults(f'<div xmlns="{XHTML}" onload="b()">a</div>')] == ["txt-1"]


def test_a_doctype_is_refused_before_its_entities_are_read() -> None:
    laughs = '<!DOCTYPE a [<!ENTITY amp "bbb"><!ENTITY lt "&amp;&amp;">]>'
    (fault,) = faults(f'{laughs}<div xmlns="{XHTML}">&lt;</div>')
    assert fault.text == "A narrative has no DOCTYPE: take it out."


def test_what_is_not_closed_is_told_with_its_place() -> None:
    (fault,) = faults(f'<div xmlns="{XHTML}">\n<p></div>')
    assert fault.text.endswith("mismatched tag, line 2, column 6.")


def test_no_more_than_some_faults_are_told() -> None:
    assert len(keys("".join(f"<a{place}/>" for place in range(50_000)))) <= MOST_FAULTS


def test_each_fault_is_told_once() -> None:
    assert keys("<u>b</u>" * 3) == ["txt-1"]


@given(st.text(max_size=80) | st.text(alphabet='<>/&;="# abdiv!-[]?', max_size=60))
def test_no_text_raises_anything(text: str) -> None:
    assert isinstance(faults(text), list)
    assert isinstance(faults(f'<div xmlns="{XHTML}">{text}</div>'), list)
