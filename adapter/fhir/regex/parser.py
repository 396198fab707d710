"""The parser of regular expressions: text to a tree of a few forms.

Tree: ('one', predicate) · ('each', nodes) · ('either', nodes) · ('repeat', node, least, most or None) ·
('begin',) · ('end',); and what takes memory or a look around: ('look', node) · ('back',) · ('edge',).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

Node = tuple[Any, ...]
OneOf = Callable[[str], bool]

MOST = 1_000
"""The largest count in {n,m}: each is written out."""

DEEPEST = 50
"""Groups in groups."""

_ENDS = "\n\r\u0085\u2028\u2029"
_SPACES = " \t\n\x0b\f\r"
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "a": "\a", "e": "\x1b"}


class PatternError(ValueError):
    """The text is no expression that can be used."""


class Unsupported(PatternError):  # noqa: N818 (an answer, not a failure)
    """An expression, for all that is known, of a kind that is not understood here, or too large."""


class TooCostly(ValueError):  # noqa: N818 (an answer, not a failure)
    """Whether a text matches was not told: that could take too long."""


def parse(expression: str, *, dot_all: bool = False) -> Node:
    """Return the tree of an expression; `.` is any character where `dot_all`. Raises PatternError."""
    parser = _Parser(expression, _all if dot_all else _any)
    node = parser.alternatives(0)
    if parser.left():
        raise PatternError(f"an unexpected {parser.peek()!r} at character {parser.at + 1}")
    return node


def _digit(char: str) -> bool:
    return "0" <= char <= "9"


def _word(char: str) -> bool:
    return char == "_" or (char.isascii() and char.isalnum())


def _space(char: str) -> bool:
    return char in _SPACES


_CLASSES: dict[str, OneOf] = {"d": _digit, "w": _word, "s": _space}


class _Parser:
    """Recursive descent: alternatives of sequences of repeated atoms."""

    def __init__(self, expression: str, dot: OneOf) -> None:
        self.text = expression
        self.at = 0
        self.dot = dot
        self.groups = 0

    def left(self) -> bool:
        return self.at < len(self.text)

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        if not self.left():
            raise PatternError("it ends too early")
        self.at += 1
        return self.text[self.at - 1]

    def accept(self, words: str) -> bool:
        if not self.text.startswith(words, self.at):
            return False
        self.at += len(words)
        return True

    def alternatives(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise Unsupported("its groups are nested too deeply")
        nodes = [self.sequence(depth)]
        while self.accept("|"):
            nodes.append(self.sequence(depth))
        return nodes[0] if len(nodes) == 1 else ("either", nodes)

    def sequence(self, depth: int) -> Node:
        nodes = []
        while self.left() and self.peek() not in "|)":
            nodes.append(self.repeated(self.atom(depth)))
        return ("each", nodes)

    def repeated(self, node: Node) -> Node:
        counts = self.counts()
        if counts is None:
            return node
        self.accept("?")  # as few as possible: the same where the whole text must match
        if self.peek() == "+":
            raise Unsupported("possessive repetition is not supported")
        return ("repeat", node, *counts)

    def counts(self) -> tuple[int, int | None] | None:
        for mark, found in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self.accept(mark):
                return found
        if not self.accept("{"):
            return None
        least, comma, most = self.until("}").partition(",")
        low = self.count(least)
        high = (self.count(most) if most else None) if comma else low
        if high is not None and high < low:
            raise PatternError("a repetition counts downwards")
        return low, high

    def until(self, mark: str) -> str:
        end = self.text.find(mark, self.at)
        if end < 0:
            raise PatternError(f"a {mark!r} is missing")
        found, self.at = self.text[self.at : end], end + 1
        return found

    def count(self, digits: str) -> int:
        if not (digits.isascii() and digits.isdigit()):
            raise PatternError("a repetition is no number")
        if len(digits) > 4 or int(digits) > MOST:
            raise Unsupported(f"a repetition is no number up to {MOST}")
        return int(digits)

    def atom(self, depth: int) -> Node:
        char = self.take()
        if char == "(":
            return self.group(depth)
        if char == "[":
            return ("one", self.brackets())
        if char == "\\":
            return self.escaped_atom()
        if char in "^$":
            return ("begin",) if char == "^" else ("end",)
        if char in "*+?{":
            raise PatternError(f"nothing stands before {char!r} to be repeated")
        return ("one", self.dot if char == "." else _literal(char))

    def escaped_atom(self) -> Node:
        """Parse what stands behind a backslash: the edge of a word, what a group found, or one character."""
        char = self.peek()
        if char and char in "bB":
            self.take()
            return ("edge",)
        if char and char in "123456789":
            self.take()
            if int(char) > self.groups:
                raise PatternError(f"there is no group {char}")
            return ("back",)
        return ("one", self.escape())

    def group(self, depth: int) -> Node:
        looks = any(self.accept(f"?{mark}") for mark in ("=", "!", "<=", "<!"))
        if not looks and not self.accept("?:"):
            if self.accept("?"):
                raise Unsupported("only groups (…), (?:…) and looks around, (?=…), are supported")
            self.groups += 1
        node = self.alternatives(depth + 1)
        if not self.accept(")"):
            raise PatternError("a ')' is missing")
        return ("look", node) if looks else node

    def escape(self) -> OneOf:
        char = self.take()
        if char.lower() in _CLASSES:
            return _either_way(_CLASSES[char.lower()], char.isupper())
        if char in "pP":
            return _either_way(self.category(), char == "P")
        return _literal(self.escaped(char))

    def escaped(self, char: str) -> str:
        """Return the character that an escape stands for."""
        if char in _CONTROLS:
            return _CONTROLS[char]
        if char in "ux":
            return self.code_point(4 if char == "u" else 2)
        if char.isalnum():
            raise Unsupported(f"\\{char} is not supported")
        return char

    def code_point(self, width: int) -> str:
        digits = self.text[self.at : self.at + width]
        if len(digits) != width or any(digit not in "0123456789abcdefABCDEF" for digit in digits):
            raise PatternError("an escape has too few hexadecimal digits")
        self.at += width
        return chr(int(digits, 16))

    def category(self) -> OneOf:
        name = self.until("}") if self.accept("{") else self.take()
        if name not in _CATEGORIES:
            raise Unsupported(f"the category {name[:20]!r} is not supported")
        return lambda char: unicodedata.category(char).startswith(name)

    def brackets(self) -> OneOf:
        negated = self.accept("^")
        members: list[OneOf] = []
        while not (members and self.accept("]")):  # a bracket that comes first is a member
            members.append(self.member())
        return _either_way(_any_of(members), negated)

    def member(self) -> OneOf:
        char = self.take()
        if char == "[" or self.text.startswith("&&", self.at - 1):
            raise Unsupported("brackets in brackets are not supported")
        if char == "\\" and self.peek().lower() in ("d", "w", "s", "p"):
            return self.escape()
        first = self.escaped(self.take()) if char == "\\" else char
        if self.peek() != "-" or self.text[self.at + 1 : self.at + 2] in ("]", ""):
            return _literal(first)
        self.take()
        char = self.take()
        last = self.escaped(self.take()) if char == "\\" else char
        if last < first:
            raise PatternError("a range of characters runs backwards")
        return lambda each: first <= each <= last


_CATEGORIES = frozenset({"L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "N", "Nd", "Nl", "No", "P", "S", "Z", "Zs", "C"})


def _literal(char: str) -> OneOf:
    return lambda each: each == char


def _any(char: str) -> bool:
    return char not in _ENDS


def _all(char: str) -> bool:
    return char != ""


def _any_of(members: list[OneOf]) -> OneOf:
    return members[0] if len(members) == 1 else lambda char: any(member(char) for member in members)


def _either_way(member: OneOf, negated: bool) -> OneOf:
    return (lambda char: not member(char)) if negated else member
