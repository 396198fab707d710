from __future__ import annotations

import pytest

from adapter.crf.faults import Faults, spell, text, word
from adapter.crf.strict_yaml import loads
from adapter.errors import DefinitionError


def test_faults_are_told_sorted_and_once() -> None:
    faults = Faults()
    where = loads(b"a: 1\nb: 2\n", "x.yaml")
    faults.at(where, "b", "second")
    faults.at(where, "a", "first")
    faults.at(where, "b", "second")
    with pytest.raises(DefinitionError) as caught:
        faults.done()
    assert str(caught.value) == "x.yaml:1: first\nx.yaml:2: second"


def test_without_a_fault_nothing_happens() -> None:
    Faults().done()


def test_yaml_values_are_spelled_as_they_are_written() -> None:
    assert [word(key) for key in (None, True, "a")] == ["~", "true", "a"]
    assert [text(value) for value in (3, True, "a", None, [])] == ["3", "true", "a", None, None]
    assert [spell(value) for value in ([], {}, None, 3)] == ["a list", "a mapping", "nothing", "'3'"]
