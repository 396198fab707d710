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


def test_a_report_is_capped_and_says_where_the_rest_is() -> None:
    found = told(*(refusal(n, item=f"item_{n}") for n in range(100)), places=Places(rejects=Path("r.ndjson")))
    assert len(found) < 60
    assert "… and 60 more issues of other kinds, all in r.ndjson" in found


def test_what_is_lost_is_counted_by_its_place() -> None:
    found = told(losses=(Loss("injection", "k", "local_reaction", "x"), Loss("injection", "k", "P.name", dropped=True)))
    assert found[0].startswith("Not carried by this view: 1 value")
    assert "injection.local_reaction" in found[1]
    assert found[2].startswith("Dropped because it identifies a person: 1 value")


def test_a_run_without_a_fault_is_one_line() -> None:
    assert told() == ["0 records became 0 resources."]
