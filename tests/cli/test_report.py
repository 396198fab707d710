import datetime as dt
from pathlib import Path

from adapter.cli.report import lines
from adapter.convert.batch import Batch, Loss, Refusal
from adapter.convert.options import Options
from adapter.convert.places import Places
from adapter.convert.tally import Tally
from adapter.outcome import Issue, Place

OPTIONS = Options(Path("study"), "fhir", dt.datetime(2025, 6, 1, tzinfo=dt.UTC), "ndjson")


def refusal(line: int, why: str = "too much", item: str = "volume", file: str = "a.csv") -> Refusal:
    place = Place(file, line=line)
    return Refusal(place, None, [Issue("error", "value", why, form="injection", item=item, place=place)])


def told(*refusals: Refusal, places: Places | None = None, losses: tuple[Loss, ...] = ()) -> list[str]:
    tally = Tally()
    tally.count(Batch(refusals=list(refusals), losses=list(losses), read=len(refusals)))
    return list(lines(tally, OPTIONS, places or Places()))


def test_issues_stand_under_their_file_in_the_order_of_their_places() -> None:
    found = told(refusal(7, item="kit"), refusal(3), refusal(2, file="b.csv"))
    assert found[:5] == [
        "a.csv",
        "  line 3, injection.volume: error: too much [value]",
        "  line 7, injection.kit: error: too much [value]",
        "b.csv",
        "  line 2, injection.volume: error: too much [value]",
    ]


def test_issues_alike_are_counted_after_the_first_three() -> None:
    found = told(*(refusal(line) for line in range(2, 102)))
    assert found[4] == "  … and 97 more of volume like these [value]"
    assert found[-1] == "100 inputs were refused: 100 errors (--rejects FILE lists them all)."


def test_issues_of_one_item_that_say_different_things_are_told_apart() -> None:
    why = [f"found '2025/6/{n}'; write 2025-06-0{n}" for n in range(9)]
    found = told(*(refusal(line, text) for line, text in enumerate([*why, "found 'hello'"], 2)))
    assert found[4:6] == [
        "  … and 6 more of volume like these [value]",
        "  line 11, injection.volume: error: found 'hello' [value]",
    ]


def test_after_many_issues_one_of_each_kind_is_told() -> None:
    kinds = [refusal(n, item=f"item_{n % 30}") for n in range(90)]
    found = told(*kinds)
    assert [f"injection.item_{n}:" for n in range(30) if not any(f".item_{n}:" in line for line in found)] == []
    assert "  … and 2 more of item_29 like this [value]" in found


def test_a_report_is_capped_and_says_what_the_rest_is_and_where() -> None:
    found = told(*(refusal(n, item=f"item_{n}") for n in range(200)), places=Places(rejects=Path("r.ndjson")))
    assert len(found) < 160
    rest = "… and 50 more issues of other kinds, of injection.item_150, injection.item_151, "
    (line,) = [line for line in found if line.startswith(rest)]
    assert line.endswith(", …, all in r.ndjson")


def test_the_column_of_a_fault_without_an_item_is_told() -> None:
    place = Place("a.json", line=2, column=7)
    found = told(Refusal(place, None, [Issue("error", "structure", "this is no JSON", place=place)]))
    assert found[1] == "  line 2, column 7: error: this is no JSON [structure]"


def test_an_issue_of_a_header_is_counted_once_and_its_rows_are_refused() -> None:
    fault = Issue("error", "structure", "unknown column 'x'", form="injection", place=Place("a.csv", line=1, column=2))
    rows = [Refusal(Place("a.csv", line=line), None, [], told=(fault,)) for line in (2, 3)]
    found = told(Refusal(Place("a.csv", line=1), ["x"], [fault], records=0), *rows)
    assert found == [
        "a.csv",
        "  line 1, column 2, injection: error: unknown column 'x' [structure]",
        "0 records became 0 resources.",
        "2 inputs were refused: 1 error (--rejects FILE lists them all).",
    ]


def test_a_list_on_standard_output_is_named_so() -> None:
    assert told(refusal(2), places=Places(rejects="-"))[-1].endswith("1 error, all on standard output.")


def test_what_is_lost_is_counted_by_its_place() -> None:
    found = told(losses=(Loss("injection", "k", "local_reaction", "x"), Loss("injection", "k", "P.name", dropped=True)))
    assert found[0].startswith("Not carried by this view: 1 value")
    assert "injection.local_reaction" in found[1]
    assert found[2].startswith("Dropped because it identifies a person: 1 value")


def test_a_run_without_a_fault_is_one_line() -> None:
    assert told() == ["0 records became 0 resources."]
