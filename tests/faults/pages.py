"""F07 to F11: answers that hang, stop or are nonsense, and pages that lead astray."""

import time
from collections.abc import Mapping
from typing import Any

from ground import jobs
from ground.models import Job
from tests.faults.answers import walk_into
from tests.faults.bench import Bench, arrive
from tests.faults.ledger import exact, within
from tests.faults.registry import Verdict, fault, must
from tests.faults.wire import Weather
from tests.journeys.visitor import Visitor

_SLOT = 60.0  # seconds in which a worker must be free again
_SLOW: Mapping[str, Mapping[str, Any]] = {
    "hangs before the headers": {"hang": True},
    "drips ten bytes a second": {"drip": 10},
}
_GARBAGE = (
    *(
        {"garbage": word}
        for word in ("truncated", "empty", "noise", "utf16", "list", "null", "outcome", "no")
    ),
    *({"packed": word} for word in ("gzip-broken", "gzip-short", "gzip-not", "gzip-bomb")),
)
_HARMLESS = (
    {"garbage": "bom"},
    {"garbage": "tail"},
    {"garbage": "text"},
    {"garbage": "latin1"},
    {"packed": "gzip"},
)
_HOLES = 6  # kinds of entries that are no resource, and are kept aside as they came
_ASTRAY = (
    "itself",
    "circle",
    "foreign",
    "unlinked",
    "total-less",
    "total-more",
    "total-negative",
    "twice",
    "holes",
)


@fault("F07", "hang, drip, and a stall in the middle of a body")
def slow(bench: Bench) -> Verdict:
    """Each to somebody of their own, at once; both slots of the worker are free again in time."""
    visitors = [bench.person() for _ in _SLOW]
    mark = bench.mark()
    for visitor, trouble in zip(visitors, _SLOW.values(), strict=True):
        bench.site.sandbox.fault(route=arrive(visitor), nth=2, **trouble)
        visitor.follow("Back to the app")
    began = time.monotonic()
    other = bench.person()
    for visitor in visitors:
        bench.until(lambda mine=visitor: bench.postponed(mine) > 0.5, _SLOT, "the slot to be free")
    held = time.monotonic() - began
    struck = bench.struck(mark, "$everything")
    stalled = _stalls(bench, other) if "sandbox" in bench.wires else 0
    for visitor in visitors:
        bench.hurried_to_the_end(visitor)
    kept = sum(exact(each.witness) for each in visitors)
    must(struck == len(_SLOW), f"{struck} of {len(_SLOW)} were met")
    return Verdict(
        struck + stalled, f"slots free after {held:.0f} s; {kept} records of {len(visitors)} people"
    )


def _stalls(bench: Bench, visitor: Visitor) -> int:
    """The wire brings the beginning of a page and no more; how many connections that struck."""
    arrive(visitor)
    wire = bench.wires["sandbox"]
    wire.reset()  # else a connection that is kept open counts what it brought before
    wire.weather = Weather(stall_after=20_000, times=1)
    visitor.follow("Back to the app")
    bench.until(lambda: wire.struck, 30, "the stall")
    bench.until(lambda: bench.postponed(visitor) > 0.5, _SLOT, "the slot to be free")
    struck = wire.calm()
    bench.hurried_to_the_end(visitor)
    exact(visitor.witness)
    return struck


@fault("F08", "reset in the middle of a page, early close without a length", quick=True)
def cut(bench: Bench) -> Verdict:
    """By the server in three ways, and on the wire; nothing of such a page is kept."""
    ways = ("short", "reset", "unmarked")
    visitor, mark = walk_into(
        bench, *({"nth": nth, "cut": 5000, "how": how} for nth, how in enumerate(ways, 1))
    )
    bench.until(lambda: bench.struck(mark, "$everything"), 30, "the first cut")
    must(visitor.witness.of_theirs("records_record") == 0, "a part of a page was kept")
    bench.hurried_to_the_end(visitor)
    struck = bench.struck(mark, "$everything")
    must(struck == len(ways), f"{struck} of {len(ways)} were met")
    on_the_wire = _resets(bench) if "sandbox" in bench.wires else 0
    return Verdict(struck + on_the_wire, f"each page whole or not at all; {exact(visitor.witness)} records")


def _resets(bench: Bench) -> int:
    visitor = bench.person()
    arrive(visitor)
    wire = bench.wires["sandbox"]
    wire.reset()
    wire.weather = Weather(reset_after=20_000, times=2)
    visitor.follow("Back to the app")
    bench.until(lambda: wire.struck >= 2 or visitor.witness.is_over(), 60, "two resets")
    struck = wire.calm()
    bench.hurried_to_the_end(visitor)
    exact(visitor.witness)
    return struck


