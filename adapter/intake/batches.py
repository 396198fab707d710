"""What was found in files, some of it at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from adapter.crf.study import Study
from adapter.files.seen import Seen
from adapter.intake.draft import repeated
from adapter.intake.sender import Sender, elsewhere
from adapter.intake.shapes import Draft, Drafts, rejected
from adapter.outcome import Issue
from adapter.store.begin import BATCH


def batches(found: Iterable[Drafts], seen: Seen) -> Iterator[Drafts]:
    """What was found, some of it at a time; a draft whose business key was `seen` before becomes an issue, and is
    kept as rejected."""
    waiting = iter(found)
    while batch := list(islice(waiting, BATCH)):
        whole = Drafts(
            [draft for drafts in batch for draft in drafts.drafts],
            [issue for drafts in batch for issue in drafts.issues],
            [left for drafts in batch for left in drafts.residue],
            rejected=[one for drafts in batch for one in drafts.rejected],
        )
        again = seen.add([(f"{draft.key.form} {draft.key.text}", "") for draft in whole.drafts])
        for draft in [whole.drafts[position] for position in again]:
            _reject(whole, draft, repeated(draft))
        whole.drafts = [draft for position, draft in enumerate(whole.drafts) if position not in again]
        yield whole


def own_of(study: Study, sender: Sender, drafts: Drafts) -> None:
    """Leave the drafts of the sender's own subjects; those of others become issues, and are kept as rejected."""
    found = [(draft, elsewhere(study, sender, draft)) for draft in drafts.drafts]
    drafts.drafts = [draft for draft, issue in found if issue is None]
    for draft, issue in found:
        if issue is not None:
            _reject(drafts, draft, issue)


def _reject(drafts: Drafts, draft: Draft, issue: Issue) -> None:
    drafts.issues.append(issue)
    drafts.rejected.append(rejected(draft, [issue]))
