from __future__ import annotations

import pytest

from adapter.intake.active import active


def told(div: str) -> list[str | None]:
    narrative = {"status": "generated", "div": div}
    resource = {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient", "text": narrative}}]}
    return [issue.expression for issue in active(resource)]


@pytest.mark.parametrize(
    "inside",
    [
        "<script>x</script>",
        "<SCRIPT src='x'/>",
        "<x:script/>",
        '<a onclick="x">y</a>',
        "<svg/onload=x>",
        '<img src="http://x.example/y.png"/>',
        "<img src=//x.example/y.png>",
        '<a href="javascript:x">y</a>',
        "<iframe/>",
    ],
)
def test_a_narrative_that_acts_is_told_where_it_stands(inside: str) -> None:
    assert told(f"<div>{inside}</div>") == ["Bundle.entry[0].resource.text.div"]


@pytest.mark.parametrize(
    "inside", ["Zhang San", "<p>on the day: onset = 3</p>", '<a href="#x">y</a>', '<img src="#x"/>', "a < b onclick=1"]
)
def test_a_narrative_that_says_something_is_left_alone(inside: str) -> None:
    assert told(f"<div>{inside}</div>") == []


def test_a_long_narrative_is_read_in_one_go() -> None:
    assert told("<" * 200_000) == []
    assert told("<a " + "x" * 200_000) == []
