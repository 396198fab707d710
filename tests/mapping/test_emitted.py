"""What is written, judged from outside: it parses in fhir.resources, and its elements stand in R4's order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.fhir import definitions
from adapter.fhir.typed import to_model
from tests.mapping.foreign import nodes
from tests.mapping.test_laws import FEW, drawn
from tests.studies import forms, study

every_form = pytest.mark.parametrize(("name", "form"), forms())


@every_form
@FEW
@given(draw=st.data())
def test_what_is_written_parses_in_an_independent_library(name: str, form: str, draw: st.DataObject) -> None:
    mapped = study(name)
    for resource in mapped.to_fhir(form, drawn(draw, mapped, form), "both"):
        if not library_refuses(resource):
            to_model(resource)


def library_refuses(resource: dict[str, Any]) -> bool:
    """True for what R4 allows and fhir.resources does not.

    A required element that is nothing but an extension saying why it is missing; an extension beside the value of an
    extension; a date before the year 1000.
    """
    return any(_is_about_a_value(node) for node in nodes(resource)) or any(map(_early, _texts(resource)))


def _is_about_a_value(node: Any) -> bool:
    twins = [key for key in node if key[:1] == "_"] if isinstance(node, dict) else []
    return any(key[1:] not in node or ("url" in node and key.startswith("_value")) for key in twins)


def _texts(resource: dict[str, Any]) -> list[str]:
    return [
        value for node in nodes(resource) if isinstance(node, dict) for value in node.values() if isinstance(value, str)
    ]


def _early(text: str) -> bool:
    return text[:1] == "0" and text[:4].isdigit() and text[4:5] in ("", "-")


@every_form
@FEW
@given(draw=st.data())
def test_elements_stand_in_the_order_of_r4(name: str, form: str, draw: st.DataObject) -> None:
    mapped = study(name)
    for resource in mapped.to_fhir(form, drawn(draw, mapped, form), "both"):
        assert next(iter(resource)) == "resourceType"
        in_order(resource, resource["resourceType"])


def in_order(value: dict[str, Any], kind: str) -> None:
    fields = definitions.fields(kind)
    keys = [key for key in value if key != "resourceType"]
    places = [fields[key.removeprefix("_")].order for key in keys]
    assert places == sorted(places), f"{kind}: {keys}"
    for key in keys:
        if key.startswith("_"):
            continue
        for child in value[key] if isinstance(value[key], list) else [value[key]]:
            if isinstance(child, dict):
                in_order(child, child.get("resourceType", fields[key].type))
