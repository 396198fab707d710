from __future__ import annotations

import pytest

from adapter.store.records import position


@pytest.mark.parametrize("keys", [["s-W0", "s-W12", "s-W2"], ["s-c1d1", "s-c1d17", "s-c1d7"], ["s-1", "s-10", "s-2"]])
def test_keys_sort_as_a_person_counts(keys: list[str]) -> None:
    assert sorted(keys, key=position) == [keys[0], keys[2], keys[1]]
