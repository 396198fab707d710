"""Items of a response against those of its Questionnaire: which there are, where, how often, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapter.validation.finding import Finding, Found, below, error, note
from adapter.validation.questionnaire.walk import Frame, Walk, joined

if TYPE_CHECKING:
    from adapter.validation.questionnaire.item import Item


@dataclass(slots=True)
class Items:
    """The items that stand side by side in a Questionnaire: at its top, in a group, or under a question's answer."""

    held: Mapping[str, Item]  # by linkId, in their order
    needed: tuple[Item, ...]  # those whose absence counts
    places: Mapping[str, str]  # of every linkId of the Questionnaire: where it belongs

    def check(self, holder: dict[str, Any], walk: Walk) -> Found:
        """Judge the items of a response, a group or an answer."""
        items = holder.get("item")
        if type(items) is not list:
            return self._gaps({}, walk) if self.needed else None
        frame: Frame = {}
        known: list[Item | None] = []
        found = self._placed(items, frame, known, walk)
        walk.frames.append(frame)
        if self.needed:
            found = joined(found, self._gaps(frame, walk))
        for position, item in enumerate(known):
            if item is not None:
                each = items[position]
                wrong = item.check(each, walk) if item.enabled is None else self._conditional(item, each, walk)
                if wrong is not None:
                    found = joined(found, below(wrong, f".item[{position}]"))
        walk.frames.pop()
        return found

    def _placed(self, items: list[Any], frame: Frame, known: list[Item | None], walk: Walk) -> Found:
        """Sort the items by linkId; what is unknown here, out of order or there twice is told."""
        found: Found = None
        last = -1
        for position, each in enumerate(items):
            link = each.get("linkId") if type(each) is dict else None
            item = self.held.get(link) if type(link) is str else None
            known.append(item)
            if item is None:
                if type(link) is str:
                    found = joined(found, [self._stray(link, position, walk)])
                continue
            if item.order < last:
                found = joined(found, [_out_of_order(item, position)])
            last = item.order
            if item.link in frame:
                frame[item.link].append(each)
                found = joined(found, item.repeated(len(frame[item.link]), position))
            else:
                frame[item.link] = [each]
        return found

    def _gaps(self, frame: Frame, walk: Walk) -> Found:
        """Return what is missing among the items that are needed, as far as they are enabled."""
        found: Found = None
        if walk.gap is None:
            return None
        for item in self.needed:
            have = len(frame.get(item.link, ()))
            if have == 0 and item.required:
                found = joined(found, _missing(item, walk, _is_enabled(item, walk, frame)))
            elif 0 < have < item.fewest_items:
                text = f"The group {item.link!r} is there {have} times: at least {item.fewest_items} are expected."
                found = joined(found, [walk.gap("required", text, "qr-min-occurs")])
        return found

    def _conditional(self, item: Item, each: dict[str, Any], walk: Walk) -> Found:
        enabled = None if item.enabled is None else item.enabled(walk)
        if enabled:
            return item.check(each, walk)
        gap, walk.gap = walk.gap, None  # of what is disabled, or may be, nothing is missing
        found = item.check(each, walk)
        walk.gap = gap
        if enabled is None:
            text = f"Whether {item.link!r} is enabled was not checked: {item.unchecked}."
            return joined([note("not-supported", text, "qr-enabled")], found)
        if "answer" in each or "item" in each:
            text = f"{item.link!r} is answered, though it is not enabled by the other answers: leave it out."
            return joined([error("business-rule", text, "qr-disabled")], found)
        return found

    def _stray(self, link: str, position: int, walk: Walk) -> Finding:
        step = f".item[{position}]"
        if link in self.places:
            text = f"{link!r} does not belong here but {self.places[link]}."
            return error("structure", text, "qr-misplaced", step)
        text = f"The Questionnaire has no item with the linkId {link[:80]!r}.{walk.nearest(link, self.places)}"
        return error("not-found", text, "qr-linkid", step)


def _is_enabled(item: Item, walk: Walk, frame: Frame) -> bool | None:
    """Tell whether an item that is not there is enabled; its frame may not stand yet."""
    if item.enabled is None:
        return True
    if walk.frames and walk.frames[-1] is frame:
        return item.enabled(walk)
    walk.frames.append(frame)
    enabled = item.enabled(walk)
    walk.frames.pop()
    return enabled


def _missing(item: Item, walk: Walk, enabled: bool | None) -> Found:
    """Return what to say of a required item that is not there; of one that is disabled, nothing."""
    if enabled is None:
        text = f"Whether {item.link!r} is enabled, and so required, was not checked: {item.unchecked}."
        return [note("not-supported", text, "qr-enabled")]
    if not enabled or walk.gap is None:
        return None
    text = f"The item {item.link!r} is required and missing{item.titled}: answer it."
    return [walk.gap("required", text, "qr-required")]


def _out_of_order(item: Item, position: int) -> Finding:
    text = f"{item.link!r} stands too late: the Questionnaire has it earlier among its neighbours."
    return error("structure", text, "qr-order", f".item[{position}]")
