from __future__ import annotations

from decimal import Decimal

from adapter.validation.questionnaire.reading import (
    choice,
    extension,
    extensions,
    flag,
    number,
    objects,
    text,
    value,
    whole,
)


def test_what_is_of_another_shape_counts_as_not_there() -> None:
    assert objects({"a": [{}, 1, None, []]}, "a") == [{}]
    assert objects({"a": {}}, "a") == []
    assert text({"a": 1}, "a") is None
    assert flag({"a": "true"}, "a") is False
    assert whole(True) is None
    assert whole(Decimal(1)) is None
    assert number(False) is None
    assert number(Decimal("0.0")) == 0


def test_a_choice_is_found_by_its_name() -> None:
    assert choice({"question": "a", "answerBoolean": False}, "answer") == ("answerBoolean", False)
    assert choice({"answer": 1}, "answer") is None
    assert value({"valueInteger": 0}) == ("valueInteger", 0)


def test_extensions_are_found_by_any_of_their_urls() -> None:
    holder = {
        "extension": [{"url": "a", "valueInteger": 0}, {"url": "b"}, {"url": "c", "valueString": "x"}, {"url": []}]
    }
    assert list(extensions(holder, "a", "b", "c")) == [0, "x"]
    assert extension(holder, "c", "a") == 0
    assert extension(holder, "d") is None
