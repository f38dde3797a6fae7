"""How far each Patient's pages are: kept as plain values in the run's row, so that any worker can go on.

A walk is {"id", "state", "pages", "total", "mark", "until"}. A gateway that leads in a circle is noticed
without keeping all cursors: one is remembered, and replaced after twice as many pages each time (Brent's
algorithm).
"""

from hashlib import sha256
from typing import Any

from connect.gateway import Page
from connect.models import ImportRun
from records.store import Kept

PAGE_CAP = 5000
_GOING, _DONE = "going", "done"

Walk = dict[str, Any]


def begin(patients: list[str]) -> list[Walk]:
    """A walk for each upstream Patient."""
    return [
        {"id": each, "state": _GOING, "pages": 0, "total": None, "mark": "", "until": 1} for each in patients
    ]


def current(run: ImportRun) -> Walk | None:
    """The walk under way; None when all have ended."""
    return next((walk for walk in run.walks if walk["state"] == _GOING), None)


def advance(run: ImportRun, page: Page, kept: Kept) -> None:
    """Count a page that was just kept and note where the next one is."""
    walk = current(run)
    if walk is None:
        return
    walk["pages"] += 1
    walk["total"] = page.total if page.total is not None else walk["total"]
    run.cursor = page.next or ""
    run.seen += len(page.resources)
    run.new += kept.new
    run.changed += kept.changed
    run.quarantined += kept.quarantined
    totals = [each["total"] for each in run.walks if each["total"] is not None]
    run.total = max(sum(totals), run.seen) if totals else None
    if page.next is None:
        walk["state"] = _DONE
    elif walk["pages"] >= PAGE_CAP or _in_a_circle(walk, page.next):
        give_up(run, "circle")


def give_up(run: ImportRun, reason: str) -> None:
    """Leave the rest of the walk under way; the other Patients are still fetched."""
    walk = current(run)
    if walk is not None:
        walk["state"] = reason
        run.cursor = ""


def broken(run: ImportRun) -> str:
    """Why a walk did not reach its end; empty when all did."""
    return next((walk["state"] for walk in run.walks if walk["state"] not in (_GOING, _DONE)), "")


def _in_a_circle(walk: Walk, cursor: str) -> bool:
    mark = sha256(cursor.encode()).hexdigest()[:16]
    if mark == walk["mark"]:
        return True
    if walk["pages"] >= walk["until"]:
        walk["mark"], walk["until"] = mark, walk["pages"] * 2
    return False
