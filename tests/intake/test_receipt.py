from __future__ import annotations

import json

from adapter.intake.receipt import Entry, Receipt
from adapter.store.shapes import Address, Key, Written

WRITTEN = Written(Key("f", "k", "s"), "unchanged", (Address("Observation", "r", 1, "2026-01-01T00:00:00.000Z"),))


def test_a_receipt_says_where_record_and_resources_are() -> None:
    assert Entry(WRITTEN, restricted=False).json() == {
        "form": "f",
        "key": "k",
        "outcome": "unchanged",
        "record": "/crf/f/k",
        "resources": ["/fhir/Observation/r"],
    }


def test_of_restricted_content_only_its_coming_is_said() -> None:
    assert Entry(WRITTEN, restricted=True).json()["restricted"] == "accepted (restricted)"


def test_a_load_is_counted_by_form_and_outcome() -> None:
    receipt = Receipt()
    for _ in range(3):
        receipt.count(Entry(WRITTEN, restricted=False))
    assert receipt.stored == 3
    assert json.loads(receipt.text())["counts"] == [{"form": "f", "outcome": "unchanged", "records": 3}]
    assert receipt.refused
