"""docs/validation.md names every rule of the validator."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.oracle.report import DOCUMENT

VALIDATION = Path(__file__).parent.parent.parent / "adapter" / "validation"
KEYED = {"error": 2, "warning": 2, "note": 2}
"""Makers of findings, and where among their arguments the rule stands."""

OF_R4 = re.compile(r"[a-z]{2,5}-\d+[a-z]?")


def stated() -> set[str]:
    """The rules that the code names as texts."""
    found = set()
    for path in VALIDATION.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYED:
                rule = node.args[KEYED[node.func.id]] if len(node.args) > KEYED[node.func.id] else None
                if isinstance(rule, ast.Constant):
                    found.add(rule.value)
    return found


def test_the_document_names_every_rule() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert {rule for rule in stated() if not OF_R4.fullmatch(rule) and f"`{rule}`" not in text} == set()
