"""What `make fuzz` runs, in two processes over one Postgres, and the table it prints."""

import multiprocessing
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from tests.bench import servers
from tests.sandbox_process import start_sandbox

_SLICE = 5000  # hostile resources: the other process takes one when it has nothing else to do
_CLIENT = "bench"  # as tests.bench.servers tells Django
Task = tuple[str, int, int, int]
Counts = dict[str, Any]


@contextmanager
def ready() -> Iterator[None]:
    """A sandbox, a Postgres, and Django set up for both."""
    told = {"SANDBOX_CLIENT_ID": _CLIENT, "SANDBOX_CLIENT_SECRET": _CLIENT}
    with start_sandbox(environment=told) as sandbox:
        os.environ |= {
            "ONEUP_API_URL": sandbox.api,
            "ONEUP_AUTH_URL": sandbox.auth,
            "ONEUP_SEARCH_URL": sandbox.search,
            "ONEUP_ALLOW_INSECURE": "yes",
            "ONEUP_REQUESTS_PER_MINUTE": "1000000",
            "ONEUP_USER_CALLS_PER_HOUR": "1000000",
            "SITE_URL": "http://localhost:8000",
        }
        with servers.ready():
            yield


def everything(seed: int, resources: int, requests: int) -> tuple[Counts, Counts, list[str]]:
    """Counts of the resources, counts of the requests, and what went wrong in words."""
    from django.db import connections

    from tests.house.site_world import World

    world = World()
    connections.close_all()  # a connection is nothing two processes may share
    slices = range(0, resources, _SLICE)
    tasks = [
        ("requests", seed, 0, requests),
        *(("resources", seed, at, min(at + _SLICE, resources)) for at in slices),
    ]
    sums: dict[str, Counts] = {"requests": {}, "resources": {}}
    problems: list[str] = []
    fork = multiprocessing.get_context("fork")
    with fork.Pool(2, initializer=_begin, initargs=(world,)) as pool:
        for name, counts, said in pool.imap_unordered(_done, tasks, chunksize=1):
            _add(sums[name], counts)
            problems += said
            print(f"  {name}: {_so_far(sums[name])}", flush=True)
    return sums["resources"], sums["requests"], problems


_world: Any = None


def _begin(world: Any) -> None:
    global _world
    _world = world


def _done(task: Task) -> tuple[str, Counts, list[str]]:
    from tests.fuzz import resources, visits

    name, seed, start, stop = task
    began = monotonic()
    numbers = range(start, stop)
    runs: Iterator[Any] = (
        resources.run(seed, numbers, looks=20)
        if name == "resources"
        else visits.Visitor(_world, seed).run(numbers)
    )
    *_, result = runs
    counts = {key: value for key, value in vars(result).items() if key != "problems"}
    return name, counts | {"seconds": monotonic() - began}, result.problems


def _add(sums: Counts, counts: Counts) -> None:
    for key, value in counts.items():
        if isinstance(value, set):
            sums[key] = sums.get(key, set()) | value
        else:
            sums[key] = sums.get(key, Counter() if isinstance(value, Counter) else 0) + value


def _so_far(sums: Counts) -> str:
    return ", ".join(f"{key} {value:,.0f}" for key, value in sums.items() if isinstance(value, int | float))
