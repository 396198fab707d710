"""What is wrong with the header of a table, told once: columns that nobody knows, those of another form or site, and
those that are not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from adapter.convert.batch import Header
from adapter.convert.vocabulary import Match, Vocabulary, needed
from adapter.crf.answer import show
from adapter.crf.nearest import hint, nearest
from adapter.outcome import Issue, Place

NAMED = 3
"""Columns, forms or sites that are named where there are several of one kind."""

Where = Callable[[str], Place]
"""The place of a column."""


def judged(known: Vocabulary, form: str, names: tuple[str, ...], place: Place) -> Header:
    """Return the header of a table of `form`, with its faults; `place` is where it stands."""
    words = set(known.words(form))
    strange = [name for name in names if name not in words]
    items = {known.item(form, name) for name in names}
    missing = [item.id for item in needed(known.study.forms[form]) if item.id not in items]
    if not strange and not missing:
        return Header(names)
    explained = _explained(known, form, names, strange)
    left = [name for name in strange if all(name not in match.known for match in explained)]
    where = _columns_at(place, names)
    faults = list(_of_another(explained, form, [name for name in strange if name not in left], where))
    faults += [_unknown(known, form, name, where) for name in left]
    if not explained:
        meant = {nearest(name, words) for name in left}
        faults += [_absent(form, item, place) for item in missing if item not in meant]
    return Header(names, tuple(faults), frozenset(strange), frozenset(missing))


def _explained(known: Vocabulary, form: str, names: Sequence[str], strange: Sequence[str]) -> list[Match]:
    """Return the other forms or sites of which most of the strange columns are, with those columns."""
    found = [replace(match, known=match.known.intersection(strange)) for match in known.best(form, names)]
    return [match for match in found if 2 * len(match.known) >= len(strange)]


def _of_another(found: Sequence[Match], form: str, strange: Sequence[str], where: Where) -> Iterator[Issue]:
    if found:
        are = "which is" if len(strange) == 1 else "which are"
        why = f"unknown {_named('column', [show(name) for name in strange])}, {are} of {_whose(found, form)}"
        yield Issue("error", "structure", f"{why}: {_todo(found, form)}", form=form, place=where(strange[0]))


def _whose(found: Sequence[Match], form: str) -> str:
    forms = list(dict.fromkeys(match.form for match in found))
    if forms != [form]:
        return _named("the form", forms)
    return f"the words of {_named('site', [match.site for match in found if match.site is not None])}"


def _todo(found: Sequence[Match], form: str) -> str:
    first = found[0]
    options = [] if first.form == form else [f"--form {first.form}"]
    options += [] if first.site is None else [f"--site {first.site}"]
    others = " (or the one it is of)" if len(found) > 1 else ""
    named = "" if first.form == form else ", or name the file after it"
    return f"give {' '.join(options)}{others}{named}"


def _named(what: str, names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{what}{'s' if len(names) > 1 else ''} {', '.join(names[:NAMED])}{more}"


def _unknown(known: Vocabulary, form: str, name: str, where: Where) -> Issue:
    item = _labelled(known, form, name)
    todo = hint(name, known.words(form)) if item is None else f"; it is the label of {item}: write {item}"
    why = f"unknown column {show(name)}{todo}; what it holds is not read"
    return Issue("error", "structure", why, form=form, place=where(name))


def _labelled(known: Vocabulary, form: str, name: str) -> str | None:
    bare = name.casefold()
    for item in known.study.forms[form].items.values():
        if item.type != "group" and bare in (label.casefold() for label in item.labels.values()):
            return item.id
    return None


def _absent(form: str, item: str, place: Place) -> Issue:
    why = f"there is no column {item}, which every record of {form} needs: add it"
    return Issue("error", "required", why, form=form, item=item, place=place)


def _columns_at(place: Place, names: Sequence[str]) -> Where:
    def where(name: str) -> Place:
        number = names.index(name) + 1
        return replace(place, column=number if place.sheet is None else _letters(number))

    return where


def _letters(number: int) -> str:
    """Return the letters of a column of a sheet, 1 as A, 27 as AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
