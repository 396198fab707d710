"""Answers that are kept, because the same is asked again: so many, none to a long question, and full, begun anew.

What is asked comes from senders: codes, urls, references. So the number of answers alone bounds no memory, one key may
have a megabyte; and a table that stays full of one sender's inventions serves nobody else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from threading import Lock
from typing import Any, Generic, ParamSpec, TypeVar
from weakref import WeakValueDictionary

K = TypeVar("K")
V = TypeVar("V")
P = ParamSpec("P")

LONGEST = 400
"""Characters of what is asked, in all its texts together, of which the answer is kept."""


def length(asked: Any) -> int:
    """Return the characters of the texts within tuples, and one for each of these and of all else."""
    if type(asked) is tuple:
        return 1 + sum(map(length, asked))
    return len(asked) if isinstance(asked, str) else 1


class Kept(dict[K, V]):
    """Answers by what was asked; look up as in any dict, write with `keep`."""

    __slots__ = ("__weakref__", "most")

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def keep(self, asked: K, answer: V) -> None:
        """Keep an answer unless its question is long; where there are `most` already, the others go."""
        if self.most == 0 or length(asked) > LONGEST:
            return
        if len(self) >= self.most:
            self.clear()
        self[asked] = answer


def kept(most: int, longest: int = LONGEST) -> Callable[[Callable[P, V]], Callable[P, V]]:
    """Return a decorator that keeps what a function of texts returns, of short ones the last `most` answers."""

    def decorate(function: Callable[P, V]) -> Callable[P, V]:
        known: Callable[P, V] = lru_cache(most)(function)  # type: ignore[assignment]  # typeshed forgets the parameters

        @wraps(function)
        def asked(*texts: P.args, **named: P.kwargs) -> V:
            is_short = sum(map(len, texts)) <= longest  # type: ignore[arg-type]  # texts, all of them
            return known(*texts, **named) if is_short else function(*texts, **named)

        return asked

    return decorate


class Table(dict[K, V]):
    """A part of what is kept together."""

    __slots__ = ("__weakref__",)


class Together(Generic[K, V]):
    """Tables that share one bound: where their weights come to more than `most`, all of them begin anew.

    Threads may share it: they look up as in any dict, and write one at a time.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._all: WeakValueDictionary[int, Table[K, V]] = WeakValueDictionary()
        self._weight = 0
        self._lock = Lock()

    def new(self) -> Table[K, V]:
        """Return an empty table; it is bounded with the others as long as somebody has it."""
        table: Table[K, V] = Table()
        with self._lock:
            self._all[id(table)] = table
        return table

    def keep(self, table: Table[K, V], asked: K, answer: V, weight: int = 1) -> None:
        """Keep an answer in one of the tables."""
        if weight > self.most:
            return
        with self._lock:
            self._weight += weight
            if self._weight > self.most:
                for each in list(self._all.values()):
                    each.clear()
                self._weight = weight
            table[asked] = answer
