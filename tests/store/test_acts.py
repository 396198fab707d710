from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from adapter.store import acts, quarantine, queries
from adapter.store.chain import Rows
from adapter.store.links import add_aliases
from adapter.store.provenance import Word, keep_told, keep_words, put_aside
from adapter.store.queries import About, Event
from adapter.store.shapes import OPEN, RESTRICTED, Key
from adapter.store.store import open_store
from adapter.store.submissions import keep_arrival
from tests.store.rows import AT, ZONE, write

K, HIDDEN = Key("f", "k", "s1"), Key("f", "h", "s1")


def shown(path: Path, kits: int) -> list[str]:
    """What receipts carry of pushes that leave the same open things, and `kits` hidden ones before them."""
    store = open_store(f"sqlite:///{path}", ZONE)
    told: list[str] = []
    for turn in range(2):
        with store.push("tests", "digest", AT) as push:
            push.claim([K, HIDDEN])
            push.write([write("k", f'{{"a":{turn}}}', f'{{"kit":{kits + turn}}}' if kits else None)])
            rows = {part: push.row(K, part) for part in (OPEN, RESTRICTED)}
            numbers = {part: row.number for part, row in rows.items() if row is not None}
            asides = [(numbers[RESTRICTED], "disputed", {"kit": kit}) for kit in range(kits) if RESTRICTED in numbers]
            put_aside(push.connection, push.number, [*asides, (numbers[OPEN], "disputed", {"a": 9})])
            keep_told(push.connection, push.number, {numbers[OPEN]: [{"items": ["a"] + ["kit"] * kits}]})
            keep_words(push, [(numbers[OPEN], turn + 1, {"a": Word(push.number, "tests")})])
            keep_arrival(push, "package", f"mac {kits}", b"kit %d" % kits)
            add_aliases(push, "tests", [("Observation", f"m{turn}", f"x{kits}")])
            hidden = {one.id: (one, "?") for n in range(kits) if (one := About(K, f"kit{n}", "r", restricted=True))}
            event = Event(push.at, "crfhir", "opened", None, push.number)
            queries.ask(push.connection, hidden, event)
            about = About(K, f"a{turn}", "rule")
            queries.ask(push.connection, {about.id: (about, "why?")}, event)
            quarantine.keep(push, [quarantine.Kept("tests", "01", {"turn": turn, "kits": kits}, [])])
            told.append(push.close("{}"))
    store.close()
    return told


def test_what_a_receipt_carries_does_not_hang_on_what_is_restricted(tmp_path: Path) -> None:
    assert shown(tmp_path / "none.db", 0) == shown(tmp_path / "some.db", 3)


def test_no_row_of_the_audit_holds_a_value(tmp_path: Path) -> None:
    shown(tmp_path / "some.db", 3)
    store = open_store(f"sqlite:///{tmp_path / 'some.db'}", ZONE)
    with store.engines.reading() as connection:
        names = {
            (what, reason)
            for what, reason in connection.execute(text("SELECT what, reason FROM audit WHERE kind = 'aside'"))
        }
    store.close()
    assert names == {("f/k", None)}


def test_what_is_told_together_is_one_note_whatever_its_order_of_coming() -> None:
    rows = [("Patient", "b", "x"), ("Patient", "a", "y"), ("Device", "c", "z")]
    (one,), (other,) = acts.of_aliases(7, rows), acts.of_aliases(7, reversed(rows))
    assert (one, one.version) == (other, 3)
    assert list(acts.of_aliases(7, [])) == []
    (changed,) = acts.of_aliases(7, [*rows[:2], ("Device", "c", "zz")])
    assert changed.digest != one.digest


def test_a_note_that_is_open_goes_into_both_hashes_and_a_hidden_one_into_one() -> None:
    open_, hidden = Rows(), Rows()
    open_.add([acts.of_aside(1, "f/k", 1, "disputed", "{}", restricted=False)])
    hidden.add([acts.of_aside(1, "f/k", 1, "disputed", "{}", restricted=True)])
    assert open_.digests[1] != Rows().digests[1]
    assert hidden.digests[1] == Rows().digests[1]
