from __future__ import annotations

from adapter.crf.nearest import hint, nearest


def test_case_and_hyphens_do_not_count() -> None:
    assert nearest("Deltoid_Left", ["deltoid-left", "deltoid-right"]) == "deltoid-left"


def test_what_is_like_nothing_lists_what_there_is() -> None:
    assert nearest("x", ["volume"]) is None
    assert hint("x", ["a", "b"]) == "; known: a, b"
    assert hint("x", []) == ""
    assert hint("zzz", [f"item{n}" for n in range(20)]).endswith("item11, …")
