from hypothesis import given
from hypothesis import strategies as st

from adapter.files.spill import Fragments, Spill

pieces = st.tuples(st.sampled_from(["visit", "diary"]), st.sampled_from("abc"), st.binary(max_size=3))


@given(st.lists(st.lists(pieces, max_size=5), max_size=5))
def test_fragments_come_back_by_record_in_order_of_first_appearance(
    batches: list[list[tuple[str, str, bytes]]],
) -> None:
    expected = dict[tuple[str, str], list[bytes]]()
    with Spill() as spill:
        for batch in batches:
            spill.add([Fragments(*piece) for piece in batch])
            for form, key, packed in batch:
                expected.setdefault((form, key), []).append(packed)
        assert [((form, key), packed) for form, key, packed in spill.records()] == list(expected.items())
        assert spill.forms() == tuple(dict.fromkeys(form for form, _ in expected))
        assert len(spill) == len(expected)
