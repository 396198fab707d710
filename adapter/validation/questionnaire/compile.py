"""A Questionnaire, compiled to one check of its responses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from adapter.validation.finding import Check, Found, note
from adapter.validation.questionnaire.answer import answer_of, limits_by_key
from adapter.validation.questionnaire.contained import terminology_of
from adapter.validation.questionnaire.enabled import Path, condition_of
from adapter.validation.questionnaire.header import header_of
from adapter.validation.questionnaire.item import Display, Group, Item, Question
from adapter.validation.questionnaire.items import Items
from adapter.validation.questionnaire.option import alone
from adapter.validation.questionnaire.reading import CORE, Object, extension, flag, objects, text, whole
from adapter.validation.questionnaire.walk import Walk, joined

if TYPE_CHECKING:
    from adapter.fhir.conformance import Definitions
    from adapter.fhir.terminology import Terminology
    from adapter.validation.scope import Scope


def compile_questionnaire(
    questionnaire: dict[str, Any], definitions: Definitions, around: dict[str, Any] | None = None
) -> Check:
    """Return the check of responses to a Questionnaire, of the one response `around` it where that contains it.

    What is broken in it is left out, and never raises.
    """
    items = _Compiler(questionnaire, terminology_of(questionnaire, definitions, around)).items(questionnaire, ())
    headers = tuple(header_of(questionnaire))

    def check(response: Any, scope: Scope) -> Found:
        if type(response) is not dict:
            return None
        walk = Walk(response, scope)
        found = items.check(response, walk)
        for header in headers:
            found = joined(found, header(response, walk))
        if walk.effort < 0:
            text_ = "Too many conditions or patterns on too many answers: not all were checked to the end."
            found = joined(found, [note("too-costly", text_, "qr-too-costly")])
        return found

    return check


class _Compiler:
    """One Questionnaire while it is compiled."""

    def __init__(self, questionnaire: Object, terminology: Terminology) -> None:
        self.paths = dict(_paths(questionnaire, ()))
        self.places = {link: _place(path) for link, path in self.paths.items()}
        self.terminology = terminology

    def items(self, holder: Object, path: Path) -> Items:
        """Compile the items of a Questionnaire, a group or a question; of two with one linkId the first counts."""
        held: dict[str, Item] = {}
        for item in objects(holder, "item"):
            link = text(item, "linkId")
            if link is not None and link not in held:
                held[link] = self.item(item, (*path, link), len(held))
        needed = tuple(item for item in held.values() if item.required or item.fewest_items > 1)
        return Items(held, needed, self.places)

    def item(self, item: Object, path: Path, order: int) -> Item:
        """Compile one item and what is beneath it."""
        kind = text(item, "type")
        repeats = flag(item, "repeats")
        enabled, unchecked = condition_of(item, path, self.paths)
        common = (
            path[-1],
            order,
            text(item, "text"),
            _translations(item),
            flag(item, "required"),
            repeats,
            whole(extension(item, CORE + "questionnaire-minOccurs")) or 0,
            whole(extension(item, CORE + "questionnaire-maxOccurs")) if repeats else None,
            enabled,
            unchecked or "its enableWhen compares values of other units or another precision",
            self.items(item, path),
        )
        if kind in ("group", "display"):
            return (Group if kind == "group" else Display)(*common)
        limits = limits_by_key(item, self.terminology)
        return Question(*common, answer_of(kind, limits), limits, alone(item))


def _paths(holder: Object, path: Path) -> Iterator[tuple[str, Path]]:
    """Yield every linkId with where it stands, the last first, so that in a dict the first of two counts."""
    for item in reversed(objects(holder, "item")):
        link = text(item, "linkId")
        if link is not None:
            yield from _paths(item, (*path, link))
            yield link, (*path, link)


def _place(path: Path) -> str:
    return f"in {path[-2]!r}" if len(path) > 1 else "at the top"


def _translations(item: Object) -> frozenset[str]:
    """Return the item's text in other languages."""
    beside = item.get("_text")
    found: set[str] = set()
    for each in objects(beside, "extension") if type(beside) is dict else ():
        if each.get("url") == CORE + "translation":
            found.update(word for word in _contents(each) if type(word) is str)
    return frozenset(found)


def _contents(translation: Object) -> Iterator[Any]:
    for each in objects(translation, "extension"):
        if each.get("url") == "content":
            yield from (value for key, value in each.items() if key.startswith("value"))
