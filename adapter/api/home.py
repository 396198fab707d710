"""The page at `/`: what this is, what it holds, and where to go."""

from __future__ import annotations

from flask import Blueprint, render_template

import adapter
from adapter.api.examples import examples
from adapter.api.policy import sight
from adapter.api.service import Service, service

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def home() -> str:
    """Answer the page; what it counts, and links into, only where a reader needs no login."""
    here = service()
    facts = here.desk.study.facts
    return render_template(
        "home.html",
        study=here.desk.study.id,
        title=_text(facts.get("title")) or here.desk.study.id,
        version=adapter.__version__,
        open_demo=here.config.open_demo,
        forms=_forms(here) if here.config.open_demo else [],
        types=_types(here) if here.config.open_demo else [],
        examples=examples(here) if here.config.open_demo else [],
    )


def _forms(here: Service) -> list[dict[str, object]]:
    counts = here.store.counts(sight())[0]
    return [
        {
            "id": form.id,
            "label": form.labels.get("en", form.id),
            "labels": {language: text for language, text in form.labels.items() if language != "en"},
            "records": counts.get(form.id, 0),
            "computed": form.rule is not None,
        }
        for form in here.desk.forms.values()
    ]


def _types(here: Service) -> list[tuple[str, int]]:
    counts = here.store.counts(sight())[1]
    return [(type_, counts.get(type_, 0)) for type_ in here.desk.types]


def _text(fact: object) -> str:
    if isinstance(fact, dict):
        return str(fact.get("en") or next(iter(fact.values()), ""))
    return str(fact) if fact is not None else ""
