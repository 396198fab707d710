from __future__ import annotations

from adapter.intake.desk import Desk
from adapter.store.shapes import Key
from tests.api.trial import INJECTION, STUDY, diary


def test_a_key_is_the_business_key_as_text_and_its_subject(desk: Desk) -> None:
    assert desk.key("injection", INJECTION) == Key("injection", "01-001-c1d1", "01-001")
    assert desk.key("diary", diary("2025-04-01")) == Key("diary", "01-001-2025-04-01", "01-001")


def test_restricted_and_derived_items_are_known_by_form(desk: Desk) -> None:
    assert desk.restricted["injection"] == {"kit"}
    assert desk.restricted["diary"] == frozenset()
    assert desk.derived["diary"] == {"uas"}


def test_a_computed_form_knows_its_sources(desk: Desk) -> None:
    assert desk.computed("uas7")
    assert not desk.computed("diary")
    assert {"diary", "subject", "visit"} <= desk.sources["uas7"]


def test_a_record_of_keys_or_restricted_items_alone_says_nothing_open(desk: Desk) -> None:
    keys = {"subject": "01-001", "cycle": 1, "day": 1}
    assert not desk.has_open("injection", keys | {"kit": "K-1"})
    assert desk.has_open("injection", keys | {"volume": 0})


def test_a_site_reads_cells_in_its_own_words(desk: Desk) -> None:
    site = next(site for site in desk.study.sites.values() if "diary" in site.columns)
    column, item = next(iter(site.columns["diary"].items()))
    assert item in desk.forms["diary"].items
    own = Desk(desk.engine, site.id)
    assert not [i for i in own.cell_parser("diary").parse_cells({column: ""})[1] if "unknown column" in i.diagnostics]
    assert (STUDY / "sites").is_dir()
