import io
import json
import tarfile

import pytest

from adapter.fhir.generation import package


def write(file, members):
    with tarfile.open(file, "w:gz") as archive:
        for name, resource in members.items():
            raw = json.dumps(resource).encode()
            member = tarfile.TarInfo(name)
            member.size = len(raw)
            archive.addfile(member, io.BytesIO(raw))
    return file


def value_set(url, **more):
    return {"resourceType": "ValueSet", "url": url, **more}


def test_definitions_are_read_in_the_order_of_their_names(tmp_path):
    members = {"package/ValueSet-b.json": value_set("b"), "package/ValueSet-a.json": value_set("a")}
    found = package.resources(write(tmp_path / "p.tgz", members))
    assert [resource["url"] for resource in found] == ["a", "b"]


def test_only_definitions_of_the_package_itself_are_read(tmp_path):
    members = {
        "package/package.json": {"name": "x"},
        "package/SearchParameter-x.json": {"resourceType": "SearchParameter", "url": "x"},
        "package/other/ValueSet-x.json": value_set("x"),
        "../ValueSet-x.json": value_set("x"),
        "package/ValueSet-y.json": value_set("y"),
    }
    published = package.read([write(tmp_path / "p.tgz", members)])
    assert list(published.value_sets) == ["y"]


def test_the_first_package_that_has_a_url_wins(tmp_path):
    first = write(tmp_path / "1.tgz", {"package/ValueSet-a.json": value_set("a", version="1")})
    second = write(tmp_path / "2.tgz", {"package/ValueSet-a.json": value_set("a", version="2")})
    assert package.read([first, second]).value_sets["a"]["version"] == "1"


def test_a_file_that_is_no_package_is_refused(tmp_path):
    (tmp_path / "p.tgz").write_bytes(b"no archive")
    with pytest.raises(tarfile.TarError):
        package.read([tmp_path / "p.tgz"])
