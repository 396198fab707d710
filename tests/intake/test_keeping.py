from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapter.intake.keeping import of_rejected, sorted_out
from adapter.intake.shapes import Rejected
from adapter.outcome import Issue
from adapter.pipeline import Pipeline
from tests.intake.pushes import EPIC, injection

WRONG = (Issue("error", "value", "wrong", form="injection", item="kit"),)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["Patient/1", "x", ""]),
    lambda below: (
        st.lists(below, max_size=2)
        | st.dictionaries(
            st.sampled_from(["reference", "identifier", "value", "resourceType", "coding"]), below, max_size=2
        )
    ),
    max_leaves=5,
)
RESOURCES = st.fixed_dictionaries(
    {"resourceType": st.sampled_from(["Patient", "MedicationAdministration", "Nothing"])},
    optional=dict.fromkeys(("id", "identifier", "subject", "status", "meta", "contained", "effectiveDateTime"), JSON),
)


@pytest.mark.parametrize("content", [[], "x", 3, None])
def test_what_is_no_object_is_not_kept_but_that_it_came(pipeline: Pipeline, content: Any) -> None:
    (kept,) = of_rejected(pipeline.knowing, EPIC, [Rejected(None, content, WRONG)])
    assert (kept.content, len(kept.issues)) == (None, 1)


def test_issues_are_kept_as_they_may_be_told(pipeline: Pipeline) -> None:
    (kept,) = of_rejected(pipeline.knowing, EPIC, [Rejected("injection", {"kit": "K-1"}, WRONG)])
    assert "wrong" not in str(kept.issues)


def test_a_name_is_kept_as_its_hmac_alone(pipeline: Pipeline) -> None:
    resource = injection(pipeline) | {"subject": {"reference": "Patient/12345", "display": "Zhang"}, "id": "ehr-1"}
    (kept,) = of_rejected(pipeline.knowing, EPIC, [Rejected(None, resource, WRONG)])
    assert not [name for name in ("12345", "Zhang", "ehr-1") if name in str(kept.content)]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(resource=RESOURCES)
def test_whatever_comes_is_stored_or_kept(pipeline: Pipeline, resource: dict[str, Any]) -> None:
    known, bad = sorted_out(pipeline.knowing, EPIC, [("Bundle.entry[0].resource", resource)])
    assert len(known.resources) + len(bad) == 1
