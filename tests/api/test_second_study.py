"""Another study, served without a line of Python: other forms, other resources, another clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import html

from adapter.api.app import create_app
from adapter.api.config import Config
from adapter.cli.load import load_files
from adapter.fhir import json
from adapter.mapping.study import load_study
from adapter.sample import make
from tests.api.trial import FHIR, told

STUDY = Path(__file__).parents[1] / "studies" / "harbor"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    folder = tmp_path_factory.mktemp("harbor")
    config = Config(study=str(STUDY), database=f"sqlite:///{folder / 'crfhir.db'}", open_demo=True)
    engine = load_study(STUDY)
    make(engine, folder / "sample", subjects=4)
    load_files(config, [str(folder / "sample" / "crf")])
    app = create_app(config, engine)
    yield app.test_client()
    app.extensions["crfhir"].store.close()


def test_every_form_has_its_records_and_every_link_answers(client: FlaskClient) -> None:
    counts = {form["form"]: form["records"] for form in told(client.get("/crf"))["forms"]}
    assert all(counts.values()), counts
    for link in html.fromstring(client.get("/").data).xpath("//a/@href"):
        assert client.get(link).status_code == 200, link


def test_what_is_served_is_read_back_unchanged(client: FlaskClient) -> None:
    """Every open resource, pushed back in one transaction, makes no new version."""
    offered = told(client.get("/fhir/metadata"))["rest"][0]["resource"]
    types = [entry["type"] for entry in offered if {"code": "update"} in entry["interaction"]]
    entries = []
    for type_ in types:
        for entry in json.parse(client.get(f"/fhir/{type_}?_count=200").data).get("entry", []):
            resource = entry["resource"]
            url = f"{type_}/{resource['id']}"
            entries.append({"resource": resource, "request": {"method": "PUT", "url": url}})
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    sent = client.post("/fhir", data=json.encode(bundle), headers=FHIR)
    assert sent.status_code == 200, sent.data[:2000]
    for asked, done in zip(entries, told(sent)["entry"], strict=True):
        assert done["response"]["status"] == "200 OK"
        assert done["response"]["etag"] == f'W/"{asked["resource"]["meta"]["versionId"]}"', asked["request"]["url"]


def test_restricted_items_appear_nowhere(client: FlaskClient) -> None:
    forms = [form["form"] for form in told(client.get("/crf"))["forms"]]
    held = {
        item for form in forms for record in told(client.get(f"/crf/{form}?_count=200"))["records"] for item in record
    }
    assert not held & {"lot", "expires", "allocation", "guess"}
    assert {"volume", "reached", "titre"} <= held
