from __future__ import annotations

import re

from flask.testing import FlaskClient
from lxml import html

from tests.api.trial import diary


def test_the_page_counts_records_and_every_link_answers(client: FlaskClient) -> None:
    client.post("/crf/diary", json=[diary(f"2025-04-{day:02}") for day in range(1, 8)])
    page = html.fromstring(client.get("/").data)
    links = page.xpath("//a/@href")
    assert len(links) > 20
    for link in links:
        assert client.get(link).status_code == 200, link
    (row,) = page.xpath("//tr[.//a[contains(@href, '/crf/diary?')]]")
    assert row.xpath("string(td[1])") == "7"


def test_the_page_needs_nothing_from_elsewhere_and_can_be_read_aloud(client: FlaskClient) -> None:
    text = client.get("/").get_data(as_text=True)
    page = html.fromstring(text)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', text)
    assert page.get("lang") == "en"
    assert page.xpath("//main//h2")
    assert all(cell.get("scope") in ("col", "row") for cell in page.xpath("//th"))
