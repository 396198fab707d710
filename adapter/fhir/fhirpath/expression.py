"""A compiled expression, as the validator holds it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from adapter.fhir.fhirpath import functions, model, presence
from adapter.fhir.fhirpath.amendment import meant
from adapter.fhir.fhirpath.code import Env
from adapter.fhir.fhirpath.compiler import compile_node
from adapter.fhir.fhirpath.fault import EvaluationError
from adapter.fhir.fhirpath.focus import Focus
from adapter.fhir.fhirpath.guess import CERTAIN
from adapter.fhir.fhirpath.parser import parse
from adapter.fhir.kept import kept

__all__ = ["Expression", "compile_expression", "functions"]

CLOCKS = ("now()", "today()", "timeOfDay()")
"""What asks the time; of one expression always the same is answered."""

_WRONG_CONTENT = (AttributeError, TypeError, KeyError, IndexError, RecursionError)
"""What reading an object gives whose content has not the JSON types of its elements."""


class Expression:
    """One expression on one static type of focus. It holds no state: any number of threads may use it."""

    __slots__ = ("_asks_more", "_code", "_truth", "text", "tree", "type_name")

    def __init__(self, text: str, type_name: str) -> None:
        self.text = text
        self.type_name = type_name
        self.tree = parse(meant(text))
        head = type_name.partition(".")[0]
        resource = head if model.is_type(head) and model.is_kind_of(head, "Resource") else "Resource"
        self._code = compile_node(self.tree, Focus(type_name, resource, type_name, compile_node))
        self._truth = self._code.truth
        self._asks_more = "%context" in text or sum(map(text.count, CLOCKS)) > 1

    def __repr__(self) -> str:
        return f"<Expression {self.text!r} on {self.type_name}>"

    def evaluate(self, focus: Any, env: Env) -> list[Any]:
        """Return the collection that the expression gives.

        Elements are raw JSON values or `Typed`. Raises EvaluationError.
        """
        try:
            return list(self._code.items(focus, self._seen(focus, env)))
        except _WRONG_CONTENT as wrong:
            raise _unreadable(wrong) from wrong

    def holds(self, focus: Any, env: Env) -> bool:
        """Tell whether an invariant holds: true, or one item that is no Boolean; nothing at all is a failure.

        Raises EvaluationError.
        """
        try:
            if self._asks_more:
                env = self._seen(focus, env)
            return self._truth(focus, env) is True
        except _WRONG_CONTENT as wrong:
            raise _unreadable(wrong) from wrong

    def settled(self, keys: frozenset[str]) -> bool:
        """Tell whether the expression is certainly true of any object of this type with exactly these keys.

        Each key is taken to hold something; `_birthDate` is presence of the element, not its value.
        """
        return presence.verdicts(self.tree, self.type_name, keys) == CERTAIN

    def _seen(self, focus: Any, env: Env) -> Env:
        """Return the environment with %context, the focus where nobody says otherwise, and one time for all."""
        if not self._asks_more:
            return env
        asked = (env.resource, env.root, env.resolve, env.member_of, env.conforms_to, env.html_ok)
        context = focus if env.context is None else env.context
        now = datetime.now().astimezone() if env.now is None else env.now
        return Env(*asked, context=context, extension=env.extension, now=now)


def _unreadable(wrong: Exception) -> EvaluationError:
    return EvaluationError(f"the content is not of the types that its elements have: {wrong}")


@kept(10_000, longest=2_000)
def compile_expression(text: str, type_name: str) -> Expression:
    """Return the compiled expression; `type_name` is the static type of its focus.

    'Patient', 'Patient.contact', 'Quantity', 'string'; 'Resource' and 'Element' where only the content says
    what it is. Raises FhirPathError, and UnknownType for a type that R4 has not.
    """
    return Expression(text, type_name)
