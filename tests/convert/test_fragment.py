from decimal import Decimal

from adapter.convert.fragment import Gathered, Met, unpacked
from adapter.crf.record import Absent
from adapter.mapping.reading import Reading
from adapter.mapping.residue import Residue
from adapter.outcome import Issue, Place


def test_a_reading_is_unpacked_as_it_was_packed() -> None:
    place = Place("a.ndjson", line=3, row=2)
    issue = Issue("warning", "value", "x", place=place)
    record = {"volume": Decimal("1.10"), "kit": Absent("masked"), "day": 1}
    reading = Reading(
        "injection", ("01-001", 1), record, [Residue("X.y", {"z": [1]})], ["X.name"], [issue], {}, {}, "X"
    )
    gathered = Gathered()
    gathered.add(reading, place, {"resourceType": "X"})
    (fragments,) = gathered.packed()
    (met,) = unpacked([fragments.packed])
    assert (fragments.form, fragments.key) == ("injection", "01-001 1")
    assert met == Met(reading, place, {"resourceType": "X"})
    assert str(met.reading.record["volume"]) == "1.10"
