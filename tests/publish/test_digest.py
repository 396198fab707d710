from adapter.publish.digest import compiler_of, differences, digest, written_by

THEN = digest("sushi 1", {"a.fsh": "a", "b.fsh": "b"}, {"A.json": "{}"})


def test_a_text_of_digests_says_who_compiled_and_what_came_out() -> None:
    assert compiler_of(THEN) == "sushi 1"
    assert written_by(THEN) == {"A.json"}
    assert compiler_of("") == ""


def test_the_same_files_have_no_difference() -> None:
    assert differences(THEN, digest("sushi 1", {"b.fsh": "b", "a.fsh": "a"}, {"A.json": "{}"})) == []


def test_a_file_that_changed_came_or_went_is_named_once() -> None:
    now = digest("sushi 1", {"a.fsh": "other", "c.fsh": "c"}, {"A.json": "{}"})
    assert differences(THEN, now) == ["a.fsh", "b.fsh", "c.fsh"]
