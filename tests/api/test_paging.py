from __future__ import annotations

import base64
import re
import threading
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from adapter.api.failure import FailureError
from adapter.api.paging import opened, sealed
from tests.api.trial import SUBJECT, diary, refused, told

KEY = b"k" * 32
pairs = st.lists(st.tuples(st.text(), st.text()))
places = st.recursive(st.none() | st.integers(-(2**53), 2**53) | st.text(), st.lists)


@given(places, pairs)
def test_a_link_leads_back_to_its_place(place: Any, used: list[tuple[str, str]]) -> None:
    assert opened(KEY, sealed(KEY, place, used), used) == place


@given(st.text())
def test_any_text_is_a_place_or_not_found_and_nothing_else(token: str) -> None:
    with pytest.raises(FailureError) as failed:
        opened(KEY, token, [("subject", "x")])
    assert failed.value.status == 404


@given(places, pairs, pairs, st.binary(min_size=1))
def test_a_link_is_good_for_its_search_and_its_key_alone(place: Any, used: Any, other: Any, key: bytes) -> None:
    link = sealed(KEY, place, used)
    for wrong_key, wrong_search in ((key, used), (KEY, [*other, ("another", "one")])):
        with pytest.raises(FailureError):
            opened(wrong_key, link, wrong_search)


def test_octets_that_are_no_text_are_nobodys_place() -> None:
    link = sealed(KEY, "\ufffd", [])
    raw = base64.urlsafe_b64decode(link + "=" * (-len(link) % 4))
    other = raw.replace("\ufffd".encode(), b"\xff")
    assert other != raw
    with pytest.raises(FailureError):
        opened(KEY, base64.urlsafe_b64encode(other).decode().rstrip("="), [])


def test_what_shapes_an_answer_may_change_from_page_to_page() -> None:
    link = sealed(KEY, "x", [("subject", "1"), ("_count", "1")])
    assert opened(KEY, link, [("_count", "5"), ("subject", "1"), ("_format", "xml")]) == "x"


def test_one_letter_changed_makes_a_link_nobodys() -> None:
    link = sealed(KEY, ["a", "b"], [])
    for place, letter in enumerate(link):
        changed = link[:place] + ("A" if letter != "A" else "B") + link[place + 1 :]
        if place < len(link) - 1:  # the last letter may hold bits that stand for nothing
            with pytest.raises(FailureError):
                opened(KEY, changed, [])


@pytest.fixture
def filled(client: FlaskClient) -> FlaskClient:
    client.post("/crf/subject", json=SUBJECT)
    client.post("/crf/diary", json=[diary(f"2025-04-{day:02d}") for day in range(1, 29)])
    return client


def pages(client: FlaskClient, url: str) -> list[str]:
    seen: list[str] = []
    while url:
        page = told(client.get(url))
        seen += [entry["resource"]["id"] for entry in page.get("entry", ()) if entry["search"]["mode"] == "match"]
        url = next((link["url"] for link in page["link"] if link["relation"] == "next"), "")
    return seen


def test_a_link_to_a_page_tells_no_number_of_a_row(filled: FlaskClient) -> None:
    page = told(filled.get("/fhir/Observation?code=uas-daily&_count=3"))
    link = next(link["url"] for link in page["link"] if link["relation"] == "next")
    token = re.search(r"_page=([^&]+)", link)
    assert token is not None
    assert opened(filled.application.extensions["crfhir"].store.page_key, token[1], SEARCH) == [
        [],
        "01-001-2025-04-03-uas",
    ]


SEARCH = [("", "/Observation"), ("code", "uas-daily")]


def test_a_page_of_another_search_is_not_found(filled: FlaskClient) -> None:
    page = told(filled.get("/fhir/Observation?code=uas-daily&_count=3"))
    link = page["link"][1]["url"]
    refused(filled.get(link.replace("uas-daily", "uas")), 404, "not-found")
    refused(filled.get(link.replace("/Observation", "/QuestionnaireResponse")), 404, "not-found")
    refused(filled.get(f"{link}&_sort=date"), 404, "not-found")


@pytest.mark.parametrize("sort", ["", "&_sort=date", "&_sort=-date", "&_sort=_id"])
def test_no_page_repeats_or_loses_a_resource_while_others_write(filled: FlaskClient, sort: str) -> None:
    there = {f"01-001-2025-04-{day:02d}-uas" for day in range(1, 29)}
    stop, writer = threading.Event(), filled.application.test_client()

    def write() -> None:
        for number in range(200):
            if stop.is_set():
                return
            writer.post("/crf/diary", json=diary(f"2025-{5 + number % 7:02d}-{1 + number % 28:02d}", wheals=number % 3))
            writer.post("/crf/diary", json=diary(f"2025-04-{1 + number % 28:02d}", itch=number % 4))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for _ in range(5):
            seen = pages(filled, f"/fhir/Observation?code=uas-daily&_count=3{sort}")
            assert len(seen) == len(set(seen))
            assert there <= set(seen)
    finally:
        stop.set()
        thread.join()
