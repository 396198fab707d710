"""What PostgreSQL does to a push: the line is lost while it commits, or there is no room left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine
from werkzeug.test import TestResponse

from adapter.api.config import Config
from adapter.store.store import Push
from adapter.store.verify import verify
from tests.api.trial import FHIR, Clock, Serve, refused, told
from tests.databases import Server
from tests.store.proxy import AFTER, BEFORE, Proxy

DIARY = {"subject": "01-001", "date": "2025-04-01", "wheals": 1, "itch": 2, "tablets": 1, "angioedema": False}
KEYED = FHIR | {"Idempotency-Key": "the same"}


@pytest.fixture
def proxy(postgresql: Server) -> Iterator[Proxy]:
    url = postgresql.ready()
    made = Proxy(url)
    yield made
    made.close()
    postgresql.give_back(url)


@pytest.fixture
def client(serve: Serve, proxy: Proxy) -> FlaskClient:
    return serve(Config(database=proxy.url, open_demo=True, clock=Clock())).test_client()


def sent(client: FlaskClient, headers: dict[str, str]) -> TestResponse:
    return client.post("/crf/diary", json=DIARY, headers=headers)


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "the same"}], ids=["without a key", "with a key"])
@pytest.mark.parametrize(("cut", "came"), [(BEFORE, 201), (AFTER, 200)])
def test_who_sends_again_what_was_lost_while_it_was_committed_learns_what_came_of_it(
    client: FlaskClient, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, cut: str, came: int, headers: dict[str, str]
) -> None:
    def close(push: Push, content: str) -> str:
        proxy.cut = cut
        return shown(push, content)

    shown = Push.close
    with monkeypatch.context() as patched:
        patched.setattr(Push, "close", close)
        lost = sent(client, headers)
    assert "is not known" in refused(lost, 503, "transient")
    assert lost.headers["Retry-After"]
    again = sent(client, headers)
    assert again.status_code == came
    assert sent(client, headers).headers["X-Receipt"] == again.headers["X-Receipt"]
    assert len(told(client.get("/crf/diary/01-001-2025-04-01/_history"))["versions"]) == 1
    store = client.application.extensions["crfhir"].store
    assert verify(store.engines, store.key).findings == []


FULL = """
CREATE FUNCTION full_up() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}', MESSAGE = 'no room'; END $$;
CREATE TRIGGER full_up BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION full_up()
"""


@pytest.mark.parametrize("code", ["53000", "53100", "53200", "53400", "58030", "40P01", "57014"])
@pytest.mark.parametrize("table", ["submission", "resource_version", "chain_link"])
def test_a_server_without_room_is_told_as_transient_and_goes_on_when_there_is(
    serve: Serve, postgresql: Server, code: str, table: str
) -> None:
    url = postgresql.ready()
    client = serve(Config(database=url, open_demo=True, clock=Clock())).test_client()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(FULL.format(code=code, table=table))
    lost = sent(client, KEYED)
    assert "nothing was stored" in refused(lost, 503, "transient")
    assert lost.headers["Retry-After"]
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP FUNCTION full_up CASCADE")
    engine.dispose()
    assert sent(client, KEYED).status_code == 201
    client.application.extensions["crfhir"].store.close()
    postgresql.give_back(url)
