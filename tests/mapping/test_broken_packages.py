"""A package that is damaged anywhere: it compiles, or is refused with file and line. Nothing else happens."""

from __future__ import annotations

import copy
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from adapter.errors import DefinitionError, Fault
from adapter.mapping.study import load_study
from tests.mapping.foreign import nodes
from tests.studies import FOLDERS

FEW = settings(
    max_examples=60,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
SCRAPS = st.sampled_from(
    [
        None,
        True,
        0,
        -7,
        "",
        "{",
        "{subject}",
        "{=volume}",
        "{given!}",
        "final",
        [],
        [[]],
        {},
        {"each": "comments"},
        {"a": []},
        "urn:x",
        "~",
        ["{arm}", 1],
    ]
)
FILES = ("forms", "codelists", "maps", "sites", "study.yaml", "names.yaml")


def files(folder: Path) -> Iterator[Path]:
    for name in FILES:
        path = folder / name
        yield from sorted(path.glob("*.yaml")) if path.is_dir() else [path] if path.exists() else []


@pytest.mark.parametrize("name", ["harbor", "sleep", "pocket"])
@FEW
@given(draw=st.data())
def test_a_damaged_package_is_refused_with_file_and_line_or_compiles(name: str, draw: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(shutil.copytree(FOLDERS[name], Path(scratch) / name))
        for _ in range(draw.draw(st.integers(1, 2))):
            path = draw.draw(st.sampled_from(list(files(folder))))
            content = damaged(draw, yaml.safe_load(path.read_text(encoding="utf-8")))
            path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
        found = faults(folder)
    assert all(fault.file and fault.line >= 1 and fault.why for fault in found), found


def faults(folder: Path) -> Sequence[Fault]:
    try:
        load_study(folder)
    except DefinitionError as refused:
        return refused.faults
    return ()


def damaged(draw: st.DataObject, content: Any) -> Any:
    """Return the content with one value replaced by a scrap, or one key misspelt."""
    copied = copy.deepcopy(content)
    found = draw.draw(st.sampled_from([one for one in nodes(copied) if one]))
    if isinstance(found, list):
        found[draw.draw(st.integers(0, len(found) - 1))] = draw.draw(SCRAPS)
        return copied
    key = draw.draw(st.sampled_from(list(found)))
    if draw.draw(st.booleans()):
        found[key] = draw.draw(SCRAPS)
    else:
        found[f"{key}x"] = found.pop(key)
    return copied
