"""`make access`: every combination, and a thousand views of records, each with its row.

    SEED=7 VIEWS=1000 SHARE=3 make access

SHARE takes one of so many parts of the combinations, by chance.
The last two lines say how many combinations were tried and leaked, and how many reads were logged.
"""

import logging
import os
import random
import sys
from time import monotonic

from tests.bench import servers

SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
VIEWS = int(os.environ.get("VIEWS") or 1000)
SHARE = int(os.environ.get("SHARE") or 1)


def main() -> int:
    """All of it; 0 when nothing leaked and nothing was missed."""
    os.environ.setdefault("SITE_URL", "http://localhost:8000")
    os.environ.setdefault("ONEUP_ALLOW_INSECURE", "yes")
    for name in ("API", "AUTH", "SEARCH"):
        os.environ.setdefault(f"ONEUP_{name}_URL", f"http://127.0.0.1:1/{name.lower()}")
    began = monotonic()
    print(f"SEED={SEED}", flush=True)
    with servers.ready():
        logging.disable(logging.ERROR)  # each refusal would be a line
        from tests.access import matrix, reads, roles
        from tests.access.asking import Doors
        from tests.house.site_world import ADA, World

        rosa, ada = World(), World(ADA)
        doors = Doors(roles.cast(rosa))
        found = matrix.Matrix(rosa, ada, doors, _say).run(_told(matrix.share(SHARE, SEED)))
        seen = reads.run(rosa, doors, VIEWS, SEED)
    for one in sorted(set(seen.missed)):
        _say(f"not logged: {one}")
    print(f"{monotonic() - began:,.0f} seconds")
    print(f"{found.tried:,} combinations, {len(found.leaks)} leaks")
    print(f"{seen.logged:,} of {seen.views:,} reads logged", flush=True)
    return 1 if found.leaks or seen.logged != seen.views or seen.views < VIEWS else 0


def _say(line: str) -> None:
    print(line, flush=True)


def _told(cases: list[object]) -> object:
    """The same, with a word now and then."""
    for number, case in enumerate(cases, 1):
        if number % 2000 == 0:
            print(f"  {number:,} of {len(cases):,}", flush=True)
        yield case


if __name__ == "__main__":
    sys.exit(main())
