"""`make population`: one export on a site of its own, and what came of it in numbers."""

import os
import sys
import tempfile
from pathlib import Path

from tests.population.bench import export
from tests.site import start_site


def main() -> int:
    """Run it and say what came; 0 when every count agrees."""
    people, resources, kills = (
        int(os.environ.get(name) or usual)
        for name, usual in (("PEOPLE", 1000), ("RESOURCES", 60), ("KILLS", 3))
    )
    with tempfile.TemporaryDirectory(prefix="population-", ignore_cleanup_errors=True) as home:
        told = {"ONEUP_POPULATION": os.environ.get("FORM") or "gateway"}
        with start_site(Path(home), settings=told, tick=3600) as site:
            came = export(
                site, people=people, resources=resources, kills=kills, sharing=people - people // 20, say=_say
            )
    _say(f"killed -9 {came.kills} times, over after {came.seconds:.0f} s")
    _say("the run says: " + ", ".join(f"{name} {value}" for name, value in came.told.items()))
    _say(f"kept {came.kept} of {came.true} true records")
    _say(f"{came.differing} differ, {came.strangers} of people who do not share")
    return 0 if came.is_good else 1


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
