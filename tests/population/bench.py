"""The export of a population on a whole site, with its worker killed on the way, held against the truth."""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.evidence import Witness
from tests.site import ROOT, Site

_AT_ONCE = 50
CLINIC = "The population's clinic"


@dataclass(frozen=True)
class Came:
    """What an export came to: counts of the run, of the store, and of the truth."""

    told: dict[str, Any]
    kept: int
    true: int
    differing: int
    kills: int
    strangers: int
    seconds: float

    @property
    def is_good(self) -> bool:
        """Whether everything is there, once, and nothing else."""
        whole = self.kept == self.true == self.told["new"] and not self.differing and not self.strangers
        return bool(whole and self.told["phase"] == "ended" and not self.told["error"])


def export(
    site: Site, *, people: int, resources: int, kills: int, sharing: int, say: Callable[[str], None]
) -> Came:
    """Export `people`, of whom the first `sharing` share with the clinic, killing the worker so often."""
    crowd = _crowd(site, people, resources)
    _take_in(site, crowd, sharing)
    say(f"{people} people of {resources} resources are there, {sharing} share")
    started = time.monotonic()
    site.manage("export_population", "--clinic", CLINIC, "--no-wait")
    killed = 0
    for number in range(kills):
        wanted = sharing * resources * (number + 1) // (kills + 1)
        site.until(
            lambda least=wanted: _run(site)["lines"] >= least or _over(site), seconds=1800, what="lines"
        )
        if not _over(site):
            site.kill("worker")
            killed += 1
            say(f"killed -9 after {_run(site)['lines']} lines")
            site.start("worker")
    site.until(lambda: _over(site), seconds=3600, what=lambda: f"the export: {_run(site)}")
    return _came(site, crowd, sharing, killed, time.monotonic() - started)


def _crowd(site: Site, people: int, resources: int) -> list[dict[str, Any]]:
    """So many people, some at a time: the sandbox makes their charts while it is asked."""
    sizes = [min(_AT_ONCE, people - start) for start in range(0, people, _AT_ONCE)]
    asked = enumerate(sizes, start=1)
    return [
        person
        for seed, count in asked
        for person in site.sandbox.crowd(count=count, resources=resources, seed=seed)
    ]


def _take_in(site: Site, crowd: list[dict[str, Any]], sharing: int) -> None:
    words = [sys.executable, "-m", "tests.population.people", CLINIC, str(sharing)]
    told = {"input": json.dumps(crowd), "text": True, "env": site.environment()}
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True, **told)


_TOLD = ("phase", "error", "lines", "new", "changed", "same", "quarantined", "left_out", "patients", "starts")


def _run(site: Site) -> dict[str, Any]:
    query = f"select {', '.join(_TOLD)} from connect_populationrun order by id desc limit 1"
    return dict(zip(_TOLD, site.rows(query)[0], strict=True))


def _is_past(site: Site, lines: int) -> bool:
    return bool(_run(site)["lines"] >= lines or _over(site))


def _over(site: Site) -> bool:
    return bool(_run(site)["phase"] == "ended")


def _came(site: Site, crowd: list[dict[str, Any]], sharing: int, kills: int, seconds: float) -> Came:
    """Every record by its body's own bytes, against what the sandbox says a complete import must bring."""
    witnesses = [Witness(site, f"{each['app_user_id']}@example.org") for each in crowd]
    kept = true = differing = 0
    for witness in witnesses[:sharing]:
        here, there = Counter(witness.kept()), Counter(witness.truth())
        kept, true = kept + here.total(), true + there.total()
        differing += (here - there).total() + (there - here).total()
    strangers = sum(len(witness.kept()) for witness in witnesses[sharing:])
    return Came(_run(site), kept, true, differing, kills, strangers, seconds)
