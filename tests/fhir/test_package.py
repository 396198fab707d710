import gzip
from pathlib import Path

import pytest

from adapter.errors import DefinitionError, UsageError
from adapter.fhir import package
from tests.fhir.packages import archive, folder

CONTENTS = {"package.json": "{}", "StructureDefinition-a.json": '{"a": 1}', "other/b.json": "{}", "c.txt": "no"}


def names(source):
    return [Path(file.name).name for file in source.files()]


def test_an_archive_gives_the_files_of_its_package_folder(tmp_path):
    found = package.source(archive(tmp_path / "x.tgz", CONTENTS))
    assert names(found) == ["StructureDefinition-a.json", "package.json"]
    assert found.files()[0].raw == b'{"a": 1}'
    assert found.files()[0].name == f"{tmp_path}/x.tgz/StructureDefinition-a.json"


def test_what_lies_outside_of_the_package_folder_is_no_definition(tmp_path):
    assert names(package.source(archive(tmp_path / "x.tgz", CONTENTS, inner="package/example"))) == []


def test_an_unpacked_package_is_its_folder_or_that_which_holds_it(tmp_path):
    folder(tmp_path / "outer" / "package", CONTENTS)
    assert names(package.source(tmp_path / "outer")) == ["StructureDefinition-a.json", "package.json"]
    assert names(package.source(tmp_path / "outer" / "package")) == ["StructureDefinition-a.json", "package.json"]


def test_a_folder_without_a_manifest_gives_all_that_lies_below_but_what_is_hidden(tmp_path):
    folder(tmp_path, {"a.json": "{}", "deep/b.xml": "<a/>", ".git/c.json": "{}", ".d.json": "{}", "e.md": ""})
    assert names(package.source(tmp_path)) == ["a.json", "b.xml"]


def test_one_file_is_a_source(tmp_path):
    (tmp_path / "one.json").write_text("{}")
    assert names(package.source(tmp_path / "one.json")) == ["one.json"]


def test_what_is_not_there_is_a_wrong_call(tmp_path):
    with pytest.raises(UsageError, match="No such file"):
        package.source(tmp_path / "none.tgz")


@pytest.mark.parametrize(
    "raw",
    [b"", b"no archive", gzip.compress(b"no tar at all" * 99, mtime=0), gzip.compress(b"x", mtime=0)[:-4]],
    ids=["empty", "no gzip", "no tar", "cut"],
)
def test_an_archive_that_cannot_be_read_is_refused_with_its_name(tmp_path, raw):
    (tmp_path / "x.tgz").write_bytes(raw)
    found = package.source(tmp_path / "x.tgz")
    with pytest.raises(DefinitionError, match=r"x\.tgz:1: no package that can be read"):
        package.manifest(found.files())


def test_a_cut_off_archive_is_refused(tmp_path):
    whole = archive(tmp_path / "x.tgz", {f"{number}.json": str(number) * 500 for number in range(40)}).read_bytes()
    (tmp_path / "x.tgz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DefinitionError, match="no package that can be read"):
        package.source(tmp_path / "x.tgz").files()


@pytest.mark.parametrize(("limit", "name"), [("MAX_FILE", "a.json"), ("MAX_PACKAGE", "x.tgz")])
def test_more_than_a_package_can_hold_is_refused(tmp_path, monkeypatch, limit, name):
    path = archive(tmp_path / "x.tgz", {"a.json": "1" * 5000, "b.json": "2" * 5000})
    monkeypatch.setattr(package, limit, 4000)
    with pytest.raises(DefinitionError, match=f"{name}:1: [0-9]+ bytes: expected at most 4000"):
        package.source(path).files()


@pytest.mark.parametrize(("limit", "name"), [("MAX_FILE", "a.json"), ("MAX_PACKAGE", "pack")])
def test_more_than_a_folder_can_hold_is_refused(tmp_path, monkeypatch, limit, name):
    folder(tmp_path / "pack", {"a.json": "1" * 5000})
    monkeypatch.setattr(package, limit, 4000)
    with pytest.raises(DefinitionError, match=f"{name}:1: 5000 bytes: expected at most 4000"):
        package.source(tmp_path / "pack")


@pytest.mark.parametrize("text", ["[]", "1", "{", '{"a": ' * 100_000])
def test_a_manifest_that_is_no_object_is_refused(text):
    with pytest.raises(DefinitionError, match=r"package\.json:1"):
        package.manifest([package.File("x/package.json", text.encode())])


def test_files_without_a_manifest_say_nothing_of_themselves():
    assert package.manifest([package.File("x/a.json", b"{}")]) == {}
