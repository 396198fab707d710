"""The CRF side under schemathesis: made from its own description, no request brings it to a 5xx or to an answer that
is no OperationOutcome.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from adapter.api.app import create_app
from adapter.api.config import Config
from adapter.mapping.study import MappedStudy
from tests.api.trial import INJECTION, SUBJECT, Clock, diary

SEVERAL = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def app(engine: MappedStudy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    path = tmp_path_factory.mktemp("fuzzed") / "crfhir.db"
    made = create_app(Config(database=f"sqlite:///{path}", open_demo=True, clock=Clock()), engine)
    client = made.test_client()
    client.post("/crf/subject", json=SUBJECT)
    client.post("/crf/injection", json=INJECTION)
    client.post("/crf/diary", json=diary("2025-04-01"))
    yield made
    made.extensions["crfhir"].store.close()


CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]


def tried(case: schemathesis.Case) -> None:
    response = case.call(headers={"Accept-Encoding": "identity"})  # it reads no gzip over WSGI
    case.validate_response(response, checks=CHECKS)
    if response.status_code >= 400:
        assert response.json()["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize("about", ["diary", "injection", "subject", "queries|quarantine"])
def test_no_request_brings_down_the_crf_side(app: Flask, about: str) -> None:
    described = schemathesis.openapi.from_wsgi("/openapi.json", app)
    chosen = described.include(path_regex=f"^/crf(/({about})(/.*)?)?$")
    operations = [found.ok() for found in chosen.get_all_operations()]
    assert len(operations) > 3
    for operation in operations:
        SEVERAL(given(operation.as_strategy())(tried))()
