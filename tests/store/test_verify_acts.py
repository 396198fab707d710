from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from adapter.store import acts, quarantine, queries
from adapter.store.acts_there import SOURCES
from adapter.store.links import add_aliases, add_links
from adapter.store.provenance import Word, keep_told, keep_words, put_aside
from adapter.store.queries import About, Event
from adapter.store.shapes import OPEN, RESTRICTED, Key
from adapter.store.store import Push, Store, open_store
from adapter.store.submissions import claim_key, keep_arrival
from adapter.store.verify import verify
from tests.store.rows import AT, KEY, ZONE, write
from tests.store.test_verify import tamper

K = Key("f", "k", "s1")
QUERY, HIDDEN = About(K, "a", "rule"), About(K, "kit", "rule", restricted=True)


def leave(push: Push) -> None:
    """Leave something of every kind beside versions."""
    push.claim([K])
    push.write([write("k", f'{{"a":{push.number}}}', f'{{"kit":{push.number}}}')])
    rows = {part: push.row(K, part) for part in (OPEN, RESTRICTED)}
    open_, closed = rows[OPEN], rows[RESTRICTED]
    assert open_ is not None
    assert closed is not None
    claim_key(push, "tests", f"key {push.number}", "d")
    keep_told(push.connection, push.number, {closed.number: [{"pointer": "/1"}], open_.number: [{"pointer": "/0"}]})
    put_aside(push.connection, push.number, [(open_.number, "disputed", {"a": 9}), (closed.number, "x", {"kit": 9})])
    keep_words(push, [(open_.number, open_.version, {"a": Word(push.number, "tests")})])
    keep_arrival(push, "package", "mac", b"[]")
    add_aliases(push, "tests", [("Observation", f"m{push.number}", "x"), ("Condition", f"m{push.number}", "y")])
    about = {one.id: (one, "why?") for one in (QUERY, HIDDEN)}
    queries.ask(push.connection, about, Event(push.at, "crfhir", "opened", None, push.number))
    quarantine.keep(push, [quarantine.Kept("tests", "01", [{"where": "", "n": push.number}], [])])


@pytest.fixture
def filled(database: str) -> Iterator[Store]:
    """Two pushes and two acts, with something of every kind."""
    store = open_store(database, ZONE, KEY)
    for _ in range(2):
        with store.push("tests", "digest", AT) as push:
            leave(push)
            push.close("{}")
    with store.push("clerk", "link", AT) as act:
        add_links(act, "01", {"abc": "01-001", "Zbc": "01-002"})
        add_links(act, "02", {"abc": "02-001"})
    with store.push("monitor", "decide", AT) as act:
        queries.answer(act.connection, QUERY.id, Event(act.at, "monitor", "answered", "seen", act.number))
        quarantine.decide(act, 1, quarantine.REJECTED, Event(act.at, "monitor", "rejected", "no", act.number))
    yield store
    store.close()


def told(store: Store) -> list[tuple[object, ...]]:
    statement = "SELECT kind, submission, what, version, action, reason, restricted FROM audit"
    with store.engines.reading() as connection:
        rows = connection.execute(
            text(f"{statement} WHERE kind NOT IN ('record', 'resource') ORDER BY submission, place")
        )
        return [(*row[:6], bool(row[6])) for row in rows]


def test_everything_that_is_done_has_its_row_in_the_transaction_that_does_it(filled: Store) -> None:
    assert verify(filled.engines, KEY).findings == []
    hidden, shown = HIDDEN.id, QUERY.id
    first, second = sorted([(f"query/{shown}", False), (f"query/{hidden}", True)], key=lambda one: one[0])
    assert told(filled)[:14] == [
        ("told", 1, "told/1", 2, "keep", None, True),
        ("aside", 1, "f/k", 1, "disputed", None, False),
        ("aside", 1, "f/k", 1, "x", None, True),
        ("query", 1, first[0], 1, "opened", None, first[1]),
        ("query", 1, second[0], 1, "opened", None, second[1]),
        ("key", 1, "key/1", 1, "keep", None, True),
        ("origin", 1, "origin/1/1", 1, "keep", None, True),
        ("arrival", 1, "arrival/1", 1, "keep", None, True),
        ("alias", 1, "alias/1", 2, "keep", None, True),
        ("kept", 1, "quarantine/1", 1, "keep", None, True),
        ("quarantine", 1, "quarantine/1", 1, "kept", None, False),
        ("told", 2, "told/2", 2, "keep", None, True),
        ("aside", 2, "f/k", 1, "disputed", None, False),
        ("aside", 2, "f/k", 1, "x", None, True),
    ]
    assert told(filled)[-5:] == [
        ("link", 3, "link/01/Zbc", 1, "link", None, False),
        ("link", 3, "link/01/abc", 1, "link", None, False),
        ("link", 3, "link/02/abc", 1, "link", None, False),
        ("query", 4, f"query/{shown}", 3, "answered", "seen", False),
        ("quarantine", 4, "quarantine/1", 2, "rejected", "no", False),
    ]
    assert {row[0] for row in told(filled)} == set(SOURCES)


