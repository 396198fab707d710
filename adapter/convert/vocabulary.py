"""The words for the items of each form, the study's own and its sites'; which form and site some words are of."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from adapter.crf.study import Form, Item, Site, Study


@dataclass(frozen=True, slots=True)
class Match:
    """A form, read with the words of a site (None: with the study's own alone), and which of some words it knows."""

    form: str
    site: str | None
    known: frozenset[str]


class Vocabulary:
    """Knows column headers and the members of JSON records; `site` is the one whose words are read too."""

    def __init__(self, study: Study, site: str | None) -> None:
        self.study = study
        self.site = study.sites.get(site or "")
        self._items = {form.id: frozenset(form.items) for form in study.forms.values()}

    def item(self, form: str, word: str) -> str:
        """Return the item that a word stands for, the word itself where no site says otherwise."""
        return _aliases(self.site, form).get(word, word)

    def words(self, form: str) -> list[str]:
        """Return the words that are read as columns of a form."""
        own = [item.id for item in self.study.forms[form].items.values() if item.type != "group"]
        return [*own, *_aliases(self.site, form)]

    def everything(self) -> set[str]:
        """Return every word for an item of any form at any site, and the members of a record that names its form."""
        items = {item for form in self._items.values() for item in form}
        columns = (names for site in self.study.sites.values() for names in site.columns.values())
        return {"form", "record", *items, *(name for names in columns for name in names)}

    def fitting(self, words: Collection[str]) -> list[str]:
        """Return the forms that know every word, and of whose business key none is missing."""
        return [form.id for form in self.study.forms.values() if words and self._fits(form, words)]

    def _fits(self, form: Form, words: Collection[str]) -> bool:
        items = {self.item(form.id, word) for word in words}
        return items <= self._items[form.id] and items.issuperset(item.id for item in form.keys)

    def best(self, form: str, words: Collection[str]) -> list[Match]:
        """Return the matches that know the most of the words, and more than `form` as it is read; those of that form
        alone if it is among them, those without another site alone if one is."""
        least = len(self._match(form, self.site, words).known)
        found = [match for match in self._matches(words) if len(match.known) > least]
        most = max((len(match.known) for match in found), default=0)
        found = [match for match in found if len(match.known) == most]
        found = [match for match in found if match.form == form] or found
        here = None if self.site is None else self.site.id
        return [match for match in found if match.site == here] or found

    def _matches(self, words: Collection[str]) -> Iterator[Match]:
        for form in self.study.forms:
            for site in (self.site, *self.study.sites.values()):
                yield self._match(form, site, words)

    def _match(self, form: str, site: Site | None, words: Collection[str]) -> Match:
        aliases = _aliases(site, form)
        known = frozenset(word for word in words if word in aliases or word in self._items[form])
        return Match(form, None if site is None else site.id, known)


def needed(form: Form) -> Iterator[Item]:
    """Yield the items that every record of a form gives: the key's, and those that are required."""
    for item in form.items.values():
        if item.group is None and item.type != "group" and (item.key or item.required) and not item.derived:
            yield item


def _aliases(site: Site | None, form: str) -> dict[str, str]:
    return {} if site is None else dict(site.columns.get(form, {}))
