"""A worker that pushes until it is killed: `python -m tests.store.pusher URL NAME [SIZE]`.

Each push is of SIZE records, each with a resource; its number is written to standard output when it is acknowledged.
"""

from __future__ import annotations

import sys
from itertools import count

from adapter.store.store import open_store
from tests.store.rows import AT, KEY, ZONE, emitted, write


def main(url: str, name: str, size: str = "3") -> None:
    """Push without end."""
    store = open_store(url, ZONE, KEY)
    print("ready", flush=True)  # noqa: T201
    for turn in count():
        made = [
            write(f"{name}-{turn}-{part}", f'{{"turn":{turn}}}', '{"kit":1}', (emitted(f"{name}-{turn}-{part}"),))
            for part in range(int(size))
        ]
        with store.push(name, f"{name} {turn}", AT) as push:
            push.claim(one.key for one in made)
            push.write(made)
            push.close("{}")
        print(turn, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