CHANGED = "it is not what the audit tells"
GONE = "the audit has it, the tables do not"
COLUMNS = "number, record, submission, kind, content"
TAMPERED = {
    "what was told": ("UPDATE told SET content = '[]' WHERE submission = 2 AND record = 2", f"told told/2: {CHANGED}"),
    "one of what was told is gone": (
        "DELETE FROM told WHERE submission = 2 AND record = 2",
        f"told told/2: {CHANGED}",
    ),
    "all that was told is gone": ("DELETE FROM told WHERE submission = 1", f"told told/1: {GONE}"),
    "what an id stands for": ("UPDATE alias SET id = 'z' WHERE mac = 'm1'", f"alias alias/1: {CHANGED}"),
    "an alias that is gone": ("DELETE FROM alias WHERE mac = 'm1' AND type = 'Condition'", f"alias alias/1: {CHANGED}"),
    "the key of a push": ("UPDATE claim_of_key SET digest = 'x' WHERE submission = 1", f"key key/1: {CHANGED}"),
    "what came": ("UPDATE arrival SET content = 'x' WHERE submission = 1", f"arrival arrival/1: {CHANGED}"),
    "what came is gone": ("DELETE FROM arrival WHERE submission = 1", f"arrival arrival/1: {GONE}"),
    "whose word it is": ("UPDATE origin SET content = '{}' WHERE version = 1", f"origin origin/1/1: {CHANGED}"),
    "what was set aside": ("UPDATE aside SET content = '{}' WHERE number = 1", f"aside f/k: {CHANGED}"),
    "what was set aside is gone": ("DELETE FROM aside WHERE number = 3", f"aside f/k: {GONE}"),
    "what nobody set aside": (
        f"INSERT INTO aside ({COLUMNS}) SELECT 9{COLUMNS.removeprefix('number')} FROM aside WHERE number = 1",
        "aside f/k: no audit row tells of it",
    ),
    "an answer": (
        "UPDATE query_event SET reason = 'x' WHERE action = 'answered'",
        f"query query/{QUERY.id} 3: {CHANGED}",
    ),
    "an answer that is gone": (
        "DELETE FROM query_event WHERE action = 'answered'",
        f"query query/{QUERY.id} 3: {GONE}",
    ),
    "who answered": (
        "UPDATE query_event SET actor = 'x' WHERE action = 'answered'",
        f"query query/{QUERY.id} 3: {CHANGED}",
    ),
    "whose query it is": ("UPDATE query SET subject = 'x' WHERE item = 'a'", f"query query/{QUERY.id} 1: {CHANGED}"),
    "a query made open": (
        "UPDATE query SET restricted = (item = 'a')",
        f"query query/{HIDDEN.id} 1: {CHANGED}",
    ),
    "the status of a query": (
        "UPDATE query SET status = 'closed' WHERE item = 'a'",
        f"query/{QUERY.id}: its status is not what its events lead to",
    ),
    "why it was rejected": (
        "UPDATE quarantine_event SET reason = 'x' WHERE action = 'rejected'",
        f"quarantine quarantine/1 2: {CHANGED}",
    ),
    "a rejection that is gone": (
        "DELETE FROM quarantine_event WHERE action = 'rejected'",
        f"quarantine quarantine/1 2: {GONE}",
    ),
    "the status of what is in quarantine": (
        "UPDATE quarantine SET status = 'waiting'",
        "quarantine/1: its status is not what its events lead to",
    ),
    "what is in quarantine": ("UPDATE quarantine SET content = '[]' WHERE number = 1", f"kept quarantine/1: {CHANGED}"),
    "who a patient is": ("UPDATE link SET subject = '01-009' WHERE mac = 'Zbc'", f"link link/01/Zbc: {CHANGED}"),
    "a link that is gone": ("DELETE FROM link WHERE site = '02'", f"link link/02/abc: {GONE}"),
    "a link that nobody made": (
        f"INSERT INTO link (site, mac, subject, at) VALUES ('01', 'bbc', '01-003', '{AT}')",
        "link link/01/bbc: no audit row tells of it",
    ),
}


@pytest.mark.parametrize(("statement", "found"), TAMPERED.values(), ids=TAMPERED.keys())
def test_a_change_by_hand_is_found_and_named(filled: Store, statement: str, found: str) -> None:
    tamper(filled, statement)
    assert found in verify(filled.engines, KEY).findings


def test_the_row_of_the_audit_is_covered_by_the_chain(filled: Store) -> None:
    tamper(filled, "DELETE FROM audit WHERE kind = 'link' AND what = 'link/02/abc'")
    found = verify(filled.engines, KEY).findings
    assert "link link/02/abc: no audit row tells of it" in found
    assert any("submission 3, its receipt, residue or audit is not what was written" in line for line in found)


def test_what_happened_to_a_query_that_is_gone_is_missed(filled: Store) -> None:
    tamper(filled, "DELETE FROM query_event WHERE query = 1", "DELETE FROM query WHERE number = 1")
    found = verify(filled.engines, KEY).findings
    assert len([line for line in found if line.startswith("query query/") and line.endswith(GONE)]) >= 2


def test_what_is_told_of_many_records_is_read_a_page_at_a_time(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(database, ZONE)
    keys = [Key("f", f"k{number}", "s") for number in range(5)]
    monkeypatch.setattr(acts, "_PAGE", 2)
    monkeypatch.setattr(acts, "_BESIDE", acts.Sql(acts.beside(2)))
    monkeypatch.setattr(acts, "_TOLD", acts.Sql(acts.told_after(2)))
    for count in (4, 5):
        with store.push("tests", "digest", AT) as push:
            push.claim(keys)
            push.write([write(key.text, "{}", subject="s") for key in keys])
            rows = [push.row(key, OPEN) for key in keys[:count]]
            keep_told(push.connection, push.number, {row.number: [] for row in rows if row is not None})
    assert [row[3] for row in told(store)] == [4, 5]
    assert verify(store.engines, None).findings == []
    store.close()
