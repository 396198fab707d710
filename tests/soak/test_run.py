"""The short form of `make soak`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.soak.run import soak


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")
def test_under_kills_what_is_acknowledged_is_kept_and_every_register_is_linearizable(tmp_path: Path) -> None:
    result = soak(tmp_path, seconds=8, often=1.5, seed=1)
    assert result.faults == []
    assert result.harms
    assert result.counts.get("write ok", 0) > 20
    assert result.counts.get("read ok", 0) > 20
