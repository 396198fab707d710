from __future__ import annotations

from adapter.store.everything import EverythingQuery
from adapter.store.sight import BLIND, Sight
from adapter.store.store import Store
from tests.store.rows import emitted, push, write


def filled(store: Store) -> None:
    push(
        store,
        write("p", resources=(emitted("s1", type_="Patient"),)),
        write("a", "{}", "{}", (emitted("a", effectiveDateTime="2025-04-01"), emitted("b", restricted=True))),
        write("c", resources=(emitted("c", type_="Encounter"),)),
        write("q", resources=(emitted("s2", type_="Patient"),), subject="s2"),
        write("d", resources=(emitted("d"),), subject="s2"),
        write("e", resources=(emitted("e"),), subject=None),
    )


def found(store: Store, query: EverythingQuery, sight: Sight = BLIND) -> list[str]:
    return [each.address.path for each in store.everything(sight, query)]


def test_everything_of_a_patient_is_what_belongs_to_the_same_subject(store: Store) -> None:
    filled(store)
    assert found(store, EverythingQuery("s1")) == ["Patient/s1", "Encounter/c", "Observation/a"]
    assert found(store, EverythingQuery("s2")) == ["Patient/s2", "Observation/d"]
    assert found(store, EverythingQuery("s3")) == []


def test_what_is_hidden_is_there_for_who_may_see_it(store: Store) -> None:
    filled(store)
    assert "Observation/b" in found(store, EverythingQuery("s1"), Sight(restricted=True))
    assert found(store, EverythingQuery("s1"), Sight(sites=frozenset({"01"}))) == []


def test_a_page_follows_the_one_before_and_tells_of_one_more(store: Store) -> None:
    filled(store)
    assert found(store, EverythingQuery("s1", count=1)) == ["Patient/s1", "Encounter/c"]
    assert found(store, EverythingQuery("s1", count=1, after=("Patient", "s1"))) == ["Encounter/c", "Observation/a"]
    assert found(store, EverythingQuery("s1", after=("Observation", "a"))) == []


def test_types_and_times_narrow_it(store: Store) -> None:
    filled(store)
    assert found(store, EverythingQuery("s1", types=frozenset({"Observation"}))) == ["Observation/a"]
    later, earlier = "2025-05-01T00:00:00.000Z", "2025-03-01T00:00:00.000Z"
    assert found(store, EverythingQuery("s1", start=later)) == ["Patient/s1", "Encounter/c"]
    assert "Observation/a" in found(store, EverythingQuery("s1", start=earlier, end=later))
    assert "Observation/a" not in found(store, EverythingQuery("s1", end=earlier))
    assert found(store, EverythingQuery("s1", since="2100-01-01T00:00:00.000Z")) == []
