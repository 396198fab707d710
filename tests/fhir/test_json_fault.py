import pytest

from adapter.fhir import json_fault
from adapter.fhir.syntax import FhirSyntaxError


def test_a_repeated_key_is_one_of_the_same_object_only():
    json_fault.refuse_repeated_key('{"a":{"a":1},"b":[{"a":1},{"a":2}],"c":"a"}')
    with pytest.raises(FhirSyntaxError) as refused:
        json_fault.refuse_repeated_key('{"b":[{"a":1,\n"a":2}]}')
    assert (refused.value.line, refused.value.column) == (2, 1)


def test_brackets_in_texts_are_no_depth():
    assert json_fault.too_deep('["[[["]').line is None


def test_a_whole_surrogate_pair_is_no_half_character():
    assert json_fault._lone_surrogate(r'"\ud83d\ude00"') is None
    assert json_fault._lone_surrogate(r'"\\ud83d"') is None
    found = json_fault._lone_surrogate(r'["\ud83d\ude00", "\ude00"]')
    assert found is not None
    assert found.column == 19
