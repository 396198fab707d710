"""One item of a Questionnaire, compiled: a group, a display text, or a question with its answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from adapter.validation.finding import Found, below, error, warning
from adapter.validation.questionnaire.walk import Condition, Limit, Walk, joined

if TYPE_CHECKING:
    from adapter.validation.questionnaire.items import Items


@dataclass(slots=True)
class Item(ABC):
    """What the kinds of items have in common. `items` is set after them: they hold items themselves."""

    link: str
    order: int
    text: str | None
    translations: frozenset[str]
    required: bool
    repeats: bool
    fewest: int
    most: int | None
    enabled: Condition | None
    unchecked: str  # why `enabled` cannot always be told
    items: Items

    @property
    def titled(self) -> str:
        """The item's text for a message, cut where it is long."""
        return "" if self.text is None else f" ({self.text[:80]})"

    @property
    def fewest_items(self) -> int:
        """How often the item itself must be there, when it is."""
        return 0

    @abstractmethod
    def check(self, item: dict[str, Any], walk: Walk) -> Found:
        """Judge one item of a response."""

    def repeated(self, count: int, position: int) -> Found:
        """Judge that the item is there for the `count`th time."""
        if not self.repeats:
            text = f"{self.link!r} does not repeat: only one item with this linkId may stand here."
            return [error("structure", text, "qr-repeats", f".item[{position}]")]
        if count == 2:
            text = f"{self.link!r} is a question: several answers stand in one item, not in several."
            return [warning("structure", text, "qr-repeats", f".item[{position}]")]
        return None

    def worded(self, item: dict[str, Any]) -> Found:
        """Judge the item's text: HL7's validator holds it to be the Questionnaire's, letter by letter."""
        words = item.get("text")
        if type(words) is not str or words == self.text:
            return None
        if words in self.translations:
            text = f"The text of {self.link!r} is a translation: HL7's validator expects {self.text!r}."
            return [warning("value", text, "qr-text", ".text")]
        expected = "none" if self.text is None else repr(self.text[:200])
        text = f"The text of {self.link!r} is not the Questionnaire's: expected {expected}, or leave it out."
        return [error("value", text, "qr-text", ".text")]


class Group(Item):
    """A group: it has items and no answer."""

    __slots__ = ()

    @property
    def fewest_items(self) -> int:
        return self.fewest

    def repeated(self, count: int, position: int) -> Found:
        if not self.repeats:
            return Item.repeated(self, count, position)
        if self.most is not None and count == self.most + 1:
            text = f"The group {self.link!r} may be there {self.most} times at most."
            return [error("structure", text, "qr-max-occurs", f".item[{position}]")]
        return None

    def check(self, item: dict[str, Any], walk: Walk) -> Found:
        found = self.worded(item) if "text" in item else None
        if "answer" in item:
            text = f"{self.link!r} is a group, which has items and no answer."
            found = joined(found, [error("structure", text, "qr-group-answer", ".answer")])
        if self.required and walk.gap is not None and "item" not in item:
            text = f"The group {self.link!r} is required and has no item{self.titled}."
            found = joined(found, [walk.gap("required", text, "qr-required")])
        return joined(found, self.items.check(item, walk))


class Display(Item):
    """A text that is shown: it has neither answers nor items."""

    __slots__ = ()

    def check(self, item: dict[str, Any], walk: Walk) -> Found:
        found = self.worded(item) if "text" in item else None
        for name in ("answer", "item"):
            if name in item:
                text = f"{self.link!r} is a text for display, which has neither answers nor items."
                found = joined(found, [error("structure", text, "qr-display", f".{name}")])
        return found


@dataclass(slots=True)
class Question(Item):
    """A question: it has answers, and items only beneath each of them."""

    answer: Callable[[dict[str, Any], Walk], Found]
    limits: Mapping[str, tuple[Limit, ...]]  # by the key of the answer
    alone: Callable[[dict[str, Any]], bool] | None  # whether an answer excludes all others
    plain: bool = field(init=False)  # one answer is enough, and beneath it nothing is needed

    def __post_init__(self) -> None:
        self.plain = self.fewest <= 1 and not self.items.needed

    def check(self, item: dict[str, Any], walk: Walk) -> Found:
        answers = item.get("answer")
        if len(item) == 2 and type(answers) is list and len(answers) == 1 and self.plain:
            return self._only(answers[0], walk)  # a linkId and one answer, as most are
        found = self.worded(item) if "text" in item else None
        if type(answers) is list and answers:
            found = joined(found, self._answers(answers, walk))
        elif self.required and walk.gap is not None:
            text = f"The question {self.link!r} is required and has no answer{self.titled}."
            found = joined(found, [walk.gap("required", text, "qr-required")])
        if "item" in item:
            text = f"{self.link!r} is a question: items beneath it stand in its answers (answer.item), not beside them."
            found = joined(found, [error("structure", text, "qr-nesting", ".item")])
        return found

    def _only(self, answer: Any, walk: Walk) -> Found:
        """Judge the only answer of a question that asks for one and nothing beneath it."""
        if type(answer) is not dict:
            return None
        for key, value in answer.items() if len(answer) == 1 else ():
            limits = self.limits.get(key)
            if limits is not None:
                found: Found = None
                for limit in limits:
                    found = joined(found, limit(value, walk))
                return None if found is None else below(found, ".answer[0].value")
        return self._answers([answer], walk)

    def _answers(self, answers: list[Any], walk: Walk) -> Found:
        found = self._count(answers, walk) if len(answers) > 1 or self.fewest > 1 else None
        for position, answer in enumerate(answers):
            if type(answer) is dict:
                wrong = self.answer(answer, walk)
                if "item" in answer or self.items.needed:
                    wrong = joined(wrong, self.items.check(answer, walk))
                if wrong is not None:
                    found = joined(found, below(wrong, f".answer[{position}]"))
        return found

    def _count(self, answers: list[Any], walk: Walk) -> Found:
        """Judge how many answers there are, and whether one of them excludes the others."""
        found: Found = None
        count = len(answers)
        if count > 1 and not self.repeats:
            text = f"{self.link!r} does not repeat: one answer is expected, {count} are there."
            found = [error("structure", text, "qr-repeats", ".answer[1]")]
        elif self.most is not None and count > self.most:
            text = f"{self.link!r} has {count} answers: at most {self.most} are allowed."
            found = [error("structure", text, "qr-max-occurs")]
        if count < self.fewest and walk.gap is not None:
            text = f"{self.link!r} has {count} answers: at least {self.fewest} are expected."
            found = joined(found, [walk.gap("required", text, "qr-min-occurs")])
        return joined(found, self._excluded(answers) if count > 1 and self.alone is not None else None)

    def _excluded(self, answers: list[Any]) -> Found:
        for position, answer in enumerate(answers):
            if type(answer) is dict and self.alone is not None and self.alone(answer):
                text = f"This answer of {self.link!r} excludes all others: it stands alone, or not at all."
                return [error("business-rule", text, "qr-exclusive", f".answer[{position}]")]
        return None
