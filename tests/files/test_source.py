from pathlib import Path

import pytest

from adapter.errors import UsageError
from adapter.files.source import Source, sources


def test_a_folder_is_walked_in_the_order_of_names_and_only_known_endings_are_taken(tmp_path: Path) -> None:
    for name in ("b.csv", "a/z.ndjson.gz", "a/readme.txt", ".hidden/x.csv", "~$b.xlsx", "a.xlsx"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found = [source.path.relative_to(tmp_path).as_posix() for source in sources([str(tmp_path)]) if source.path]
    assert found == ["a.xlsx", "b.csv", "a/z.ndjson.gz"]


@pytest.mark.parametrize("inputs", [["nowhere.csv"], ["-", "-"]])
def test_inputs_that_cannot_be_read_are_refused(inputs: list[str]) -> None:
    with pytest.raises(UsageError):
        sources(inputs)


def test_a_folder_without_a_known_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no file"):
        sources([str(tmp_path)])


def test_the_stem_and_the_ending_leave_gzip_aside() -> None:
    source = Source("x", Path("crf/Injection.CSV.gz"))
    assert (source.stem, source.suffix) == ("Injection", ".csv")
