from adapter.fhir.table import Table, render


def test_an_entry_is_found_by_its_name(tmp_path):
    file = tmp_path / "some.ndjson"
    file.write_bytes(render({"eins": {"a": 1}, "中文": ["ü"], "null": None}))
    table = Table(file)
    assert table.get("中文") == ["ü"]
    assert table.get("eins") == {"a": 1}
    assert list(table) == ["eins", "中文", "null"]


def test_what_is_not_there_is_none(tmp_path):
    file = tmp_path / "some.ndjson"
    file.write_bytes(render({"a": 1}))
    assert Table(file).get("b") is None
    assert "b" not in Table(file)
    assert "a" in Table(file)


def test_a_table_is_not_read_before_the_first_question(tmp_path):
    table = Table(tmp_path / "later.ndjson")
    (tmp_path / "later.ndjson").write_bytes(render({"a": 0}))
    assert table.get("a") == 0


def test_each_entry_is_a_line_so_that_a_difference_can_be_read():
    assert render({"a": 1, "b": [2]}).splitlines()[1:] == [b"1", b"[2]"]
