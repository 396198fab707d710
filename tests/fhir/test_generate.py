import io
import json
import tarfile

import pytest

from adapter.fhir import generate, table

ELEMENT = {"path": "Element", "id": "Element", "min": 0, "max": "*"}


def structure(name, *elements, **more):
    stated = {"resourceType": "StructureDefinition", "url": f"http://x/{name}", "id": name, "type": name}
    kind = {"kind": "complex-type", "abstract": False, "derivation": "specialization"}
    return {**stated, **kind, "snapshot": {"element": list(elements)}, **more}


RESOURCES = [
    structure("Element", ELEMENT),
    structure("Extension", {**ELEMENT, "path": "Extension"}),
    {
        "resourceType": "CodeSystem",
        "url": "http://x/colours",
        "content": "complete",
        "caseSensitive": True,
        "concept": [{"code": "red", "concept": [{"code": "crimson"}]}, {"code": "blue"}],
    },
    {
        "resourceType": "ValueSet",
        "url": "http://x/ValueSet/all",
        "compose": {"include": [{"system": "http://x/colours"}]},
    },
    {
        "resourceType": "ValueSet",
        "url": "http://x/ValueSet/two",
        "compose": {
            "include": [{"system": "http://x/colours", "concept": [{"code": "blue"}, {"code": "crimson"}]}],
        },
    },
    {
        "resourceType": "ValueSet",
        "url": "http://x/ValueSet/elsewhere",
        "compose": {"include": [{"system": "http://elsewhere"}]},
    },
]


@pytest.fixture
def small_package(tmp_path):
    file = tmp_path / "small.tgz"
    with tarfile.open(file, "w:gz") as archive:
        for number, resource in enumerate(RESOURCES):
            raw = json.dumps(resource).encode()
            member = tarfile.TarInfo(f"package/{resource['resourceType']}-{number}.json")
            member.size = len(raw)
            archive.addfile(member, io.BytesIO(raw))
    return file


def test_the_committed_table_is_what_the_published_packages_give(fhir_packages):
    assert generate.stale(generate.tables(fhir_packages), table.FOLDER) == []


def test_check_tells_a_table_that_is_not_current(small_package, tmp_path, capsys):
    folder = tmp_path / "table"
    arguments = [str(small_package), "--folder", str(folder)]
    assert generate.main([*arguments, "--check"]) == 1
    assert "types.ndjson" in capsys.readouterr().err
    assert generate.main(arguments) == 0
    assert generate.main([*arguments, "--check"]) == 0
    (folder / "types.ndjson").write_bytes(b"{}\n")
    assert generate.main([*arguments, "--check"]) == 1


def test_the_table_is_the_same_each_time(small_package):
    assert generate.tables([small_package]) == generate.tables([small_package])


def test_a_value_set_of_a_whole_system_is_stored_without_its_codes(small_package, tmp_path):
    generate.write(generate.tables([small_package]), tmp_path)
    value_sets = table.Table(tmp_path / "value_sets.ndjson")
    assert value_sets.get("http://x/ValueSet/all") == {"http://x/colours": None}
    assert value_sets.get("http://x/ValueSet/two") == {"http://x/colours": ["crimson", "blue"]}
    assert "http://x/ValueSet/elsewhere" not in value_sets
    systems = table.Table(tmp_path / "code_systems.ndjson")
    assert systems.get("http://x/colours") == {"codes": ["red", "crimson", "blue"], "case": True}
