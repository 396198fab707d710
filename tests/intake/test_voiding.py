from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapter.fhir import json
from adapter.intake.desk import Desk
from adapter.intake.receipt import Receipt
from adapter.intake.shapes import Draft
from adapter.intake.voiding import united
from adapter.pipeline import Pipeline, Require
from adapter.store.schema import told
from adapter.store.sight import BLIND
from adapter.store.store import Push, Store, open_store
from tests.api.trial import INJECTION, SUBJECT, Clock
from tests.databases import Server
from tests.intake.pushes import EDC, EPIC, HOUSE, held, hidden, injection

VISIT = {"subject": "01-001", "visit": "W2", "date": "2025-04-15", "attendance": "attended", "crp": 3, "weight": 70}


def test_a_resource_entered_in_error_voids_its_record(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "injection", [INJECTION | {"kit": "K-1"}])
    receipt = pipeline.push_resources(HOUSE, [("", injection(pipeline) | {"status": "entered-in-error"})])
    assert [entry.outcome for entry in receipt.entries] == ["voided"]
    for type_ in ("MedicationAdministration", "QuestionnaireResponse"):
        id_ = "01-001-c1d1" if type_[0] == "M" else "injection-01-001-c1d1"
        gone = pipeline.store.read(BLIND, type_, id_)
        assert gone is not None
        assert gone.deleted
    assert hidden(pipeline) == {}


def test_what_was_voided_can_be_stated_again(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "injection", [INJECTION])
    pipeline.remove(HOUSE, "MedicationAdministration", "01-001-c1d1")
    pipeline.push_records(HOUSE, "injection", [INJECTION])
    assert held(pipeline) == INJECTION | {"version": 3}


def test_one_value_of_many_takes_itself_back_alone(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "visit", [VISIT])
    receipt = pipeline.remove(HOUSE, "Observation", "01-001-W2-crp")
    assert [entry.outcome for entry in receipt.entries] == ["changed"]
    left = {item: value for item, value in VISIT.items() if item != "crp"}
    assert held(pipeline, "visit", "01-001-W2") == left | {"version": 2}
    gone = pipeline.store.read(BLIND, "Observation", "01-001-W2-crp")
    assert gone is not None
    assert gone.deleted


def served(pipeline: Pipeline, item: str, **more: Any) -> dict[str, Any]:
    """The Observation of one laboratory value of visit W2, as it is served."""
    found = pipeline.store.read(BLIND, "Observation", f"01-001-W2-{item}")
    assert found is not None
    resource: dict[str, Any] = json.parse(found.body)
    return resource | more


