"""What belongs to a CRF record: what it was, its queries, the resources made from it, whose word each item is."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from adapter.api import answer
from adapter.api.crf import known_record
from adapter.api.failure import failure
from adapter.api.listing import asked, following
from adapter.api.media import wanted
from adapter.api.policy import sight
from adapter.api.queries import page_of
from adapter.api.service import service
from adapter.fhir import json
from adapter.intake.pointers import Pointers, age_told
from adapter.outcome import Issue
from adapter.store import queries, record_history
from adapter.store.provenance import Word
from adapter.store.queries import Asked
from adapter.store.record_history import Past

blueprint = Blueprint("crf_record", __name__, url_prefix="/crf")

MOST_ISSUES = 1000
"""Queries of one record that its issues are made of."""


@blueprint.get("/<form>/<key>/_history")
def history(form: str, key: str) -> Response:
    """Answer a page of a record's versions, the newest first: who, when, why and what."""
    here = service()
    wanted(request, xml=False)
    known_record(here, form, key)
    path = f"/crf/{form}/{key}/_history"
    _, size, after = asked(path, ())
    with here.store.engines.reading() as connection:
        before = int(after) if after is not None else None
        found = record_history.history(connection, sight(), form, key, size + 1, before)
    page: dict[str, Any] = {"form": form, "key": key, "versions": [_version(one) for one in found[:size]]}
    if len(found) > size > 0:
        page |= following(here, path, {}, size, str(found[size - 1].version))
    return answer.plain(page)


@blueprint.get("/<form>/<key>/queries")
def queried(form: str, key: str) -> Response:
    """Answer a page of a record's queries, closed ones too."""
    here = service()
    wanted(request, xml=False)
    known_record(here, form, key)
    path = f"/crf/{form}/{key}/queries"
    _, size, after = asked(path, ())
    return page_of(here, path, {}, {"form": form, "key": key}, size, after)


@blueprint.get("/<form>/<key>/issues")
def issues(form: str, key: str) -> Response:
    """Answer an OperationOutcome of what is wrong with a record as it stands: its queries that are not closed."""
    here = service()
    wanted(request)
    known_record(here, form, key)
    about = {"form": form, "key": key}
    with here.store.engines.reading() as connection:
        found = queries.list_queries(connection, sight(), about, MOST_ISSUES, None)[1]
    return answer.outcome(_issue(one) for one in found if one.status != queries.CLOSED)


@blueprint.get("/<form>/<key>/residue")
def residue(form: str, key: str) -> Response:
    """Answer what no map read of the resources that told of a record: to those alone who may see what reveals the
    arm."""
    here = service()
    wanted(request, xml=False)
    if not sight().restricted:
        raise failure("forbidden", "What no map reads may reveal the arm: it is kept, and shown to nobody before that.")
    known_record(here, form, key)
    with here.store.engines.reading() as connection:
        found = record_history.residue_of(connection, sight(), form, key)
    listed = [
        {"submission": number, "expression": one["expression"], "value": one["value"]}
        for number, leaves in found.items()
        for one in leaves
    ]
    return answer.plain({"form": form, "key": key, "residue": listed})


@blueprint.get("/<form>/<key>/resources")
def resources(form: str, key: str) -> Response:
    """Answer the addresses of the resources that a record stands for."""
    here = service()
    wanted(request, xml=False)
    known_record(here, form, key)
    with here.store.engines.reading() as connection:
        found = record_history.resources_of(connection, sight(), form, key)
    listed = [{"resource": f"/fhir/{one.path}", "version": one.version, "at": one.at} for one in found]
    return answer.plain({"form": form, "key": key, "resources": listed})


@blueprint.get("/<form>/<key>/provenance")
def provenance(form: str, key: str) -> Response:
    """Answer for each item of a record which push gave it its value: its sender, its bytes, the map of the time."""
    here = service()
    wanted(request, xml=False)
    about = known_record(here, form, key).key
    with here.store.engines.reading() as connection:
        found = record_history.words_of(connection, sight(), form, key)
        pointers = record_history.pointers_of(connection, sight(), form, key)
        packages = record_history.packages_of(connection, pointers)
        content, words = found if found is not None else ("{}", None)
        items = {item: words.of(item) for item in json.parse(content)} if words is not None else {}
        numbers = {word.submission for word in items.values()}
        came = record_history.arrivals_of(connection, numbers)
    where = {one: Pointers(here.desk, about, pointers.get(one, []), came.get(one)) for one in numbers}
    told = {item: _origin(word, where[word.submission].of(item), packages) for item, word in items.items()}
    return answer.plain({"form": form, "key": key, "items": told})


def _issue(one: Asked) -> Issue:
    about = one.about
    text = f"{one.text} /crf/queries/{one.id}"
    return Issue("warning", "business-rule", text, form=about.key.form, item=about.item, key=about.rule)


def _version(one: Past) -> dict[str, Any]:
    told = {
        "version": one.version,
        "at": one.at,
        "sender": one.sender,
        "submission": one.submission,
        "reason": one.reason,
        **age_told(one.source_at),
        "voided": one.voided or None,
        "record": json.parse(one.content),
    }
    return {name: value for name, value in told.items() if value is not None}


def _origin(word: Word, pointer: str | None, packages: dict[int, str]) -> dict[str, Any]:
    told = {
        "submission": word.submission,
        "sender": word.sender,
        **age_told(word.source),
        "pointer": pointer,
        "package": packages.get(word.submission),
    }
    return {name: value for name, value in told.items() if value is not None}