@fault("F09", "seventeen kinds of nonsense in place of a page")
def nonsense(bench: Bench) -> Verdict:
    """Each once: read again. Then one for ever: given up after three tries, what came before is kept."""
    kinds = (*_GARBAGE, *_HARMLESS)
    struck = sum(_once(bench, kinds[start : start + 6]) for start in range(0, len(kinds), 6))
    must(struck == len(kinds), f"{struck} of {len(kinds)} were met")
    visitor, mark = walk_into(bench, {"nth": 2, "times": None, "garbage": "truncated"})
    bench.hurried_to_the_end(visitor)
    tries = bench.struck(mark, "$everything")
    must(tries == 3, f"{tries} tries and not three")
    before = within(visitor.witness, error="unreadable")
    bench.site.sandbox.heal()
    bench.checked(visitor)
    return Verdict(
        struck + tries, f"given up after 3 tries with {before} records, {exact(visitor.witness)} later"
    )


def _once(bench: Bench, kinds: tuple[dict[str, str], ...]) -> int:
    """An import into each pair of these, so that three in a row are no reason to give up."""
    struck = 0
    for first, second in zip(kinds[::2], (*kinds[1::2], {}), strict=False):
        both = [{"nth": 1, **first}, *([{"nth": 3, **second}] if second else [])]
        visitor, mark = walk_into(bench, *both)
        bench.hurried_to_the_end(visitor)
        # A plain no is taken for one until somebody looks again; and what did no harm left a fault unmet.
        while visitor.witness.difference() or bench.struck(mark, "$everything") < len(both):
            must(len(visitor.witness.runs()) < 4, f"after {first} and {second} it never came to an end")
            bench.checked(visitor)
        struck += bench.struck(mark, "$everything")
        exact(visitor.witness)
    return struck


@fault("F10", "pages that lead to themselves, round, away, on and on")
def astray(bench: Bench) -> Verdict:
    """Whatever a page leads to: the import ends, and holds nothing that is not this person's."""
    struck, ends = 0, []
    for kind in _ASTRAY:
        last = 2 if kind in ("circle", "unlinked") else 1
        visitor, mark = walk_into(bench, {"nth": last, "page": kind})
        bench.hurried_to_the_end(visitor)
        struck += bench.struck(mark, "$everything")
        within(visitor.witness)
        bench.site.sandbox.heal()
        if visitor.witness.difference():
            bench.checked(visitor)
        exact(visitor.witness, error=None, quarantined=_HOLES if kind == "holes" else 0)
        ends.append(visitor.witness.runs()[0][2] or "done")
    must(struck >= len(_ASTRAY), f"{struck} of {len(_ASTRAY)} were met")
    pages = _on_and_on(bench)
    return Verdict(
        struck + pages, f"first came to {', '.join(sorted(set(ends)))}; {pages} endless pages, then given up"
    )


def _on_and_on(bench: Bench) -> int:
    """Empty pages without end, each with a new way on; how many were read before it was given up."""
    visitor, mark = walk_into(bench, {"page": "endless", "times": None})
    bench.site.kill("worker")
    try:
        _with_our_own_hands(visitor)
    finally:
        bench.site.start("worker")
    pages = bench.asked(mark, "$everything")
    within(visitor.witness, error="circle")
    bench.site.sandbox.heal()
    bench.checked(visitor)
    exact(visitor.witness)
    return pages


def _with_our_own_hands(visitor: Visitor) -> None:
    """Work their job in this process, slice after slice: the way by the bell is long for so many."""
    began = time.monotonic()
    while not visitor.witness.is_over():
        must(time.monotonic() - began < 600, "an endless chart was not given up")
        for job in Job.objects.filter(patient_id=visitor.witness.patient, kind="import", state="waiting"):
            for _ in range(100):
                jobs.work(job.pk)


@fault("F11", "records that come in between two pages", quick=True)
def inserted(bench: Bench) -> Verdict:
    """Between the first page and the second the place's chart grows at its beginning and at its end."""
    visitor, mark = walk_into(bench, {"delay": 1.5, "times": None})
    bench.until(lambda: visitor.witness.of_theirs("records_record"), 30, "the first page")
    sandbox, user = bench.site.sandbox, visitor.witness.app_user
    before = len(sandbox.truth(user))
    new = [
        {"resourceType": kind, "id": "came-late", "code": {"text": "Late"}}
        for kind in ("Condition", "Procedure")
    ]
    sandbox.change_chart(user, 4706, add=new)
    sandbox.tick()
    added = len(sandbox.truth(user)) - before
    must(added == len(new), f"{added} records were put in")
    sandbox.heal()
    bench.finished(visitor)
    calls = bench.asked(mark, "$everything")
    if visitor.witness.difference():
        bench.checked(visitor)
    return Verdict(added, f"{exact(visitor.witness)} records after {calls} pages")
