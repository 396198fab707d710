"""Mutants of the validator: a check that finds nothing; a comparison, an `and`, a `not` turned round.

python -m tests.validation.mutation bounds slicing   # those of these modules that no case tells; of all without names

A mutant's module is compiled anew and all of adapter.validation imported around it, so that nothing of the sound
one is left. test_mutation.py holds each check to a case that misses it; the finer mutants are for a look now
and then: what survives is mostly a short way to the same verdict, or a number one off that means the same.
"""

from __future__ import annotations

import ast
import importlib
import importlib.abc
import importlib.machinery
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from adapter.fhir.conformance import Definitions, load_definitions
from tests.validation.cases import Case, cases
from tests.validation.test_cases import written

PACKAGE = "adapter.validation"
FOLDER = Path(__file__).parents[2] / "adapter" / "validation"
LONGEST = 20
"""Seconds after which a mutant is taken to hang, which is as good as told."""

TURNED: dict[type, type] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
}


@dataclass(frozen=True)
class Mutant:
    module: str  # below adapter.validation
    line: int
    says: str
    code: CodeType

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.says}"


def mutants(module: str) -> Iterator[Mutant]:
    """Yield the mutants of a module."""
    path = FOLDER / f"{module.replace('.', '/')}.py"
    source = path.read_text(encoding="utf-8")
    for place in range(len(list(_places(ast.parse(source))))):
        tree = ast.parse(source)
        node, turn = list(_places(tree))[place]
        line, before = node.lineno, ast.unparse(node)
        turn()
        yield Mutant(module, line, f"{before}  ->  {ast.unparse(node)}", compile(tree, str(path), "exec"))


NOTHING = {
    "Check": "lambda value, scope: None",
    "Found": "None",
    "Finding | None": "None",
    "Iterator[Fault]": "iter(())",
    "Iterator[Finding]": "iter(())",
    "Iterator[tuple[int, Finding]]": "iter(())",
    "list[Check]": "[]",
    "list[Finding]": "[]",
    "tuple[Check, ...]": "()",
    "tuple[Finding, ...]": "()",
}
"""What a function that finds something, or makes what does, returns when it finds nothing, by its annotation."""


def silenced(module: str) -> Iterator[Mutant]:
    """Yield a mutant for each check of a module: it finds nothing."""
    path = FOLDER / f"{module.replace('.', '/')}.py"
    source = path.read_text(encoding="utf-8")
    for place, function in enumerate(_checks(ast.parse(source))):
        tree = ast.parse(source)
        found = _checks(tree)[place]
        nothing = NOTHING[ast.unparse(found.returns)]
        found.body = ast.parse(f"return {nothing}").body
        code = compile(ast.fix_missing_locations(tree), str(path), "exec")
        yield Mutant(module, function.lineno, f"{function.name} finds nothing", code)


def _checks(tree: ast.Module) -> list[Any]:
    """The functions and methods that find something or make what does; not those within others."""
    tops = [each for top in tree.body for each in (top.body if isinstance(top, ast.ClassDef) else [top])]
    functions = [each for each in tops if isinstance(each, ast.FunctionDef) and each.returns is not None]
    return [each for each in functions if NOTHING.get(ast.unparse(each.returns)) is not None]


def modules() -> list[str]:
    """The modules of the validator, by their names below adapter.validation."""
    every = sorted(path.relative_to(FOLDER).with_suffix("") for path in FOLDER.rglob("*.py"))
    return [".".join(path.parts) for path in every]


def _places(tree: ast.Module) -> Iterator[tuple[Any, Any]]:
    skipped = {
        id(node) for top in ast.walk(tree) if isinstance(top, ast.If) and _is_typing(top) for node in ast.walk(top)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Compare) and type(node.ops[0]) in TURNED:
            yield node, lambda node=node: node.ops.__setitem__(0, TURNED[type(node.ops[0])]())
        elif isinstance(node, ast.BoolOp):
            yield node, lambda node=node: setattr(node, "op", TURNED[type(node.op)]())
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield node, lambda node=node: _affirm(node)


def _affirm(node: ast.UnaryOp) -> None:
    """`not x` becomes `not not x`: whether x is true."""
    node.operand = ast.UnaryOp(ast.Not(), node.operand, lineno=node.lineno, col_offset=node.col_offset)


def _is_typing(node: ast.If) -> bool:
    return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


class _Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from a mutant's code."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant
        self.name = f"{PACKAGE}.{mutant.module}".removesuffix(".__init__")

    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        package = [str(FOLDER / name.rpartition(".")[2])] if self.mutant.module.endswith("__init__") else None
        spec = importlib.machinery.ModuleSpec(name, self, is_package=package is not None)
        spec.submodule_search_locations = package
        return spec

    def exec_module(self, module: ModuleType) -> None:
        exec(self.mutant.code, module.__dict__)  # our own source, turned round


@contextmanager
def living(mutant: Mutant) -> Iterator[ModuleType]:
    """Import the validator with a mutant in it; afterwards everything is as it was."""
    kept = {name: each for name, each in sys.modules.items() if name.startswith(PACKAGE)}
    for name in kept:
        del sys.modules[name]
    finder = _Mutated(mutant)
    sys.meta_path.insert(0, finder)
    try:
        yield importlib.import_module(f"{PACKAGE}.validator")
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
            del sys.modules[name]
        sys.modules.update(kept)
        sys.modules["adapter"].validation = kept[PACKAGE]  # type: ignore[attr-defined]


@cache
def definitions(case_definitions: tuple[bytes, ...]) -> Definitions:
    folder = Path(tempfile.mkdtemp())
    paths = [folder / f"{place}.json" for place in range(len(case_definitions))]
    for path, raw in zip(paths, case_definitions, strict=True):
        path.write_bytes(raw)
    return load_definitions(*paths)


@cache
def every_case() -> list[tuple[Case, tuple[bytes, ...]]]:
    return [(case, written(case.definitions)) for case in cases()]


def killer(mutant: Mutant, first: Sequence[str] = ()) -> str | None:
    """Return the case that tells a mutant, or None; cases of the rules in `first` are tried before others."""
    ordered = sorted(every_case(), key=lambda each: each[0].rule not in first)
    signal.signal(signal.SIGALRM, _hanging)
    signal.alarm(LONGEST)
    try:
        with living(mutant) as module:
            validators: dict[tuple[bytes, ...], Any] = {}
            for case, raws in ordered:
                held = validators.setdefault(raws, None) or module.Validator(definitions(raws))
                validators[raws] = held
                if case.found(held) != sorted(case.stated["issues"]):
                    return str(case)
    except Exception as fault:  # a mutant that crashes is told as well
        return f"{type(fault).__name__}: {fault}"
    finally:
        signal.alarm(0)
    return None


def _hanging(*_: Any) -> None:
    raise TimeoutError("it hangs")


def main(names: list[str]) -> None:
    for name in names or modules():
        told = [(mutant, killer(mutant)) for mutant in (*silenced(name), *mutants(name))]
        survivors = [mutant for mutant, by in told if by is None]
        sys.stdout.write(f"{name}: {len(told) - len(survivors)} of {len(told)} told\n")
        sys.stdout.writelines(f"    {mutant}\n" for mutant in survivors)
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
