"""`make soak`: the long forms. `python -m tests.soak [--minutes N] [--seed N] [--database URL]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.soak.run import soak


def main() -> int:
    """Return 0 when every promise was kept."""
    asked = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    asked.add_argument("--minutes", type=float, default=5.0)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--database", help="a fresh database for it, as a URL; by default SQLite in a folder of its own")
    given = asked.parse_args()
    more = {"CRFHIR_DATABASE": given.database} if given.database else {}
    with tempfile.TemporaryDirectory(prefix="crfhir-soak-") as folder:
        result = soak(Path(folder), given.minutes * 60, 2.0, given.seed, **more)
    told = ", ".join(f"{count} {name}" for name, count in sorted(result.counts.items()))
    harms = ", ".join(f"{result.harms.count(harm)} × {harm}" for harm in sorted(set(result.harms)))
    sys.stdout.write(f"{told}\n{harms}\n")
    sys.stdout.writelines(f"FAULT {fault}\n" for fault in result.faults)
    sys.stdout.write("Every promise was kept.\n" if not result.faults else f"{len(result.faults)} faults.\n")
    return 1 if result.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
