from hypothesis import given
from hypothesis import strategies as st

from adapter.files.seen import Seen


@given(st.lists(st.lists(st.sampled_from("abcdefg"), max_size=6), max_size=6))
def test_a_key_that_comes_again_is_told_with_the_place_where_it_came_first(batches: list[list[str]]) -> None:
    first, number = dict[str, str](), 0
    with Seen() as seen:
        for batch in batches:
            pairs = [(key, str(number + position)) for position, key in enumerate(batch)]
            expected = {}
            for position, (key, place) in enumerate(pairs):
                if key in first:
                    expected[position] = first[key]
                first.setdefault(key, place)
            assert seen.add(pairs) == expected
            number += len(batch)
