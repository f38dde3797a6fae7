"""Puts in every fault of the list, one after the other, and prints what came of each.

    ONLY=F05,F07 SEED=1 KILLS=100 ROUNDS=500 python -m tests.faults

The exit status is 0 when all that were asked for were survived, or of the whole list as many as `BAR`.
"""

import os
import sys

from tests.faults import running
from tests.faults.bench import start_bench
from tests.faults.registry import LATER

BAR = 34


def main() -> int:
    """Run; 0 when enough was survived."""
    asked = [word.strip().upper() for word in os.environ.get("ONLY", "").split(",") if word.strip()]
    seed = int(os.environ.get("SEED") or "1")
    kills, rounds = int(os.environ.get("KILLS") or "100"), int(os.environ.get("ROUNDS") or "500")
    print(f"The fault bench, seed {seed}. Starting a site ...", flush=True)
    with start_bench(seed, kills=kills, rounds=rounds) as bench:
        lines = running.run(bench, asked)
    print("\n" + running.table(lines))
    for id, says in LATER.items():
        print(f"{id}  {says}: comes with a later part")
    survived = sum(line.is_survived for line in lines)
    print(f"\nsurvived {survived} of {len(lines)}")
    return 0 if survived >= (len(lines) if asked else BAR) else 1


if __name__ == "__main__":
    sys.exit(main())
