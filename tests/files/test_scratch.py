from __future__ import annotations

import sqlite3

import pytest

from adapter.files.scratch import Scratch


def test_a_scratch_database_is_closed_when_the_block_ends_even_by_an_error() -> None:
    def broken(scratch: Scratch) -> None:
        with scratch:
            scratch._database.execute("INSERT INTO t VALUES (1)")
            raise KeyError

    scratch = Scratch("t (a INTEGER)")
    with pytest.raises(KeyError):
        broken(scratch)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        scratch._database.execute("SELECT * FROM t")
