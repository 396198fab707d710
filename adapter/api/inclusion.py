"""`_include` and `_revinclude`: what comes along with what a search finds."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from adapter.api.failure import failure, unsupported
from adapter.store.index_path import Place
from adapter.store.indexer import Catalogue


@dataclass(frozen=True, slots=True)
class Inclusion:
    """References of one parameter, followed from the matches (`reverse`: to the matches, from resources of type
    `source`); `targets`: the types they lead to, of those that are here."""

    source: str
    places: tuple[Place, ...]
    targets: tuple[str, ...]
    reverse: bool


def inclusion(catalogue: Catalogue, types: Collection[str], type_: str, name: str, value: str) -> Inclusion | None:
    """The inclusion that a parameter asks for; None for one that this type does not have. Failure 400 for one that goes
    on from what it includes."""
    word, _, modifier = name.partition(":")
    if modifier in ("iterate", "recurse"):
        raise failure("too-costly", f"{word} follows references once: :{modifier} is not answered.")
    if modifier:
        raise unsupported(f"The modifier :{modifier[:60]} of {word} is not supported: leave it out.")
    source, _, rest = value.partition(":")
    code, _, target = rest.partition(":")
    reverse = word == "_revinclude"
    if source not in types or (source != type_ and not reverse):
        return None
    known = _targets(catalogue, types, source, code)
    wanted = tuple(each for each in known if each == target or not target)
    if not wanted or (reverse and type_ not in wanted):
        return None
    sought = catalogue.of(source)[code]
    return Inclusion(source, sought.places, (type_,) if reverse else wanted, reverse)


def includes(catalogue: Catalogue, types: Collection[str], type_: str) -> Iterator[str]:
    """Yield what can be included with resources of a type: `Observation:subject`."""
    for code in catalogue.of(type_):
        if _targets(catalogue, types, type_, code):
            yield f"{type_}:{code}"


def revincludes(catalogue: Catalogue, types: Collection[str], type_: str) -> Iterator[str]:
    """Yield what can be included that refers to resources of a type."""
    for source in types:
        for code in catalogue.of(source):
            if type_ in _targets(catalogue, types, source, code):
                yield f"{source}:{code}"


def _targets(catalogue: Catalogue, types: Collection[str], source: str, code: str) -> tuple[str, ...]:
    sought = catalogue.of(source).get(code)
    if sought is None or sought.parameter.type != "reference" or not _refers(sought.places):
        return ()
    return tuple(each for each in types if not sought.targets or each in sought.targets)


def _refers(places: tuple[Place, ...]) -> bool:
    return any(leaf.type == "Reference" for place in places for leaf in place.leaves)
