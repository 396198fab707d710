"""What a check finds: relative to the value it looked at, so that sound input never builds a path."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from adapter.validation.scope import Scope


Text: TypeAlias = str | Callable[[], str]
"""What a finding says, or what makes it."""


class Finding:
    """One thing found. Whoever calls a check appends the step that leads to the value: `.name`, `[3]`.

    `severity` and `code` are R4's; `key` is the constraint's or the rule's name; `profile` the profile's url
    where one is broken. A text that takes long to make is a function: of very many findings few are told. `name` is
    the key of what FHIRPath has no name for, an element that the type does not have.
    """

    __slots__ = ("code", "key", "name", "profile", "severity", "steps", "text")

    def __init__(
        self, severity: str, code: str, text: Text, key: str, step: str = "", profile: str | None = None
    ) -> None:
        self.severity = severity
        self.code = code
        self.text = text
        self.key = key
        self.profile = profile
        self.name: str | None = None
        self.steps: list[str] = [step] if step else []

    def again(self) -> Finding:
        """Return the same finding for another value: a remembered verdict is given out anew each time."""
        made = Finding(self.severity, self.code, self.text, self.key, "", self.profile)
        made.steps = list(self.steps)
        made.name = self.name
        return made

    @property
    def path(self) -> str:
        """The FHIRPath from where the check began."""
        return "".join(reversed(self.steps))


Found: TypeAlias = list[Finding] | None
"""What a check returns: None for a sound value, so that nothing is built for it."""

Check: TypeAlias = Callable[[Any, "Scope"], Found]
"""A check of one value: an element's content, without its name."""


def error(code: str, text: Text, key: str, step: str = "", profile: str | None = None) -> Finding:
    """Return an error; `step` is where below the value, outermost first: '.item[0].answer[1]'."""
    return Finding("error", code, text, key, step, profile)


def warning(code: str, text: Text, key: str, step: str = "", profile: str | None = None) -> Finding:
    """Return a warning: worth a look, no reason to refuse."""
    return Finding("warning", code, text, key, step, profile)


def note(code: str, text: str, key: str, step: str = "") -> Finding:
    """Return an information: what could not be checked, said rather than left out."""
    return Finding("information", code, text, key, step)


def below(found: list[Finding], step: str) -> list[Finding]:
    """Return the findings seen from one step further out."""
    for each in found:
        each.steps.append(step)
    return found
