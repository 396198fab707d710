"""Tokens → syntax tree: operator precedence of FHIRPath N1, in time linear in the text, to a bounded depth.

Source: http://hl7.org/fhirpath/N1/grammar.html and http://hl7.org/fhirpath/N1/#operator-precedence
"""

from __future__ import annotations

from decimal import Decimal
from typing import NoReturn

from adapter.fhir.fhirpath import literal
from adapter.fhir.fhirpath.fault import FhirPathError
from adapter.fhir.fhirpath.lexer import Token, tokens
from adapter.fhir.fhirpath.tree import (
    Call,
    Child,
    External,
    Index,
    Literal,
    Node,
    Operation,
    Sign,
    TypeTest,
    Variable,
)

DEEPEST = 100
"""Levels of a tree; R4's deepest invariant has 16. What walks the tree may then recurse."""

_BINDS = {
    "implies": 1,
    **dict.fromkeys(("or", "xor"), 2),
    "and": 3,
    **dict.fromkeys(("in", "contains"), 4),
    **dict.fromkeys(("=", "~", "!=", "!~"), 5),
    **dict.fromkeys(("<=", "<", ">", ">="), 6),
    "|": 7,
    **dict.fromkeys(("is", "as"), 8),
    **dict.fromkeys(("+", "-", "&"), 9),
    **dict.fromkeys(("*", "/", "div", "mod"), 10),
}
_CHAINED = frozenset({"and", "or", "|"})
_SIGN_BINDS = 11
_NEVER_NAMES = frozenset({"and", "or", "xor", "implies", "div", "mod"})  # where a path begins
_NAMES = ("word", "quoted")


def parse(text: str) -> Node:
    """Return the tree of an expression. Raises FhirPathError with the place where it goes wrong."""
    parser = _Parser(tokens(text))
    tree = parser.expression(0)
    if parser.token.kind != "end":
        parser.refuse("an operator or the end")
    return tree


