"""Compile a declared draw (docs/sample-language.md) to a closure; its faults are gathered by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from adapter.errors import Fault
from adapter.sample.moment import Draw, Moment, Row

RESERVED = frozenset({"subject", "site", "number", "ordinal", "reached", "year", "study_day", "n"})
"""Names that every draw may read, beside what the sample declares."""


@dataclass(frozen=True, slots=True)
class Verb:
    """A way to draw: the options that may stand beside its word, and what compiles it."""

    options: frozenset[str]
    compile: Callable[[Mapping[str, Any], Compiler], Draw]


VERBS: dict[str, Verb] = {}
"""The word that names a draw -> how it is compiled; filled by the modules that import `verb`."""


def verb(word: str, *options: str) -> Callable[[Callable[..., Draw]], Callable[..., Draw]]:
    """Register the compiling function of the draw that `word` names, with the options it takes."""

    def register(compile_it: Callable[..., Draw]) -> Callable[..., Draw]:
        VERBS[word] = Verb(frozenset(options), compile_it)
        return compile_it

    return register


@dataclass(slots=True)
class Compiler:
    """What is known while a sample file is compiled: its tables, the names in scope, the faults so far."""

    file: str
    items: Mapping[str, frozenset[str]]
    """Form -> its item ids."""
    tables: dict[str, tuple[tuple[float, Row], ...]] = field(default_factory=dict)
    columns: dict[str, frozenset[str]] = field(default_factory=dict)
    """Table -> the columns of its rows."""
    names: set[str] = field(default_factory=lambda: set(RESERVED))
    rows: dict[str, frozenset[str]] = field(default_factory=dict)
    """Name that holds a table's row -> the columns it may be asked for."""
    faults: list[Fault] = field(default_factory=list)
    line: int = 1

    def fault(self, why: str) -> None:
        """Note a fault at the line of the draw that is being compiled."""
        self.faults.append(Fault(self.file, self.line, why))

    def draw(self, declared: Any) -> Draw:
        """Return the draw of `declared`: a constant, or a mapping with one verb."""
        if isinstance(declared, list):
            self.fault("a list is no draw; write {one_of: [...]}")
            return constant(None)
        if not isinstance(declared, Mapping):
            return constant(declared)
        self.line = getattr(declared, "line", self.line)
        words = [word for word in declared if word in VERBS]
        if len(words) != 1:
            self.fault(f"a draw has one of {', '.join(sorted(VERBS))}; found {', '.join(map(str, declared))}")
            return constant(None)
        return self._verb(words[0], declared)

    def _verb(self, word: str, declared: Mapping[str, Any]) -> Draw:
        for option in declared:
            if option != word and option not in VERBS[word].options:
                known = ", ".join(sorted(VERBS[word].options)) or "nothing"
                self.fault(f"{option!r} does not stand beside {word!r}; known: {known}")
        try:
            return VERBS[word].compile(declared, self)
        except (ValueError, TypeError, LookupError, AttributeError) as reason:
            self.fault(f"{word}: {reason}")
            return constant(None)

    def name(self, name: Any) -> Draw:
        """Return what reads `name`: one in scope, a cell of a row (`kind.term`), an item (`form.item`)."""
        text = str(name)
        head, _, tail = text.partition(".")
        if tail and head in self.rows:
            self._known(tail, self.rows[head], text)
            return _cell(head, tail)
        if tail and head in self.items:
            self._known(tail, self.items[head], text)
            return first_of(head, tail, {})
        self._known(text, self.names, text)
        return lambda moment: moment.scope.get(text)

    def _known(self, part: str, known: Iterable[str], name: str) -> None:
        if part not in known:
            near = get_close_matches(part, sorted(known), 1)
            self.fault(f"nothing is called {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))


def constant(value: Any) -> Draw:
    """Always `value`."""
    return lambda _: value


def first_of(form: str, item: str, where: Mapping[str, Any]) -> Draw:
    """The item of the participant's first record of `form` with the answers `where`; else silence."""

    def read(moment: Moment) -> Any:
        for record in moment.participant.of(form):
            if all(record.get(name) == answer for name, answer in where.items()):
                return record.get(item)
        return None

    return read


def _cell(head: str, column: str) -> Draw:
    def read(moment: Moment) -> Any:
        row = moment.scope.get(head)
        return row[column](moment) if row is not None and column in row else None

    return read


def number(declared: Any) -> float:
    """Return the number that a sample file writes, which YAML read strictly leaves as its text."""
    if isinstance(declared, bool):
        raise ValueError(f"a number is wanted, not {declared}")
    return float(declared)


def case(answer: Any) -> Any:
    """Return `answer` as the keys of a sample file write it: a number is its text."""
    return answer if answer is None or isinstance(answer, bool) else str(answer)


def pair(declared: Any) -> tuple[float, float]:
    """Return the two numbers of `[a, b]`."""
    first, second = declared
    return number(first), number(second)


def cases(declared: Any, compiler: Compiler) -> dict[Any, Draw]:
    """Return answer -> draw of a mapping, in its order."""
    if not isinstance(declared, Mapping):
        raise ValueError("a mapping is wanted")
    return {case(answer): compiler.draw(value) for answer, value in declared.items()}
