import json
import os
from pathlib import Path

import pytest

from adapter.fhir import cache, package
from adapter.fhir.cache import Cached

MADE = Cached(b'{"a":[0,1]}\n1\n', ("https://x.example/",))


@pytest.fixture
def sources(tmp_path):
    (tmp_path / "one.json").write_text("{}")
    return [package.source(tmp_path / "one.json")]


def made_anew(sources, home):
    """What the cache gives, and how often it had to be made."""
    calls = []

    def make(given):
        calls.append(given)
        return MADE

    return cache.kept(sources, home, make), len(calls)


def test_what_was_made_once_is_kept(sources, tmp_path):
    assert made_anew(sources, tmp_path / "home") == (MADE, 1)
    assert made_anew(sources, tmp_path / "home") == (MADE, 0)


def test_without_a_folder_nothing_is_kept(sources):
    assert made_anew(sources, None) == (MADE, 1)
    assert made_anew(sources, None) == (MADE, 1)


def test_a_change_of_a_source_makes_it_anew_and_leaves_no_old_state(sources, tmp_path):
    home = tmp_path / "home"
    made_anew(sources, home)
    (tmp_path / "one.json").write_text("[]")
    changed = [package.source(tmp_path / "one.json")]
    assert made_anew(changed, home) == (MADE, 1)
    assert made_anew(changed, home) == (MADE, 0)
    assert len(list(home.iterdir())) == 1


def test_another_version_of_crfhir_makes_it_anew(sources, tmp_path, monkeypatch):
    made_anew(sources, tmp_path / "home")
    (tmp_path / "__init__.py").write_text('__version__ = "99"')
    monkeypatch.setattr(cache, "CRFHIR", tmp_path / "__init__.py")
    assert made_anew(sources, tmp_path / "home") == (MADE, 1)


def test_names_and_bytes_cannot_be_moved_between_files():
    def sourced(name, raw):
        return cache.digest([package.Source("s", (package.File(name, raw),))])

    assert sourced("ab", b"c") != sourced("a", b"bc")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: b"",
        lambda raw: raw[:-1],
        lambda raw: raw.replace(b"[0,1]", b"[0,2]"),
        lambda raw: b"[]\n" + raw,
        lambda raw: b"{}\n" + raw,
        lambda raw: b"[" * 100_000 + raw,
        lambda raw: b"\xff" + raw,
        lambda raw: json.dumps({"made_of": 1, "table": 2, "canonicals": 3}).encode() + b"\n",
    ],
)
def test_a_cache_that_was_spoiled_is_made_anew(sources, tmp_path, spoil):
    made_anew(sources, tmp_path)
    (file,) = tmp_path.glob("definitions-*")
    file.write_bytes(spoil(file.read_bytes()))
    assert made_anew(sources, tmp_path) == (MADE, 1)
    assert made_anew(sources, tmp_path) == (MADE, 0)


def test_a_folder_that_cannot_be_written_is_no_obstacle(sources, tmp_path):
    (tmp_path / "file").write_text("")
    assert made_anew(sources, tmp_path / "file" / "home") == (MADE, 1)


def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(sources, tmp_path):
    home = tmp_path / "home"
    made_anew(sources, home)
    (file,) = home.iterdir()
    file.unlink()
    file.mkdir()
    (file / "in the way").write_text("")
    assert made_anew(sources, home) == (MADE, 1)
    assert list(home.iterdir()) == [file]


def test_the_folder_is_the_one_stated_or_the_users_own(monkeypatch):
    monkeypatch.setenv("CRFHIR_CACHE", "kept/here")
    assert cache.folder() == Path("kept/here")
    monkeypatch.delenv("CRFHIR_CACHE")
    monkeypatch.setenv("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME", "users")
    assert cache.folder() == Path("users/crfhir")
    monkeypatch.delenv("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/of-a-person")
    assert cache.folder().name == "crfhir"
