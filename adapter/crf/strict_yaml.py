"""YAML read strictly: what was written is what is read, every place knows its line, and nothing is guessed.

Typed are `true`, `false`, `~`/`null`/nothing and plain whole numbers; all else, dates, decimals, `yes`, `03`,
is the text as written, and what stands in quotes is always text. A key is a text too, but for `true`, `false`
and `~`. Duplicate keys, tags, tabs that indent and several documents in one file are faults.
Anchored values are shared by all their aliases: what `load` returns is never to be changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from yaml.cyaml import CSafeLoader

from adapter.errors import DefinitionError, Fault

Key = str | bool | None

_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,17}", re.ASCII)
_INDENTING_TAB = re.compile(r"^ *\t", re.MULTILINE)
_DEPTH = 100
_HINTS = {
    "mapping values are not allowed": "a text with a colon and a blank in it stands in quotation marks",
    "undefined alias": "the anchor, &name, stands above its alias, *name",
    "unexpected end of stream": "a quotation mark or bracket is not closed",
    "could not find expected ':'": "a key is followed by a colon and a blank",
    "cannot start any token": "a text that begins with this character stands in quotation marks",
    "did not find expected": "indent this line as its neighbours, and close quotation marks and brackets above it",
}
"""What libyaml says -> what to do."""
_PLAIN, _QUOTED, _COLLECTION = "plain", "quoted", "collection"


class Map(dict[Any, Any]):
    """A mapping that knows its file, its line and the line of each of its keys."""

    __slots__ = ("file", "line", "lines")

    def __init__(self, file: str, line: int) -> None:
        super().__init__()
        self.file = file
        self.line = line
        self.lines: dict[Key, int] = {}

    def line_of(self, key: Key) -> int:
        """Return the line on which `key` stands; the mapping's own for a key that it does not hold."""
        return self.lines.get(key, self.line)


class Seq(list[Any]):
    """A list that knows its file, its line and the line of each of its entries."""

    __slots__ = ("file", "line", "lines")

    def __init__(self, file: str, line: int) -> None:
        super().__init__()
        self.file = file
        self.line = line
        self.lines: list[int] = []

    def line_of(self, index: int) -> int:
        """Return the line on which entry `index` begins."""
        return self.lines[index]


def load(path: Path, name: str | None = None) -> Any:
    """Return the value of the file: a Map, a Seq, a str, int, bool or None.

    `name` stands for the file in faults and in `Map.file`; by default its path.
    Raises DefinitionError with all duplicate keys, or with the first place where the text is no YAML.
    """
    file = str(path) if name is None else name
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _error(file, 1, f"cannot be read: {error.strerror}") from None
    return loads(raw, file)


def loads(raw: bytes, file: str) -> Any:
    """Return the value of a text; `file` names it in faults."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _error(file, line, "this is not UTF-8; save it as UTF-8") from None
    if tab := _INDENTING_TAB.search(text):
        raise _error(file, text.count("\n", 0, tab.start()) + 1, "a tab indents this line; write blanks")
    reading = _Reading(file)
    value = reading.value(_compose(text, file), 0)
    if reading.faults:
        raise DefinitionError(reading.faults)
    return value


class _Composer(CSafeLoader):
    """libyaml's node graph; the tag only tells plain scalars from quoted ones."""

    def resolve(self, kind: Any, _value: Any, implicit: Any) -> str:
        if kind is not yaml.ScalarNode:
            return _COLLECTION
        return _PLAIN if implicit[0] else _QUOTED

    def descend_resolver(self, _parent: Any, _index: Any) -> None:
        """Nothing here depends on where a scalar stands."""

    def ascend_resolver(self) -> None:
        """Nothing here depends on where a scalar stands."""


def _compose(text: str, file: str) -> yaml.Node | None:
    try:
        return _Composer(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        why = ": ".join(part for part in (error.context, error.problem) if part is not None)
        todo = next((f"; {hint}" for said, hint in _HINTS.items() if said in why), "")
        raise _error(file, 1 if mark is None else mark.line + 1, f"not YAML: {why}{todo}") from None
    except yaml.reader.ReaderError as error:
        line = text.encode().count(b"\n", 0, max(error.position, 0)) + 1
        raise _error(file, line, f"not YAML: {error.reason}") from None


class _Reading:
    """Turns the nodes of one file into values; a node that several aliases share becomes one value."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.made: dict[int, Map | Seq] = {}
        self.open: set[int] = set()

    def value(self, node: Any, depth: int) -> Any:
        if node is None:
            return None
        if node.id == "scalar":
            return self.scalar(node)
        made = self.made.get(id(node))
        return made if made is not None else self.collection(node, depth)

    def scalar(self, node: Any) -> Any:
        text = node.value
        if node.tag is _PLAIN:
            if text in _WORDS:
                return _WORDS[text]
            return int(text) if _WHOLE.fullmatch(text) else text
        if node.tag is not _QUOTED:
            self.fault(node, f"the tag {node.tag} is not understood; a value is written without one")
        return text

    def collection(self, node: Any, depth: int) -> Map | Seq | None:
        if id(node) in self.open:
            self.fault(node, "an anchor stands inside itself")
            return None
        if depth > _DEPTH:
            raise _error(self.file, node.start_mark.line + 1, f"nested deeper than {_DEPTH}")
        if node.tag is not _COLLECTION:
            self.fault(node, f"the tag {node.tag} is not understood; a value is written without one")
        self.open.add(id(node))
        made = self.mapping(node, depth) if node.id == "mapping" else self.sequence(node, depth)
        self.open.discard(id(node))
        self.made[id(node)] = made
        return made

    def sequence(self, node: Any, depth: int) -> Seq:
        made = Seq(self.file, node.start_mark.line + 1)
        for entry in node.value:
            made.append(self.value(entry, depth + 1))
            made.lines.append(entry.start_mark.line + 1)
        return made

    def mapping(self, node: Any, depth: int) -> Map:
        made = Map(self.file, node.start_mark.line + 1)
        own: set[Key] = set()
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if key_node.tag is _PLAIN and key_node.value == "<<":
                self.merge(made, value_node, own, depth)
                continue
            key = self.key(key_node)
            if key in own:
                self.fault(key_node, f"{_spell(key)} stands here twice; first on line {made.lines[key]}")
                continue
            own.add(key)
            made[key] = self.value(value_node, depth + 1)
            made.lines[key] = line
        return made

    def key(self, node: Any) -> Key:
        if node.id != "scalar":
            self.fault(node, "a key is a word, not a list or a mapping")
            return str(id(node))
        key = self.scalar(node)
        return key if key is None or isinstance(key, bool) else str(node.value)

    def merge(self, made: Map, node: Any, own: set[Key], depth: int) -> None:
        """Take over what `<<` names, shallowly: own keys win, of several sources the first."""
        seen = set(own)
        for source in self.sources(node, depth):
            for key, value in source.items():
                if key not in seen:
                    seen.add(key)
                    made[key] = value
                    made.lines[key] = source.lines[key]

    def sources(self, node: Any, depth: int) -> Iterator[Map]:
        value = self.value(node, depth + 1)
        for source in value if isinstance(value, Seq) else [value]:
            if isinstance(source, Map):
                yield source
            else:
                self.fault(node, "<< takes a mapping, or a list of mappings")

    def fault(self, node: Any, why: str) -> None:
        self.faults.append(Fault(self.file, node.start_mark.line + 1, why))


def _spell(key: Key) -> str:
    return "~" if key is None else str(key).lower() if isinstance(key, bool) else key


def _error(file: str, line: int, why: str) -> DefinitionError:
    return DefinitionError([Fault(file, line, why)])
