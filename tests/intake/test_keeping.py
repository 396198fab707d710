from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapter.fhir import json
from adapter.intake.keeping import of_rejected, sorted_out
from adapter.intake.shapes import Rejected
from adapter.outcome import Issue
from adapter.pipeline import Pipeline
from adapter.store import quarantine
from adapter.store.links import ids
from adapter.store.schema import told
from tests.api.trial import INJECTION
from tests.intake.pushes import EPIC, HOUSE, held, injection

VISIT = {"subject": "01-001", "visit": "W2", "date": "2025-04-15", "attendance": "attended"}
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


@pytest.mark.parametrize(
    "row",
    [
        {"patient_name": "Zhang"},
        {"Zhang San": 1},
        {"patient": {"name": ["Zhang"]}},
        {"volume": {"Zhang": 1}},
        {"findings": [{"name": "Zhang"}]},
        "Zhang",
        ["Zhang"],
    ],
    ids=str,
)
def test_of_a_row_what_is_no_item_of_its_form_is_kept_without_what_it_says(pipeline: Pipeline, row: Any) -> None:
    given = INJECTION | row if isinstance(row, dict) else row
    (kept,) = of_rejected(pipeline.knowing, EPIC, [Rejected("injection", given, WRONG)])
    assert "Zhang" not in str(kept.content)
    if isinstance(row, dict):
        assert len(kept.content[0]) == len(given)
        assert pipeline.push_records(EPIC, "injection", kept.content).refused
        assert {**kept.content[0], **row} == {**given, **{n: v for n, v in kept.content[0].items() if n == "withheld"}}
    else:
        assert kept.content is None


def test_a_name_is_kept_as_its_hmac_alone(pipeline: Pipeline) -> None:
    resource = injection(pipeline) | {"subject": {"reference": "Patient/12345", "display": "Zhang"}, "id": "ehr-1"}
    (kept,) = of_rejected(pipeline.knowing, EPIC, [Rejected(None, resource, WRONG)])
    assert not [name for name in ("12345", "Zhang", "ehr-1") if name in str(kept.content)]


def test_without_a_key_what_names_a_patient_is_not_kept_but_that_it_came(pipeline: Pipeline) -> None:
    keyless = Pipeline(pipeline.desk, replace(pipeline.store, key=None), pipeline.clock)
    resource = injection(pipeline) | {"subject": {"reference": "Patient/12345"}}
    (kept,) = of_rejected(keyless.knowing, EPIC, [Rejected(None, resource, WRONG)])
    assert (kept.content, len(kept.issues)) == (None, 1)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(resource=RESOURCES)
def test_whatever_comes_is_stored_or_kept(pipeline: Pipeline, resource: dict[str, Any]) -> None:
    known, bad = sorted_out(pipeline.knowing, EPIC, [("Bundle.entry[0].resource", resource)])
    assert len(known.resources) + len(bad) == 1


def visit_value(pipeline: Pipeline, crp: float, **more: Any) -> dict[str, Any]:
    """The C-reactive protein of visit W2, as this server would serve it."""
    made = pipeline.desk.engine.to_fhir("visit", VISIT | {"crp": crp})  # type: ignore[attr-defined]
    return next(one for one in made if one.get("id") == "01-001-W2-crp") | more


def pool(pipeline: Pipeline) -> list[dict[str, Any]]:
    """Resources that agree and contradict, are right and wrong, take back, and lack a key."""
    record, _ = pipeline.desk.parser("injection").parse_json(INJECTION)
    made = pipeline.desk.engine.emit("injection", record, "both")
    answers = next(json.parse(one.body) for one in made if one.type == "QuestionnaireResponse")
    own = ("identifier", "id")
    bare = {name: value for name, value in injection(pipeline).items() if name not in own}
    late = bare | {"id": "ehr-2", "effectiveDateTime": "2025-04-01T20:00:00+08:00"}
    return [
        injection(pipeline),
        injection(pipeline, volume=0.5),
        answers,
        injection(pipeline) | {"status": "entered-in-error"},
        injection(pipeline, day=2, time="2030-01-01T00:00:00+08:00"),
        injection(pipeline) | {"status": "nonsense"},
        bare | {"id": "ehr-1"},
        late,
        visit_value(pipeline, 3),
        visit_value(pipeline, 4),
        visit_value(pipeline, 3, status="entered-in-error"),
        {"resourceType": "Patient", "id": "12345"},
    ]


def fates(pipeline: Pipeline, given: list[dict[str, Any]]) -> list[str]:
    """What became of each resource of a push of which each is stored or quarantined: its words, told once each."""
    for visit, day in (("W0", "2025-04-01"), ("W2", "2025-04-15")):
        if held(pipeline, "visit", f"01-001-{visit}") is None:
            pipeline.push_records(HOUSE, "visit", [VISIT | {"visit": visit, "date": day}])
    receipt = pipeline.push_each(EPIC, [(f"Bundle.entry[{n}].resource", one) for n, one in enumerate(given)])
    with pipeline.store.engines.reading() as connection:
        kept = [quarantine.read(connection, number) for number in receipt.quarantined]
        rows = connection.execute(told.select().where(told.c.submission == receipt.submission)).all()
    waiting = [each["where"] for one in kept if one is not None for each in one.content]
    stored = [piece["pointer"] for row in rows for piece in json.parse(row.content)]
    idle = [issue.expression for issue in receipt.issues if issue.key == "void"]
    found = []
    for n in range(len(given)):
        where, pointer = f"Bundle.entry[{n}].resource", f"/entry/{n}/resource"
        of_it = ["quarantined"] * waiting.count(where) + ["stored"] * stored.count(pointer)
        found.append(" ".join(of_it) or ("idle" if given[n].get("status") == "entered-in-error" and idle else "lost"))
    return found


def test_resources_of_one_record_that_contradict_each_other_wait_together(pipeline: Pipeline) -> None:
    given = pool(pipeline)
    assert fates(pipeline, [given[1], given[2], given[8]]) == ["quarantined", "quarantined", "stored"]
    assert held(pipeline) is None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(picked=st.lists(st.integers(0, 11), max_size=5))
def test_each_of_a_push_is_stored_or_kept_once(pipeline: Pipeline, picked: list[int]) -> None:
    given = pool(pipeline)
    assert set(fates(pipeline, [given[n] for n in picked])) <= {"stored", "quarantined", "idle"}


def test_what_waits_names_nothing_yet(pipeline: Pipeline) -> None:
    given = pool(pipeline)
    assert fates(pipeline, given[6:8]) == ["quarantined", "quarantined"]
    macs = [pipeline.names.mac("alias", EPIC.name, "MedicationAdministration", id_) for id_ in ("ehr-1", "ehr-2")]
    with pipeline.store.engines.reading() as connection:
        assert ids(connection, EPIC.name, [mac for mac in macs if mac is not None]) == {}
