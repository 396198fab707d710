"""Every fault of a map that the compiler knows: where it stands, why it is one, and all of them at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from adapter.errors import DefinitionError
from adapter.mapping.study import load_study

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "refusals.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["name"])
def test_a_map_is_refused_with_all_its_faults(case: dict[str, Any], tmp_path: Path) -> None:
    assert case.keys() <= {"name", "files", "map", "faults"}
    files = {**CASES["package"], **case.get("files", {}), "maps/visit.yaml": case["map"]}
    with pytest.raises(DefinitionError) as refused:
        load_study(written(tmp_path, files))
    told = [str(fault) for fault in refused.value.faults]
    assert all(any(one.startswith(expected) for one in told) for expected in case["faults"]), told
    assert len(told) == len(case["faults"]), told


def written(folder: Path, files: dict[str, str]) -> Path:
    """Write the files of a package and return its folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder
