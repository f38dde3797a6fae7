"""`make bench`: what an import, an unchanged import, a list page and a worker cost, both sides in one run.

Absolute numbers belong to the machine; the ratios are the result. BENCH_RESOURCES and BENCH_ROUNDS change the
size of the import and how often each side runs, turn by turn.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

from sandbox.patients.crowd import population
from tests.bench import servers

RESOURCES = int(os.environ.get("BENCH_RESOURCES", "20000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
FEW, MANY = 100, 50_000
PAGES = (
    *("test-results/", "test-results/?page=500", "test-results/?since=2015&until=2019"),
    *("test-results/?q=cholesterol", "test-results/?q=unicorn", "test-results/?status=flagged"),
    *("search/?q=cholesterol", "search/?q=diabetes", "search/?q=unicorn"),
    *("timeline/", "timeline/?page=50", "timeline/?q=blood+sugar", "medicines/", "conditions/", "new/"),
    *("what-came/", "visit/"),
)


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    start = perf_counter()
    work()
    return perf_counter() - start


def line(*cells: object) -> None:
    """One line of the table."""
    first, *rest = map(str, cells)
    print(f"  {first:<46}" + "".join(f"{cell:>16}" for cell in rest), flush=True)


def imports(raws: Sequence[bytes]) -> None:
    """First import: the three writers in turn, round after round."""
    from tests.bench import writers

    writers.make_tables()
    text = writers.copy_text(raws)
    times: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        sides: dict[str, Callable[[], object]] = {
            "raw COPY, jsonb, no index (floor)": lambda: writers.floor(text),
            "records.store, pages of 1,000": lambda: writers.Ours().keep(raws, 1000),
            "records.store, pages of 100": lambda: writers.Ours().keep(raws, 100),
            "Django bulk_create, JSONField": lambda: writers.plain(raws),
        }
        for name, write in sides.items():
            times.setdefault(name, []).append(timed(write))
        writers.empty_tables()
    base = median(times["raw COPY, jsonb, no index (floor)"])
    size = sum(map(len, raws)) / 1e6
    print(f"\nFirst import of {len(raws):,} resources, {size:.1f} MB of JSON, {ROUNDS} rounds")
    line("", "resources/s", "x the floor")
    for name, taken in times.items():
        line(name, f"{len(raws) / median(taken):,.0f}", f"{base / median(taken):.2f}")


def unchanged(raws: Sequence[bytes]) -> None:
    """The same import again, and with every lastUpdated moved."""
    from tests.bench import writers

    ours = writers.Ours()
    before, base = writers.stored_bytes(), 0.0
    moved = [raw.replace(b'"lastUpdated":"2', b'"lastUpdated":"3') for raw in raws]
    print("\nThe same again, pages of 1,000")
    line("", "rows written", "WAL bytes", "x first import")
    for name, page in (("first import", raws), ("unchanged", raws), ("only meta.lastUpdated moved", moved)):
        rows, log = writers.rows_written(), writers.wal_bytes()
        taken = timed(lambda page=page: ours.keep(page, 1000))
        base = base or taken
        rows, log = writers.rows_written() - rows, writers.wal_bytes() - log
        line(name, f"{rows:,}", f"{log:,}", f"{taken / base:.2f}")
    stored = writers.stored_bytes() - before
    print(f"  stored with indexes and search words: {stored / sum(map(len, raws)):.2f} of the JSON")


def pages(raws: Sequence[bytes]) -> None:
    """The list page of a small and of a big chart; then the big one's others, after autovacuum."""
    from tests.bench import writers
    from tests.bench.pages import Reader

    print("\nPages of records, 20 rows")
    line("", "statements", "ms (median)")
    for count in (FEW, MANY):
        ours = writers.Ours()
        ours.keep(raws[:count], 1000)
        reader = Reader(ours.patient)
        line(f"{count:,} resources, just imported", reader.queries(), f"{reader.milliseconds():.1f}")
    writers.tidy()
    for page in PAGES:
        line(f"{MANY:,}, {page}", reader.queries(page), f"{reader.milliseconds(page):.1f}")


def memory(raws: Sequence[bytes], folder: Path) -> None:
    """A fresh process that imports the big chart from a file."""
    path = folder / "chart.ndjson"
    path.write_bytes(b"\n".join(raws) + b"\n")
    command = [sys.executable, "-m", "tests.bench.big_chart", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    before, peak = (int(part) / 1024 for part in done.stdout.split())
    size = path.stat().st_size / 1e6
    print(f"\nMemory of a fresh process that imports {len(raws):,} resources ({size:.0f} MB)")
    line("before the import", f"{before:.0f} MiB")
    line("at its peak", f"{peak:.0f} MiB")


def stand_in() -> None:
    """The sandbox's own process with the big chart."""
    from tests.bench import sandbox_memory

    print("\nMemory of the sandbox")
    sandbox_memory.main(MANY)


def main() -> None:
    """Everything, in the order of the table."""
    print("Making people up ...", flush=True)
    chart = list(population(max(RESOURCES, MANY)))
    with servers.ready() as folder:
        imports(chart[:RESOURCES])
        unchanged(chart[:RESOURCES])
        pages(chart[:MANY])
        memory(chart[:MANY], folder)
    stand_in()


if __name__ == "__main__":
    main()
