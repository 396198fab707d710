from __future__ import annotations

from tests.crf.studies import form


def test_a_member_knows_its_group_and_its_short_name() -> None:
    items = form(drugs="group many", drugs__name="text").items
    assert (items["drugs.name"].group, items["drugs.name"].member) == ("drugs", "name")
    assert (items["drugs"].group, items["drugs"].member) == (None, "drugs")


def test_a_form_knows_its_keys_and_the_members_of_a_group_in_order() -> None:
    one = form(a="text key", b="text", c="text key", g="group many", g__x="text", g__y="text")
    assert [item.id for item in one.keys] == ["a", "c"]
    assert [item.id for item in one.members("g")] == ["g.x", "g.y"]
