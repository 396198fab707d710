from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import adapter
from adapter.store.shapes import OPEN
from adapter.store.sight import BLIND, Sight

STORE = Path(adapter.__file__).parent / "store"
API = Path(adapter.__file__).parent / "api"

READING = (
    "everything",
    "history",
    "reading",
    "record_history",
    "search",
    "search_inclusion",
    "search_records",
    "search_statement",
)
"""The modules of the store from which what is stored reaches a reader; the others write, or prove."""

ROWS = {"resource", "record"}
"""The tables whose rows may be hidden."""


HIDING_NOTHING = {module: [] for module in READING} | {"record_history": ["packages_of", "arrivals_of", "holds_openly"]}
"""Functions whose rows tell of no record."""


def functions(module: str) -> Iterator[ast.FunctionDef]:
    tree = ast.parse((STORE / f"{module}.py").read_text(encoding="utf-8"))
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def takes_sight(function: ast.FunctionDef) -> bool:
    return "sight" in [argument.arg for argument in function.args.args]


def runs(function: ast.FunctionDef) -> bool:
    """True if a function runs statements: it is given what runs them."""
    return not {"connection", "engines"}.isdisjoint(argument.arg for argument in function.args.args)


@pytest.mark.parametrize("module", READING)
def test_nothing_is_read_for_somebody_without_a_sight(module: str) -> None:
    assert [each.name for each in functions(module) if runs(each) and not takes_sight(each)] == HIDING_NOTHING[module]


def test_no_other_module_reads_rows_that_may_be_hidden() -> None:
    """Each module that names these tables reads with a sight, builds for one that does, writes, or proves."""
    building = {"search_condition", "search_order", "sight"}
    writing = {"index_keeping", "provenance", "records", "resources", "store", "submissions", "verify_versions"}
    importing = {path.stem for path in STORE.glob("*.py") if names(path) & ROWS}
    assert importing - building - writing - set(READING) == set()


def names(path: Path) -> set[str]:
    """What a module imports from the schema."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {alias.name for node in imported if node.module == "adapter.store.schema" for alias in node.names}


def test_the_service_makes_its_sight_in_one_place() -> None:
    made = {
        path.stem
        for path in API.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and node.id in ("Sight", "BLIND")
    }
    assert made == {"policy"}


def text(sight: Sight) -> str:
    bound = sight.resources().compile(compile_kwargs={"literal_binds": True})
    return f"{bound} | {sight.records().compile(compile_kwargs={'literal_binds': True})}"


def test_a_blinded_reader_sees_what_is_open() -> None:
    assert "NOT resource.restricted" in text(BLIND) or "resource.restricted = " in text(BLIND)
    assert f"record.part = '{OPEN}'" in text(BLIND)
    assert "restricted" not in text(Sight(restricted=True))


def test_a_reader_of_some_sites_sees_no_subject_of_which_no_site_is_known() -> None:
    found = text(Sight(sites=frozenset({"01"})))
    assert "resource.subject IS NULL" in found
    assert "record.subject IS NULL" in found
