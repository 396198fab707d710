from __future__ import annotations

from adapter.convert.local_time import settled
from adapter.files.flaw import Flaw
from adapter.files.table import LocalTime, Table
from tests.convert.words import FORMS

ITEMS = FORMS["pain"].items
NOON, MIDNIGHT = LocalTime("2025-06-01T12:00:00"), LocalTime("2025-06-01T00:00:00")


def row(*cells: str, zone: str | None = "+08:00") -> list[str] | Flaw:
    table = Table(("day", "at", "other"), iter([(2, list(cells))]))
    ((_, found),) = settled(table, [ITEMS["day"], ITEMS["at"], None], zone)
    return found


def test_a_time_in_a_column_of_times_gets_the_offset() -> None:
    assert row("", NOON, "") == ["", "2025-06-01T12:00:00+08:00", ""]
    assert row("", MIDNIGHT, "") == ["", "2025-06-01T00:00:00+08:00", ""]


def test_a_midnight_elsewhere_is_a_date_and_another_time_stays() -> None:
    assert row(MIDNIGHT, "", NOON) == ["2025-06-01", "", "2025-06-01T12:00:00"]


def test_a_site_with_a_zone_of_its_own_adds_it_itself() -> None:
    assert row(MIDNIGHT, NOON, "x", zone=None) == ["2025-06-01", "2025-06-01T12:00:00", "x"]


def test_texts_and_flaws_stay_as_they_are() -> None:
    assert row("2025-06-01", "2025-06-01T12:00:00", "") == ["2025-06-01", "2025-06-01T12:00:00", ""]
    flaw = Flaw("value", "x")
    assert list(settled(Table(("at",), iter([(2, flaw)])), [ITEMS["at"]], "Z")) == [(2, flaw)]
