"""What a validator says of a case: its errors, by place and rule. Messages are kept to be read, never compared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from adapter.outcome import Issue

_NOISE = re.compile(r"/\*.*?\*/|\[(?:\d+|x)\]|\.ofType\(\w+\)|:\w+")
_LEAF = re.compile(r"(?<=xtension)\.url$|(?<=\.coding)\.(?:system|code|display)$")
"""What tells which extension or which code: one says it of the whole, the other of this."""

_QUOTED = re.compile(r"'[^']*'|\([^()]*\)|\"[^\"]*\"|https?:\S+")
_OF = re.compile(r"\.(?:where|as)\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that a validator says: `place` is FHIRPath without positions, `rule` its own name of the rule."""

    severity: str
    place: str
    rule: str
    text: str

    @property
    def refuses(self) -> bool:
        return self.severity in ("error", "fatal")


def place(expression: str | None) -> str:
    """Return a FHIRPath expression as it is compared: without positions, types of a choice, and comments."""
    return _LEAF.sub("", _OF.sub("", _NOISE.sub("", expression or "")).strip("."))


def of_theirs(line: dict[str, Any]) -> list[Fault]:
    """Return the faults of a line that HL7's validator wrote."""
    return [
        Fault(each["severity"], place(each["expression"]), named(each), each["message"] or "")
        for each in line["issues"]
    ]


def named(issue: dict[str, Any]) -> str:
    """Return the rule of one of HL7's messages: the key of the constraint, or the message's own name."""
    stated = str(issue["id"] or skeleton(issue["message"] or ""))
    return stated.rpartition("#")[2] if "#" in stated else stated


def skeleton(message: str) -> str:
    """Return the first words of a message, without what they quote: a name for those that have none."""
    return " ".join(_QUOTED.sub("_", message).split()[:7])


def of_ours(issues: list[Issue]) -> list[Fault]:
    return [Fault(each.severity, place(each.expression), str(each.key), each.diagnostics) for each in issues]


def beside(one: str, other: str) -> bool:
    """Tell whether two places are one element, or one element and its parent."""
    near, far = sorted((one, other), key=len)
    return far == near or (far.startswith(f"{near}.") and "." not in far[len(near) + 1 :])
