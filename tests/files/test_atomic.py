import os
from pathlib import Path

import pytest

from adapter.errors import CrfhirError
from adapter.files.atomic import Staged


def test_a_file_appears_when_it_is_committed_and_not_before(tmp_path: Path) -> None:
    with Staged() as staged:
        staged.file(tmp_path / "out").write(b"new")
        assert not (tmp_path / "out").exists()
        staged.commit()
    assert (tmp_path / "out").read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["out"]


def test_what_is_not_committed_leaves_no_trace(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"old")
    with Staged() as staged:
        staged.folder(tmp_path / "a" / "b")
        staged.file(tmp_path / "a" / "b" / "out").write(b"half")
        staged.file(tmp_path / "old").write(b"half")
    assert os.listdir(tmp_path) == ["old"]
    assert (tmp_path / "old").read_bytes() == b"old"


def test_a_file_keeps_its_mode_and_a_link_its_target(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "real").chmod(0o640)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with Staged() as staged:
        staged.file(tmp_path / "link").write(b"new")
        staged.commit()
    assert (tmp_path / "real").read_bytes() == b"new"
    assert (tmp_path / "real").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "link").is_symlink()


def test_a_device_is_written_to_and_not_replaced() -> None:
    with Staged() as staged:
        staged.file(Path(os.devnull)).write(b"gone")
        staged.commit()
    assert Path(os.devnull).is_char_device()


def test_standard_output_is_held_back_until_the_commit(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with Staged() as staged:
        staged.file(None).write(b"text")
        assert capfdbinary.readouterr().out == b""
        staged.commit()
    assert capfdbinary.readouterr().out == b"text"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with Staged() as staged:
        with pytest.raises(CrfhirError, match="cannot be written: not a directory"):
            staged.file(tmp_path / "file" / "out")
        with pytest.raises(CrfhirError, match="folder cannot be written: not a directory"):
            staged.folder(tmp_path / "file" / "folder")
        with pytest.raises(CrfhirError, match=r"there is no folder .*nowhere\. Give another place with --rejects"):
            staged.file(tmp_path / "nowhere" / "out", "--rejects")
        with pytest.raises(CrfhirError, match="is a folder"):
            staged.file(tmp_path)
