"""What was found in files, some of it at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from adapter.files.seen import Seen
from adapter.intake.draft import repeated
from adapter.intake.shapes import Drafts
from adapter.store.store import BATCH


def batches(found: Iterable[Drafts], seen: Seen) -> Iterator[Drafts]:
    """What was found, some of it at a time; a draft whose business key was `seen` before becomes an issue."""
    waiting = iter(found)
    while batch := list(islice(waiting, BATCH)):
        whole = Drafts(
            [draft for drafts in batch for draft in drafts.drafts],
            [issue for drafts in batch for issue in drafts.issues],
            [left for drafts in batch for left in drafts.residue],
            rejected=[one for drafts in batch for one in drafts.rejected],
        )
        again = seen.add([(f"{draft.key.form} {draft.key.text}", "") for draft in whole.drafts])
        whole.issues += [repeated(whole.drafts[position]) for position in again]
        whole.drafts = [draft for position, draft in enumerate(whole.drafts) if position not in again]
        yield whole
