from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from adapter.api.app import from_environ
from adapter.api.config import Config
from tests.api.trial import STUDY, Serve, diary, refused, told


@pytest.fixture
def closed(serve: Serve, database: str) -> FlaskClient:
    return serve(Config(database=database)).test_client()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/fhir/Patient"),
        ("GET", "/fhir/Patient/01-001"),
        ("POST", "/fhir"),
        ("POST", "/fhir/$convert"),
        ("GET", "/crf"),
        ("GET", "/crf/diary"),
        ("POST", "/crf/diary"),
        ("GET", "/fhir/Nope"),
        ("DELETE", "/crf/diary"),
        ("GET", "/nothing"),
    ],
)
def test_without_the_demo_every_request_for_data_is_refused_alike(closed: FlaskClient, method: str, path: str) -> None:
    answered = closed.open(path, method=method)
    assert "make demo" in refused(answered, 401, "login")
    assert answered.headers["WWW-Authenticate"].startswith("Bearer")


def test_without_the_demo_metadata_and_the_page_answer(closed: FlaskClient) -> None:
    assert "closed" in told(closed.get("/fhir/metadata"))["rest"][0]["documentation"]
    page = closed.get("/").get_data(as_text=True)
    assert "make demo" in page
    assert "/crf/diary" not in page


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1:8000", ""])
def test_the_demo_answers_at_a_loopback_name_alone(client: FlaskClient, host: str) -> None:
    assert client.get("/fhir/Patient", headers={"Host": host}).status_code in (400, 403)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST:1"])
def test_the_demo_answers_at_every_loopback_name(client: FlaskClient, host: str) -> None:
    assert client.get("/fhir/Patient", headers={"Host": host}).status_code == 200


def test_links_never_take_the_host_of_a_request(client: FlaskClient) -> None:
    found = told(client.get("/fhir/Patient", headers={"Host": "localhost:9", "X-Forwarded-Host": "evil.example"}))
    assert found["link"][0]["url"] == "http://127.0.0.1:8000/fhir/Patient"


def test_method_override_is_ignored(client: FlaskClient) -> None:
    client.post("/crf/diary", json=diary("2025-04-01"))
    client.get("/crf/diary/01-001-2025-04-01", headers={"X-HTTP-Method-Override": "DELETE"})
    assert told(client.get("/crf/diary"))["total"] == 1


def test_the_environment_configures_the_application(database: str) -> None:
    app = from_environ({"CRFHIR_STUDY": str(STUDY), "CRFHIR_DATABASE": database, "CRFHIR_OPEN_DEMO": "1", "PORT": "9"})
    assert app.test_client().get("/fhir/Patient").status_code == 200
    assert app.extensions["crfhir"].config.base_url == "http://127.0.0.1:9"
    app.extensions["crfhir"].store.close()


def test_the_study_itself_is_served_from_study_yaml(client: FlaskClient) -> None:
    assert told(client.get("/crf/study"))["total"] == 1
    assert told(client.get("/fhir/ResearchStudy"))["total"] == 11
    assert told(client.get("/fhir/Organization"))["total"] >= 10
