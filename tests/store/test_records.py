from __future__ import annotations

import pytest

from adapter.store.records import position


@pytest.mark.parametrize(
    "keys", [["s-W0", "s-W2", "s-W12"], ["s-c1d1", "s-c1d7", "s-c2d1"], ["s-1", "s-2", "s-10"]]
)
def test_keys_sort_as_a_person_counts(keys: list[str]) -> None:
    assert sorted(reversed(keys), key=position) == keys
