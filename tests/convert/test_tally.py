from adapter.convert import tally as module
from adapter.convert.batch import Batch, Loss, Refusal
from adapter.convert.tally import Tally
from adapter.outcome import Issue, Place


def test_memory_does_not_grow_with_the_issues() -> None:
    tally = Tally()
    for line in range(10_000):
        issue = Issue("error", "value", f"found {line}", item="volume", place=Place("a.csv", line=line))
        tally.count(Batch(refusals=[Refusal(Place("a.csv", line=line), None, [issue])]))
    (group,) = tally.groups.values()
    assert (group.count, len(group.issues), tally.refused) == (10_000, module.EXAMPLES, 10_000)


def test_issues_are_of_one_kind_when_they_differ_in_values_alone() -> None:
    tally = Tally()
    said = [
        "found 'a'; write 2025-06-01",
        "found 'b\\'c'; write 2025-06-02",
        "found 'a'; expected a date; if red is meant, write red",
        "found 'x'; expected a date; if green is meant, write green",
        "found 'a'; there is no such day",
    ]
    tally.count(Batch(notes=[Issue("error", "value", why, item="day") for why in said]))
    assert [group.count for group in tally.groups.values()] == [2, 2, 1]


def test_kinds_beyond_the_limit_are_counted_alone() -> None:
    tally = Tally()
    notes = [Issue("warning", "value", "x", item=f"item_{number}") for number in range(module.GROUPS + 5)]
    tally.count(Batch(notes=notes))
    assert (len(tally.groups), tally.ungrouped, tally.severities["warning"]) == (
        module.GROUPS,
        5,
        module.GROUPS + 5,
    )


def test_a_warning_is_no_failure_and_an_error_is() -> None:
    tally = Tally()
    tally.count(Batch(notes=[Issue("warning", "value", "x")]))
    assert not tally.failed
    tally.refuse(Refusal(Place("a"), None, [Issue("error", "value", "x")]))
    assert tally.failed


def test_places_of_losses_are_bounded() -> None:
    tally = Tally()
    tally.count(Batch(losses=[Loss("f", "k", str(number), 1) for number in range(module.GROUPS + 7)]))
    assert tally.lost[None, "…"] == 7