class _Parser:
    """A cursor over tokens. A method named after a part of the grammar reads that part."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._next = 0
        self._nested = 0
        self.token = found[0]

    def _advance(self) -> Token:
        read = self.token
        if read.kind != "end":
            self._next += 1
            self.token = self._tokens[self._next]
        return read

    def _symbol(self, text: str) -> bool:
        """Read this symbol if it is next."""
        if self.token.text != text or self.token.kind != "symbol":
            return False
        self._advance()
        return True

    def _expect(self, text: str) -> None:
        if not self._symbol(text):
            self.refuse(repr(text))

    def refuse(self, expected: str) -> NoReturn:
        """Raise FhirPathError: what was expected at the next token."""
        found = "the end" if self.token.kind == "end" else repr(self.token.text)
        raise FhirPathError(f"expected {expected}, found {found}", self.token.position)

    def expression(self, floor: int) -> Node:
        """Read operands joined by operators that bind more tightly than `floor`."""
        self._nested += 1
        self._refuse_depth(self._nested)
        left = self._operand()
        while True:
            token = self.token
            binds = _BINDS.get(token.text, 0) if token.kind in ("symbol", "word") else 0
            if binds <= floor:
                self._nested -= 1
                return left
            self._advance()
            left = self._joined(left, token, binds)

    def _joined(self, left: Node, operator: Token, binds: int) -> Node:
        """Return the operation that `left` and an operator begin."""
        if operator.text in ("is", "as"):
            name = self._type_name()
            return TypeTest(operator.position, operator.text, left, name, self._above(left))
        right = self.expression(binds)
        chain = operator.text in _CHAINED and isinstance(left, Operation) and left.operator == operator.text
        if chain and isinstance(left, Operation):
            left.operands.append(right)
            left.depth = max(left.depth, self._above(right))
            return left
        return Operation(operator.position, operator.text, [left, right], self._above(left, right))

    def _type_name(self) -> str:
        """Read `Patient`, `FHIR.Patient` or ``FHIR.`Patient` ``."""
        name = self._name()
        return f"{name}.{self._name()}" if self._symbol(".") else name

    def _name(self) -> str:
        if self.token.kind not in _NAMES:
            self.refuse("a name")
        return self._advance().text

    def _operand(self) -> Node:
        """Read a term with its signs before and its path behind."""
        token = self.token
        if token.kind == "symbol" and token.text in ("-", "+"):
            self._advance()
            operand = self.expression(_SIGN_BINDS)
            return Sign(token.position, token.text, operand, self._above(operand))
        found = self._term()
        while self.token.kind == "symbol":
            token = self.token
            if self._symbol("."):
                found = self._invocation(found)
            elif self._symbol("["):
                index = self.expression(0)
                self._expect("]")
                found = Index(token.position, found, index, self._above(found, index))
            else:
                break
        return found

    def _term(self) -> Node:
        """Read a literal, a variable, what stands in brackets, or the first step of a path."""
        token = self.token
        if token.kind in ("string", "number", "moment"):
            return self._literal()
        if token.kind == "dollar":
            return Variable(token.position, self._advance().text)
        if token.kind == "external":
            return External(token.position, self._advance().text)
        if token.kind == "symbol":
            return self._bracketed()
        if token.kind == "word" and token.text in ("true", "false"):
            return Literal(token.position, self._advance().text == "true", "System.Boolean")
        if token.kind == "word" and token.text in _NEVER_NAMES:
            self.refuse("an operand")
        return self._invocation(None)

    def _bracketed(self) -> Node:
        """Read `( expression )` or `{}`. Brackets leave no node: they are needed no more."""
        position = self.token.position
        if self._symbol("{"):
            self._expect("}")
            return Literal(position, None, None)
        if not self._symbol("("):
            self.refuse("an operand")
        inside = self.expression(0)
        self._expect(")")
        return inside

    def _literal(self) -> Node:
        token = self._advance()
        if token.kind == "string":
            return Literal(token.position, token.text, "System.String")
        if token.kind == "moment":
            return Literal(token.position, *literal.moment(token.text, token.position))
        unit = self._unit()
        if unit is not None:
            return Literal(token.position, literal.quantity(token.text, unit), "System.Quantity")
        if "." in token.text:
            return Literal(token.position, Decimal(token.text), "System.Decimal")
        return Literal(token.position, literal.integer(token.text, token.position), "System.Integer")

    def _unit(self) -> str | None:
        """Read the unit behind a number, a text or a word of the calendar, if there is one."""
        if self.token.kind == "string":
            return self._advance().text
        if self.token.kind == "word" and self.token.text in literal.CALENDAR:
            return literal.CALENDAR[self._advance().text]
        return None

    def _invocation(self, target: Node | None) -> Node:
        """Read `name`, `name(arguments)` or a variable as a step of a path; `x.$this` is x."""
        position = self.token.position
        if self.token.kind == "dollar" and target is not None:
            name = self._advance().text
            return target if name == "$this" else Variable(position, name)
        name = self._name()
        above = () if target is None else (target,)
        if not self._symbol("("):
            return Child(position, target, name, self._above(*above))
        arguments = self._arguments()
        return Call(position, target, name, arguments, self._above(*above, *arguments))

    def _arguments(self) -> list[Node]:
        found: list[Node] = []
        if self._symbol(")"):
            return found
        while True:
            found.append(self.expression(0))
            if self._symbol(")"):
                return found
            self._expect(",")

    def _above(self, *below: Node) -> int:
        """Return the depth of a node above others."""
        depth = 1 + max((node.depth for node in below), default=0)
        self._refuse_depth(depth)
        return depth

    def _refuse_depth(self, depth: int) -> None:
        if depth > DEEPEST:
            raise FhirPathError(f"an expression is nested at most {DEEPEST} deep", self.token.position)
