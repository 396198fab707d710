"""Write the R4 table from published packages.

    python -m adapter.fhir.generate PACKAGE.tgz [MORE.tgz] [--check]

The first package is hl7.fhir.r4.core 4.0.1; others add extensions, value sets and code systems. With
`--check` nothing is written and the exit status is 1 when the committed table is not what they give.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from adapter.fhir import table
from adapter.fhir.generation import expansion, extension, package, profile, search_parameter, structure, terminology


def tables(packages: Sequence[Path]) -> dict[str, bytes]:
    """Return the table's files by name, as these packages make them."""
    published = package.read(packages)
    entries = {
        "types.ndjson": structure.rows(published),
        "extensions.ndjson": extension.rows(published),
        "profiles.ndjson": profile.rows(published),
        "value_sets.ndjson": value_sets(published),
        "code_systems.ndjson": code_systems(published),
        "search_types.ndjson": search_types(published),
        **terminology.tables(published),
        "search_parameters.ndjson": search_parameter.rows(published),
        "compartments.ndjson": search_parameter.compartments(published),
    }
    return {name: table.render(rows) for name, rows in entries.items()}


def code_systems(published: package.Published) -> dict[str, Any]:
    """Return the complete code systems by url: {"codes": [...], "case": true where case matters}."""
    return {
        url: {
            "codes": [concept.code for concept in expansion.concepts(system)],
            "case": system.get("caseSensitive", False),
        }
        for url, system in sorted(published.code_systems.items())
        if expansion.is_complete(system)
    }


def search_types(published: package.Published) -> dict[str, Any]:
    """Return the search parameters by url: {"type": "token", "base": ["Patient"]}."""
    return {
        url: {"type": stated.get("type"), "base": stated.get("base", [])}
        for url, stated in sorted(published.search_parameters.items())
    }


def value_sets(published: package.Published) -> dict[str, Any]:
    """Return the enumerable value sets by url: {system: [code...]}, with null for all codes of a system."""
    found: dict[str, Any] = {}
    for url in sorted(published.value_sets):
        try:
            codes = expansion.expand(url, published)
        except expansion.NotEnumerable:
            continue
        found[url] = {system: _in_order(system, chosen, published) for system, chosen in codes.items()}
    return found


def _in_order(system: str, chosen: set[str], published: package.Published) -> list[str] | None:
    """Return the codes in their system's order, or None when they are all it has."""
    definition = published.code_systems.get(system)
    if definition is None or not expansion.is_complete(definition):
        return sorted(chosen)
    every = [concept.code for concept in expansion.concepts(definition)]
    if chosen == set(every):
        return None
    return [*(code for code in every if code in chosen), *sorted(chosen.difference(every))]


def stale(made: dict[str, bytes], folder: Path) -> list[str]:
    """Return the names of the files that differ from what was made."""
    kept = {path.name: path.read_bytes() for path in folder.glob("*")}
    return [name for name, raw in made.items() if kept.get(name) != raw]


def write(made: dict[str, bytes], folder: Path) -> None:
    """Write the files into a folder, which is made when it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, raw in made.items():
        (folder / name).write_bytes(raw)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m adapter.fhir.generate", description=__doc__)
    parser.add_argument("packages", nargs="+", type=Path, metavar="PACKAGE.tgz")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when it is not current")
    parser.add_argument("--folder", type=Path, default=table.FOLDER, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    made = tables(chosen.packages)
    if not chosen.check:
        write(made, chosen.folder)
        return 0
    different = stale(made, chosen.folder)
    if different:
        sys.stderr.write(f"not current: {', '.join(different)}; run the command again without --check\n")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
