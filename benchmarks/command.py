"""The command as a whole process: many records through `crfhir convert`, both ways, and the cold start of one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

CRFHIR = Path(sys.executable).with_name("crfhir")
HEADER = "subject,cycle,day,outcome,time,volume,body_site,kit,reason_not_given,local_reaction"
STARTS = 5


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds of wall time and CPU time of a command, and its resident memory in MB: in the middle and at its most."""

    wall: float
    cpu: float
    middle: float
    peak: float


def report(study: str, records: int) -> None:
    """Print what the command needs for `records` injections forwards and back, and for one record from a cold start."""
    with tempfile.TemporaryDirectory() as folder:
        made, fhir, back = (Path(folder) / name for name in ("injection.csv", "injection.ndjson", "back.csv"))
        with made.open("w", encoding="utf-8", newline="") as lines:
            lines.writelines(f"{line}\n" for line in injections(records))
        print(f"{records:,} injection records through `crfhir convert`, one process\n")
        there = run("convert", str(made), "--to", "fhir", "--study", study, "-o", str(fhir))
        _row("to FHIR", records, there, _bare_json(fhir, decode=False))
        home = run("convert", str(fhir), "--to", "crf", "--study", study, "-o", str(back))
        _row("to CRF", records, home, _bare_json(fhir, decode=True))
        print(f"  forwards and back gives the file that went in: {made.read_bytes() == back.read_bytes()}\n")
        one = Path(folder) / "one" / "injection.csv"
        one.parent.mkdir()
        one.write_text("\n".join(injections(1)) + "\n", encoding="utf-8", newline="")
        _starts(study, one)


def _row(name: str, records: int, found: Run, bare: float) -> None:
    print(
        f"  {name:8}{records / found.wall:10,.0f} records/s   bare JSON {bare / found.cpu:4.0%} of its CPU time   "
        f"resident {found.middle:.0f} MB half way, {found.peak:.0f} MB at most"
    )


def _starts(study: str, one: Path) -> None:
    cold = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "crfhir --help": [str(CRFHIR), "--help"],
        "crfhir convert (one record)": [str(CRFHIR), "convert", str(one), "--to", "fhir", "--study", study],
    }
    print(f"cold start, seconds (the best of {STARTS})\n")
    for name, words in cold.items():
        print(f"  {name:30}{min(_seconds(words) for _ in range(STARTS)):8.2f}")


def _seconds(words: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(words, check=True, capture_output=True)
    return time.perf_counter() - start


def injections(records: int, first: int = 0) -> Iterator[str]:
    """Yield a CSV of that many different injections, of subjects from `first` on: a header, then a line each."""
    yield HEADER
    keys = ((s, c, d) for s in range(first, 100_000) for c in (1, 2, 3) for d in range(1, 8))
    for place, (subject, cycle, day) in zip(range(records), keys, strict=False):
        site, number = divmod(subject, 1000)
        when = f"2025-{4 + cycle:02d}-{day:02d}T{8 + place % 4:02d}:{place % 60:02d}:00+08:00"
        yield f"{site:02d}-{number:03d},{cycle},{day},given,{when},1.0{place % 10},deltoid-left,K{place:06d},,false"


def run(*arguments: str, every: float = 0.05) -> Run:
    """Run the command to its end and return what it took, its memory looked at `every` so many seconds.

    CalledProcessError if it fails.
    """
    start = time.perf_counter()
    process = subprocess.Popen([str(CRFHIR), *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    sizes = []
    while (done := os.wait4(process.pid, os.WNOHANG))[0] == 0:
        sizes.append(_resident(process.pid))
        time.sleep(every)
    _, status, usage = done
    if status != 0:
        told = process.stderr.read().decode() if process.stderr is not None else ""
        raise subprocess.CalledProcessError(os.waitstatus_to_exitcode(status), process.args, stderr=told)
    wall = time.perf_counter() - start
    return Run(wall, usage.ru_utime + usage.ru_stime, sizes[len(sizes) // 2], max(sizes))


def _resident(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _bare_json(path: Path, *, decode: bool) -> float:
    """Return the CPU seconds that reading or writing the same JSON takes with nothing else done."""
    read, write = msgspec.json.Decoder().decode, msgspec.json.Encoder().encode
    spent = 0.0
    with path.open("rb") as lines:
        for line in lines:
            value = None if decode else json.loads(line)
            start = time.process_time()
            read(line) if decode else write(value)
            spent += time.process_time() - start
    return spent
