"""What is wrong with the header of a table, told once: columns that nobody knows, those of another form or site, and
those that are not there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from adapter.convert.batch import Header
from adapter.convert.vocabulary import Match, Vocabulary, needed
from adapter.crf.answer import show
from adapter.crf.nearest import hint, nearest
from adapter.outcome import Issue, Place

NAMED = 3
"""Columns, forms or sites that are named where there are several of one kind."""

WORDS = 8
"""Columns that are named where none is known."""

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
    where = _columns_at(place, names)
    one, explained = _for_one_reason(known, form, names, strange, where)
    faults = one + [_unknown(known, form, name, where) for name in strange if name not in explained]
    if not one:
        meant = {nearest(name, words) for name in strange}
        faults += [_absent(form, item, place) for item in missing if item not in meant]
    return Header(names, tuple(faults), frozenset(strange), frozenset(missing))


def _for_one_reason(
    known: Vocabulary, form: str, names: Sequence[str], strange: Sequence[str], where: Where
) -> tuple[list[Issue], Collection[str]]:
    """Return the issue of the strange columns that are so for one reason, and these columns: most are of another form
    or site, or the form knows none at all; nothing where there is no such reason."""
    found = [replace(match, known=match.known.intersection(strange)) for match in known.best(form, names)]
    found = [match for match in found if 2 * len(match.known) >= len(strange) > 0]
    if found:
        explained = {name for match in found for name in match.known}
        return [_of_another(found, form, [name for name in strange if name in explained], where)], explained
    if len(strange) == len(names) and all(nearest(name, known.words(form)) is None for name in names):
        return [_foreign(known, form, names, where)], names
    return [], ()


def _of_another(found: Sequence[Match], form: str, strange: Sequence[str], where: Where) -> Issue:
    unknown = f"unknown {_named('column', [show(name) for name in strange])}, {_whose(found, form, len(strange) > 1)}"
    return Issue("error", "structure", f"{unknown}: {_todo(found, form)}", form=form, place=where(strange[0]))


def _foreign(known: Vocabulary, form: str, names: Sequence[str], where: Where) -> Issue:
    found, expected = _some([show(name) for name in names]), _some(known.words(form))
    why = f"no column is one of {form}: found {found}; expected {expected}"
    return Issue("error", "structure", why, form=form, place=where(names[0]))


def _whose(found: Sequence[Match], form: str, several: bool) -> str:
    forms = list(dict.fromkeys(match.form for match in found))
    if forms != [form]:
        return f"{'columns' if several else 'a column'} of {_named('the form', forms)}"
    sites = [match.site for match in found if match.site is not None]
    return f"{'words' if several else 'a word'} of {_named('site', sites)}"


def _todo(found: Sequence[Match], form: str) -> str:
    first = found[0]
    options = [] if first.form == form else [f"--form {first.form}"]
    options += [] if first.site is None else [f"--site {first.site}"]
    others = " (or the one it is of)" if len(found) > 1 else ""
    named = "" if first.form == form else ", or name the file after it"
    return f"give {' '.join(options)}{others}{named}"


def _some(words: Sequence[str]) -> str:
    return ", ".join(words[:WORDS]) + (", …" if len(words) > WORDS else "")


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
