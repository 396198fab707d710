from __future__ import annotations

from decimal import Decimal
from typing import Any

from adapter.fhir import json
from adapter.intake.desk import Desk
from adapter.intake.gathering import gather
from adapter.intake.shapes import Drafts
from adapter.outcome import Place
from tests.api.trial import INJECTION


def gathered(desk: Desk, *resources: Any) -> list[Drafts]:
    return list(gather(desk, [(Place(line=line), each) for line, each in enumerate(resources, start=1)]))


def test_fragments_become_one_draft_at_the_place_of_the_first(desk: Desk) -> None:
    emitted = desk.engine.emit("injection", INJECTION | {"kit": "K-1"}, "clinical")
    (found,) = gathered(desk, *[json.parse(entry.body) for entry in emitted])
    (draft,) = found.drafts
    assert draft.content == INJECTION | {"kit": "K-1"}
    assert (draft.whole, draft.place) == (False, Place(line=1))


def test_a_form_view_tells_its_record_whole(desk: Desk) -> None:
    (view,) = [json.parse(entry.body) for entry in desk.engine.emit("injection", INJECTION, "form")]
    (found,) = gathered(desk, view)
    assert found.drafts[0].whole


def test_what_is_wrong_with_a_resource_is_told_with_its_place(desk: Desk) -> None:
    first, second = gathered(desk, {"resourceType": "Patient", "nonsense": 1}, [])
    assert [issue.place for issue in (*first.issues, *second.issues)] == [Place(line=1), Place(line=2)]
    assert not first.drafts


def test_fragments_that_contradict_each_other_are_rejected_together(desk: Desk) -> None:
    one, other = (
        json.parse(next(iter(desk.engine.emit("injection", INJECTION | {"volume": volume}, view))).body)
        for volume, view in ((1, "clinical"), (Decimal("0.5"), "form"))
    )
    found = [each for each in gathered(desk, one | {"text": {"div": "Zhang"}}, other) if each.drafts or each.rejected]
    ((form, content),) = [(each.form, each.content) for drafts in found for each in drafts.rejected]
    assert (form, content, [drafts.drafts for drafts in found]) == (None, (one, other), [[]])
