from __future__ import annotations

import pytest

from adapter.intake.draft import below


@pytest.mark.parametrize(
    ("where", "expression", "expected"),
    [
        ("", "Observation.status", "Observation.status"),
        ("Bundle.entry[2].resource", "Observation.status", "Bundle.entry[2].resource.status"),
        ("Bundle.entry[2].resource", "Observation", "Bundle.entry[2].resource"),
        ("Bundle.entry[2].resource", None, "Bundle.entry[2].resource"),
        ("", None, None),
    ],
)
def test_an_expression_is_told_from_where_its_resource_stands(
    where: str, expression: str | None, expected: str | None
) -> None:
    assert below(where, expression) == expected
