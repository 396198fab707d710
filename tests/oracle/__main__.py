"""`make oracle`: asks HL7's validator (the command in CRFHIR_ORACLE) and crfhir the same, and writes where they part.

python -m tests.oracle                      all suites, as docs/validation.md tells of
python -m tests.oracle --most 500           fewer cases of each suite; the document stays as it is
python -m tests.oracle --examples FOLDER    one case of each group of differences, with both verdicts
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from tests.oracle import examples, judge, report
from tests.oracle.compare import Compared, compared
from tests.oracle.decide import Group, groups
from tests.oracle.generate import SEED
from tests.oracle.suite import Suite, suites

NEEDED = """\
CRFHIR_ORACLE is not set: nothing was compared. It is the command that runs HL7's validator: it reads a resource a line,
takes --definitions FOLDER, and writes {"issues": [{"severity", "expression", "id", "message"}]} for each, a line each.
"""


def main() -> int:
    """Return 0 where the two agree or a decision says who is right; 1 where something is left to decide."""
    asked = arguments()
    command = os.environ.get("CRFHIR_ORACLE", "")
    if not command:
        sys.stdout.write(NEEDED)
        return 0
    found = [each for suite in suites(asked.seed, asked.most) for each in both(suite, command)]
    if asked.examples is not None:
        examples.write(found, asked.examples)
    if asked.most is None:
        report.write(found)
    left = [each for each in groups(found) if each.right == "open" and each.deciding]
    told = [f"not decided: {each.side} {each.rule}: {each.deciding} cases, such as {example(each)}" for each in left]
    sys.stdout.write("\n".join([report.headline(found), "", *report.table(found), "", *told, ""]))
    return 1 if left else 0


def example(group: Group) -> str:
    return examples.nearest(group)[0].case.name


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--most", type=int, help="cases of one suite, all if not said")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--examples", type=Path, help="a folder for one case of each group of differences")
    return parser.parse_args()


def both(suite: Suite, command: str) -> list[Compared]:
    """Judge a suite by both."""
    ours = judge.ours(suite.cases, suite.definitions)
    return compared(suite.cases, ours, judge.theirs(suite.cases, command, suite.definitions))


if __name__ == "__main__":
    raise SystemExit(main())
