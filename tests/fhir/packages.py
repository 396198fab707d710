"""Sources of definitions for the tests: archives, folders and files."""

import io
import json
import tarfile

MANIFEST = {
    "name": "x.study",
    "version": "1.0.0",
    "canonical": "https://x.example",
    "fhirVersions": ["4.0.1"],
    "dependencies": {"hl7.fhir.r4.core": "4.0.1"},
}


def files(*resources, manifest=None):
    """The files of a package by name."""
    found = {
        f"{each['resourceType']}-{number}.json": json.dumps(each, indent=1) for number, each in enumerate(resources)
    }
    return {"package.json": json.dumps(MANIFEST if manifest is None else manifest), **found}


def folder(path, contents):
    """Write files into a folder."""
    path.mkdir(parents=True, exist_ok=True)
    for name, text in contents.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, encoding="utf-8")
    return path


def archive(path, contents, inner="package"):
    """Write files into a .tgz, below the folder that packages have."""
    with tarfile.open(path, "w:gz") as written:
        for name, text in contents.items():
            raw = text.encode()
            member = tarfile.TarInfo(f"{inner}/{name}")
            member.size = len(raw)
            written.addfile(member, io.BytesIO(raw))
    return path
