from __future__ import annotations

import pytest

from adapter.intake.desk import Desk
from adapter.intake.sender import Sender, may_write, named, no_name, site_of_name, site_of_subject, subjects_of


@pytest.mark.parametrize(
    ("name", "site"),
    [("03/epic", "03"), ("03", None), ("03/", "03"), ("99/epic", None), ("epic", None), ("", None), ("/03", None)],
)
def test_a_sender_is_of_the_site_that_its_name_begins_with(desk: Desk, name: str, site: str | None) -> None:
    assert site_of_name(name, desk.study.sites) == site
    assert named(name, desk.study.sites) == Sender(name, site)


@pytest.mark.parametrize("name", ["3/lab", "99/epic", "/03", "03 /lab", " 03/lab", "", " ", "a\nb", "x" * 129])
def test_a_name_that_is_none_is_not_taken_for_the_house(desk: Desk, name: str) -> None:
    assert no_name(name, desk.study.sites) is not None


@pytest.mark.parametrize("name", ["03/lab", "03/lab/2", "epic", "x" * 128])
def test_anybody_else_may_send(desk: Desk, name: str) -> None:
    assert no_name(name, desk.study.sites) is None


def test_a_subject_is_of_the_site_that_its_number_begins_with(desk: Desk) -> None:
    assert site_of_subject(desk.study, "03-001") == "03"
    assert site_of_subject(desk.study, "99-001") is None
    assert subjects_of(desk.study, "03") == "03-"
    assert subjects_of(desk.study, "99") is None


def test_a_sites_sender_writes_its_own_and_the_house_all(desk: Desk) -> None:
    site, house = Sender("03/epic", "03"), Sender("house")
    assert [may_write(desk.study, site, subject) for subject in ("03-001", "04-001", None)] == [True, False, False]
    assert [may_write(desk.study, house, subject) for subject in ("03-001", None)] == [True, True]