def located(*resources: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Resources where a Bundle holds them."""
    return [(f"Bundle.entry[{n}].resource", one) for n, one in enumerate(resources)]


WRONG = {"status": "entered-in-error"}


def test_two_values_of_one_record_are_taken_back_together(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "visit", [VISIT | {"ige": 100}])
    both = located(served(pipeline, "crp", **WRONG), served(pipeline, "total-ige", **WRONG))
    receipt = pipeline.push_resources(HOUSE, both)
    assert [entry.outcome for entry in receipt.entries] == ["changed"]
    left = {item: value for item, value in VISIT.items() if item != "crp"}
    assert held(pipeline, "visit", "01-001-W2") == left | {"version": 2}
    assert pieces(pipeline, receipt) == [("/entry/0/resource", ["crp"]), ("/entry/1/resource", ["ige"])]


def test_two_addresses_of_one_record_are_removed_together(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "visit", [VISIT | {"ige": 100}])
    gone = [("Observation", f"01-001-W2-{item}") for item in ("crp", "total-ige", "body-weight")]
    receipt = pipeline.push_resources(HOUSE, [], gone=gone)
    assert [entry.outcome for entry in receipt.entries] == ["changed"]
    kept = {item: value for item, value in VISIT.items() if item not in ("crp", "weight")}
    assert held(pipeline, "visit", "01-001-W2") == kept | {"version": 2}


@pytest.mark.parametrize("first", ["void", "statement"])
def test_one_value_is_taken_back_where_another_of_its_record_is_stated(pipeline: Pipeline, first: str) -> None:
    pipeline.push_records(HOUSE, "visit", [VISIT | {"ige": 100}])
    stated = served(pipeline, "total-ige")
    stated["valueQuantity"]["value"] = 222
    both = [served(pipeline, "crp", **WRONG), stated]
    receipt = pipeline.push_resources(HOUSE, located(*(both if first == "void" else both[::-1])))
    assert not receipt.refused
    left = {item: value for item, value in VISIT.items() if item != "crp"}
    assert held(pipeline, "visit", "01-001-W2") == left | {"ige": 222, "version": 3}
    of_ige = [pointer for pointer, items in pieces(pipeline, receipt) if "ige" in items]
    assert of_ige == [f"/entry/{1 if first == 'void' else 0}/resource"]


def test_what_is_taken_back_and_stated_again_in_one_push_stands(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "injection", [INJECTION | {"local_reaction": True}])
    again = injection(pipeline, volume=2)
    receipt = pipeline.push_resources(HOUSE, located(again, injection(pipeline) | WRONG))
    assert [entry.outcome for entry in receipt.entries] == ["voided", "created"]
    assert held(pipeline) == INJECTION | {"volume": 2, "version": 3}


VALUES = {"crp": "crp", "total-ige": "ige", "body-weight": "weight"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ways=st.fixed_dictionaries({name: st.sets(st.sampled_from(["void", "gone", "state"])) for name in VALUES}))
def test_a_push_takes_back_and_states_whatever_of_a_record(pipeline: Pipeline, ways: dict[str, set[str]]) -> None:
    pipeline.push_records(HOUSE, "visit", [VISIT | {"ige": 100}])
    coming: list[dict[str, Any]] = []
    for name, asked in ways.items():
        stated = served(pipeline, name)
        stated["valueQuantity"]["value"] = 50
        coming += [stated] * ("state" in asked) + [served(pipeline, name, **WRONG)] * ("void" in asked)
    gone = [("Observation", f"01-001-W2-{name}") for name, asked in ways.items() if "gone" in asked]
    assert not pipeline.push_resources(HOUSE, located(*coming), gone=gone).refused
    found = held(pipeline, "visit", "01-001-W2") or {}
    silent = {VALUES[name] for name, asked in ways.items() if asked and "state" not in asked}
    assert silent.isdisjoint(found)
    assert {item: found[item] for item in VALUES.values() if item not in silent} == {
        item: 50 if "state" in ways[name] else (VISIT | {"ige": 100})[item]
        for name, item in VALUES.items()
        if item not in silent
    }


def test_entries_of_a_group_are_taken_back_together(pipeline: Pipeline) -> None:
    drugs = [{"drug": drug} for drug in ("loratadine", "cetirizine", "rupatadine")]
    key = pipeline.desk.key("subject", SUBJECT)
    named = [Draft(key, {"antihistamines": [one]}, whole=False, voids=frozenset({"antihistamines"})) for one in drugs]
    (both,), stated = united(named[:2])
    assert (both.content["antihistamines"], both.voids, list(stated)) == (drugs[:2], named[0].voids, [])
    (every,), _ = united([named[0], Draft(key, {}, whole=False, voids=named[0].voids)])
    assert every.content["antihistamines"] is None


def pieces(pipeline: Pipeline, receipt: Receipt) -> list[tuple[str, list[str]]]:
    """Where a push told of its records, and of which items."""
    with pipeline.store.engines.reading() as connection:
        rows = connection.execute(told.select().where(told.c.submission == receipt.submission)).all()
    return [(each["pointer"], each["items"]) for row in rows for each in json.parse(row.content)]


def test_taking_back_what_never_came_changes_nothing(pipeline: Pipeline) -> None:
    receipt = pipeline.push_resources(HOUSE, [("", injection(pipeline) | {"status": "entered-in-error"})])
    assert not receipt.refused
    assert list(receipt.entries) == []
    assert held(pipeline) is None


def test_another_systems_record_is_not_voided(pipeline: Pipeline) -> None:
    pipeline.push_records(EPIC, "injection", [INJECTION])
    receipt = pipeline.push_resources(EDC, [("", injection(pipeline) | {"status": "entered-in-error"})])
    assert [entry.outcome for entry in receipt.entries] == ["queried"]
    assert held(pipeline) == INJECTION | {"version": 1}


def test_what_is_computed_cannot_be_taken_back(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "visit", [VISIT | dict.fromkeys(("uct_1", "uct_2", "uct_3", "uct_4"), 2)])
    receipt = pipeline.remove(HOUSE, "Observation", "01-001-W2-uct")
    assert [issue.code for issue in receipt.issues] == ["business-rule"]


def test_taking_back_a_restricted_value_is_told_like_any_coming_of_it(pipeline: Pipeline) -> None:
    kit = pipeline.desk.engine.to_fhir("injection", INJECTION | {"kit": "K-1"})[1]  # type: ignore[attr-defined]
    void = kit | {"status": "entered-in-error"}
    pipeline.push_records(HOUSE, "injection", [INJECTION])
    without = pipeline.push_resources(HOUSE, [("", void)])
    pipeline.push_records(HOUSE, "injection", [INJECTION | {"kit": "K-1"}])
    taken = pipeline.push_resources(HOUSE, [("", void)])
    assert [entry.json() for entry in without.entries] == [entry.json() for entry in taken.entries]
    assert hidden(pipeline) == {}
    assert held(pipeline) == INJECTION | {"version": 1}


def waits(store: Store) -> bool:
    """True when a push waits for another's lock."""
    with store.engines.reading() as connection:
        found = connection.exec_driver_sql("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").first()
    return found is not None


def between(pipeline: Pipeline, first: Racing, second: Racing) -> list[str]:
    """Run two pushes that ask for the first version each; the second starts when the first has looked, and the first
    goes on when the second has looked too, or waits. Returns what each of them came to."""
    came: dict[str, str] = {}
    looked = threading.Event()

    def require(name: str, push: Push) -> None:
        held = push.read(BLIND, "MedicationAdministration", "01-001-c1d1")
        assert held is not None
        if held.deleted or held.address.version != 1:
            raise UnmetError
        if name == "first":
            other.start()
            while not looked.is_set() and not waits(pipeline.store):
                pass
        else:
            looked.set()

    def run(name: str, racing: Racing) -> None:
        try:
            receipt = racing(pipeline, partial(require, name))
            came[name] = "refused" if receipt.refused else receipt.entries[0].outcome
        except UnmetError:
            came[name] = "unmet"

    other = threading.Thread(target=run, args=("second", second))
    run("first", first)
    other.join()
    return [came["first"], came["second"]]


class UnmetError(Exception):
    """A precondition that does not hold."""


Racing = Callable[[Pipeline, Require], Receipt]


def removal(pipeline: Pipeline, require: Require) -> Receipt:
    return pipeline.remove(HOUSE, "MedicationAdministration", "01-001-c1d1", require=require)


def change(pipeline: Pipeline, require: Require) -> Receipt:
    return pipeline.push_resources(HOUSE, [("", injection(pipeline, body_site="deltoid-right"))], require=require)


@pytest.mark.parametrize(
    ("first", "second", "came"),
    [(removal, removal, "voided"), (removal, change, "voided"), (change, removal, "changed")],
    ids=["two deletes", "an update after a delete", "a delete after an update"],
)
def test_of_two_pushes_on_the_same_version_one_is_refused(
    desk: Desk, postgresql: Server, first: Racing, second: Racing, came: str
) -> None:
    url = postgresql.ready()
    pipeline = Pipeline(desk, open_store(url, "+08:00"), Clock())
    pipeline.push_records(HOUSE, "injection", [INJECTION])
    assert between(pipeline, first, second) == [came, "unmet"]
    pipeline.store.close()
    postgresql.give_back(url)
