from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from adapter.api.config import Config
from tests.api.trial import INJECTION_PATH, Serve


def lines(client: FlaskClient) -> list[str]:
    return client.get("/metrics").get_data(as_text=True).splitlines()


def test_requests_are_counted_by_route_and_never_by_path(client: FlaskClient) -> None:
    client.get(f"/fhir/{INJECTION_PATH}")
    client.get("/nothing/01-001")
    counted = lines(client)
    read = 'crfhir_requests_total{method="GET",route="/fhir/<type_>/<id_>",status="404"} 1.0'
    assert read in counted
    assert 'crfhir_requests_total{method="GET",route="none",status="404"} 1.0' in counted
    assert not [line for line in counted if "01-001" in line]


def test_a_method_that_somebody_makes_up_is_no_label(client: FlaskClient) -> None:
    client.open("/crf", method="SECRET")
    assert not [line for line in lines(client) if "SECRET" in line]
    assert [line for line in lines(client) if 'method="other"' in line]


@pytest.mark.parametrize(
    ("token", "sent", "address", "status"),
    [
        (None, None, "127.0.0.1", 200),
        (None, None, "10.0.0.7", 401),
        ("t", "Bearer t", "10.0.0.7", 200),
        ("t", "Bearer u", "127.0.0.1", 401),
        ("t", None, "127.0.0.1", 401),
    ],
)
def test_metrics_are_told_here_or_to_the_bearer(
    serve: Serve, database: str, token: str | None, sent: str | None, address: str, status: int
) -> None:
    client = serve(Config(database=database, metrics_token=token)).test_client()
    headers = {"Authorization": sent} if sent is not None else {}
    answered = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answered.status_code == status


@pytest.mark.parametrize("header", ["Forwarded", "Via", "X-Forwarded-For", "X-Real-IP"])
def test_what_a_proxy_on_this_machine_hands_on_is_not_asked_by_this_machine(client: FlaskClient, header: str) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={header: "198.51.100.7"}).status_code == 401


COUNTING = """
from adapter.api.metrics import Meter
meter = Meter()
meter.count("GET", "/x", 200, 0.01)
print(meter.text().decode())
"""


def test_the_counts_of_several_processes_are_added(tmp_path: Path) -> None:
    environ = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    told = [
        subprocess.run([sys.executable, "-c", COUNTING], env=environ, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert 'crfhir_requests_total{method="GET",route="/x",status="200"} 2.0' in told[1]
