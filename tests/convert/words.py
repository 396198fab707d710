"""A study of three forms and two sites, for what is told from words alone."""

from __future__ import annotations

from pathlib import Path

from adapter.crf.item_type import parse_type
from adapter.crf.study import Form, Item, Site, Study


def form(name: str, **items: str) -> Form:
    found = {}
    for key, spec in items.items():
        kind, faults = parse_type(spec)
        assert faults == []
        found[key] = Item(
            key,
            kind.type,
            kind.codelist,
            key="key" in kind.flags,
            required="required" in kind.flags,
            labels={"en": key.capitalize(), "zh": "疼痛"} if key == "score" else {},
        )
    return Form(name, found)


FORMS = {
    "pain": form("pain", subject="subject key", day="date key", score="integer required", at="datetime", note="text"),
    "dose": form("dose", subject="subject key", day="date key", volume="decimal", kit="token"),
    "end": form("end", subject="subject key", day="date key", note="text"),
}
SITES = {
    "01": Site("01", columns={"pain": {"编号": "subject", "日期": "day", "评分": "score"}}, zone="+09:00"),
    "02": Site("02", columns={"dose": {"编号": "subject", "日期": "day", "体积": "volume", "药盒": "kit"}}),
}
STUDY = Study(
    id="words",
    folder=Path(),
    base="https://words.example/fhir",
    zone="+08:00",
    forms=FORMS,
    codelists={},
    names={},
    maps={},
    sites=SITES,
    facts={},
    patterns={"subject": "[0-9]+"},
)
