from adapter.fhir.generation import terminology
from adapter.fhir.generation.package import Published
from adapter.fhir.table import FOLDER

WHOLE = {
    "resourceType": "CodeSystem",
    "url": "colours",
    "version": "1",
    "content": "complete",
    "identifier": [{"system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2.3"}, {"value": "colours"}],
    "property": [{"code": "warm"}],
    "concept": [
        {
            "code": "red",
            "display": "Red",
            "property": [{"code": "warm", "valueBoolean": True}],
            "concept": [{"code": "crimson", "display": "Crimson", "designation": [{"value": "Karmesin"}]}],
        },
        {"code": "blue"},
    ],
}
PART = {
    "resourceType": "CodeSystem",
    "url": "part",
    "content": "fragment",
    "caseSensitive": True,
    "concept": [{"code": "x"}],
}
NAMES = {"resourceType": "CodeSystem", "url": "names", "content": "supplement", "concept": [{"code": "red"}]}
OPEN = {
    "resourceType": "ValueSet",
    "url": "open",
    "compose": {
        "lockedDate": "2020-01-01",
        "inactive": False,
        "include": [
            {"system": "elsewhere", "filter": [{"property": "p", "op": "=", "value": "v"}]},
            {"system": "colours", "concept": [{"code": "red", "display": "Red"}]},
        ],
    },
}
CLOSED = {"resourceType": "ValueSet", "url": "closed", "compose": {"include": [{"system": "colours"}]}}


def published():
    found = Published()
    for resource in (WHOLE, PART, NAMES, OPEN, CLOSED):
        found.add(resource)
    return found


def test_a_complete_system_is_kept_beside_its_codes():
    assert terminology.concepts(published())["colours"] == {
        "version": "1",
        "declared": ["warm"],
        "displays": ["Red", ["Crimson", "Karmesin"], []],
        "parents": {"1": [0]},
        "properties": {"0": [["warm", "true"]]},
    }


def test_a_system_in_part_is_kept_with_its_codes():
    assert terminology.concepts(published())["part"] == {
        "version": None,
        "case": True,
        "codes": ["x"],
        "displays": [[]],
    }


def test_a_supplement_has_no_codes_of_its_own():
    assert "names" not in terminology.concepts(published())


def test_a_value_set_that_cannot_be_enumerated_is_kept_as_it_is_composed():
    assert terminology.compositions(published()) == {
        "open": {
            "inactive": False,
            "include": [
                {"system": "elsewhere", "filter": [{"property": "p", "op": "=", "value": "v"}]},
                {"system": "colours", "concept": [{"code": "red"}]},
            ],
        }
    }


def test_a_system_is_kept_by_its_oids():
    assert terminology.oids(published()) == {"urn:oid:1.2.3": "colours"}


def test_the_value_set_beyond_a_looser_one_is_kept():
    more = {"extension": [{"url": terminology.MAXIMUM, "valueCanonical": "all|1"}, {"url": "other"}]}
    elements = [{"path": "A"}, {"path": "A.b", "binding": {"valueSet": "some|1", "strength": "preferred", **more}}]
    found = published()
    found.add({"resourceType": "StructureDefinition", "url": "A", "snapshot": {"element": elements}})
    assert terminology.maximums(found) == {"some": "all"}


def test_the_files_are_those_that_are_read():
    files = {"concepts.ndjson", "compositions.ndjson", "oids.ndjson", "maximums.ndjson"}
    assert set(terminology.tables(published())) == files
    assert [name for name in files if not (FOLDER / name).is_file()] == []
