"""`make fuzz`: hostile resources, hostile requests and hostile pages, counted.

    SEED=7 N=100000 make fuzz

N is the number of resources; a fifth as many requests are sent. The same seed makes the same input.
"""

import os
import random
import sys
import tempfile
from pathlib import Path
from time import monotonic

from tests.fuzz import garbage, running

SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
RESOURCES = int(os.environ.get("N") or 100_000)


def line(name: str, value: object) -> None:
    """One line of the table."""
    print(f"  {name:<46}{value:>16,}" if isinstance(value, int) else f"  {name:<46}{value!s:>16}", flush=True)


def table(resources: running.Counts, requests: running.Counts) -> None:
    """Everything that was counted."""
    print("\nResources")
    line("hostile", resources["hostile"])
    line("good neighbours", resources["neighbours"])
    line("stored, neighbours among them", resources["stored"])
    for reason, count in resources["reasons"].most_common():
        line(f"quarantined: {reason}", count)
    line("hostile and neither stored nor quarantined", resources["unaccounted"])
    line("pages of records opened", resources["pages_read"])
    line("server errors", resources["errors"])
    print("\nRequests")
    line("sent", requests["requests"])
    line("names of addresses", len(requests["names"]))
    for status, count in sorted(requests["statuses"].items()):
        line(f"answered {status}", count)
    line("led off the site", requests["off_site"])
    line("server errors", requests["errors"])


def spoiled(home: Path) -> garbage.Result:
    """Every kind of garbage through a real import."""
    print("\nPages that are none, each as the second page of an import", flush=True)
    result = garbage.run(home, list(garbage.KINDS))
    for each in result.outcomes:
        line(f"{each.kind}: {each.records} records kept", " ".join((each.outcome, each.error or "whole")))
    line("servers asked that nobody should ask", result.decoyed)
    return result


def main() -> int:
    """All of it; 0 when nothing went wrong."""
    began = monotonic()
    print(f"SEED={SEED}", flush=True)
    with running.ready():
        resources, requests, problems = running.everything(SEED, RESOURCES, RESOURCES // 5)
    table(resources, requests)
    with tempfile.TemporaryDirectory(prefix="tributary-fuzz-") as home:
        pages = spoiled(Path(home))
    for problem in (problems + pages.problems)[:40]:
        print(f"  ! {problem[:600]}")
    errors = resources["errors"] + requests["errors"]
    print(f"\n{monotonic() - began:,.0f} seconds, SEED={SEED}")
    print(
        f"{resources['hostile']} resources, {requests['requests']} requests: "
        f"{errors} server errors, {resources['lost']} lost neighbours, {pages.dead} workers dead"
    )
    return bool(problems or pages.problems or pages.dead)


if __name__ == "__main__":
    sys.exit(main())
