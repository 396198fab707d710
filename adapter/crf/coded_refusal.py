"""What is wrong with a text that should be an answer of a codelist, and which answer is meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adapter.crf.answer import show
from adapter.crf.nearest import nearest
from adapter.crf.study import Answer, Item, Site, Study

MOST = 20
"""Answers that are listed."""

SITES = 3
"""Sites that are named."""

_YES_NO = {
    **dict.fromkeys(("yes", "y", "1", "t", "true", "是", "有"), "true"),
    **dict.fromkeys(("no", "n", "0", "f", "false", "否", "无"), "false"),
}


def words_of(item: Item, study: Study, site: Site | None) -> dict[str, Answer]:
    """Return every word that is read as an answer of a coded item: the codelist's, and the site's own."""
    words: dict[str, Answer] = {"true": True, "false": False}
    if item.type == "code":
        words = {str(answer): answer for answer in study.codelists[item.codelist or ""].rows}
    return {**own_words(item, site), **words}


def own_words(item: Item, site: Site | None) -> Mapping[str, Answer]:
    """Return a site's own words for the answers of a coded item."""
    return {} if site is None else site.values.get(item.codelist or "boolean", {})


def coded_refusal(item: Item, study: Study, site: Site | None, text: str) -> str:
    """Return why a text is no answer of a coded item: the answers there are, and which is meant."""
    words = words_of(item, study, site)
    said = _with_own_words(dict.fromkeys(words_of(item, study, None).values()), own_words(item, site))
    more = ", …" if len(said) > MOST else ""
    meant = _labelled(item, study, text) or _near(words, text)
    return f"found {show(text)}; expected one of {', '.join(said[:MOST])}{more}{meant}{of_sites(item, study, text)}"


def yes_or_no(text: str) -> str | None:
    """Return the boolean, as it is written, that a text of another custom may mean."""
    return _YES_NO.get(text.strip().casefold())


def _with_own_words(answers: Mapping[Answer, None], own: Mapping[str, Answer]) -> list[str]:
    """Return the answers as they are written, each with a site's own words for it."""
    said: dict[Answer, list[str]] = {answer: [] for answer in answers}
    for word, answer in own.items():
        if answer in said and word != _written(answer):
            said[answer].append(word)
    return [f"{_written(answer)} ({', '.join(own)})" if own else _written(answer) for answer, own in said.items()]


def _labelled(item: Item, study: Study, text: str) -> str:
    codelist = study.codelists.get(item.codelist or "")
    bare = text.strip().casefold()
    for answer, labels in {} if codelist is None else codelist.labels.items():
        if bare in (label.strip().casefold() for label in labels.values()):
            return f"; {show(text)} is the label; write {_written(answer)}"
    return ""


def _near(words: Mapping[str, Answer], text: str) -> str:
    near = yes_or_no(text) if "true" in words else nearest(text, words)
    return "" if near is None else f"; if {near} is meant, write {near}"


def of_sites(item: Item, study: Study, text: str) -> str:
    """Say which sites write the text for an answer; they are read with their words when they are named."""
    found = dict(_meanings(item, study, text.strip()))
    if not found:
        return ""
    sites, answers = list(found), {_written(answer) for answer in found.values()}
    meaning = f" for {answers.pop()}" if len(answers) == 1 else ""
    if len(sites) == 1:
        return f"; site {sites[0]} writes this{meaning}: is it that site's (--site {sites[0]})?"
    more = ", …" if len(sites) > SITES else ""
    named = ", ".join(sites[:SITES]) + more
    return f"; the sites {named} write this{meaning}: is it one of theirs (--site {sites[0]})?"


def _meanings(item: Item, study: Study, text: str) -> Iterator[tuple[str, Answer]]:
    for site in study.sites.values():
        answer = own_words(item, site).get(text)
        if answer is not None:
            yield site.id, answer


def _written(answer: Answer) -> str:
    return str(answer).lower() if isinstance(answer, bool) else answer
