"""How far each Patient's pages are: kept as plain values in the run's row, so that any worker can go on.

A walk is {"id", "others", "strangers", "state", "pages", "had", "total", "chart", "short", "agreed", "mark",
"until", "plain", "export"}. A gateway
that leads in a circle is noticed without keeping all cursors: one is remembered, and replaced after twice as
many pages each time (Brent's algorithm). A walk that ends before as many resources came as the gateway counts
is walked once more: something may have come in between. `short` is how many passes in a row fell short,
`agreed` how many whole passes in a row had as many as the gateway counts. After a walk over what is new alone
the gateway is asked how many the whole chart has: `chart`.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from connect.gateway import Page
from connect.models import ImportRun
from records.store import Kept

PAGE_CAP = 5000
_GOING, _COUNTING, _DONE, _SHORT = "going", "counting", "done", "short"
_SHORT_TWICE = 2

Walk = dict[str, Any]


def begin(
    patients: list[str],
    before: Iterable[Walk] = (),
    *,
    known: Sequence[str] = (),
    strangers: bool = False,
) -> list[Walk]:
    """A walk for each upstream Patient; `before` are the walks of the last pass.

    `known` are all Patients of the account, `strangers` whether one of this place is somebody else.
    """
    last = {walk["id"]: walk for walk in before}
    fresh = {"state": _GOING, "pages": 0, "had": 0, "total": None, "chart": None, "mark": "", "until": 1}
    return [
        {
            **fresh,
            "id": each,
            "others": [other for other in known if other != each],
            "strangers": strangers,
            "short": last.get(each, {}).get("short", 0),
            "agreed": last.get(each, {}).get("agreed", 0),
            "plain": last.get(each, {}).get("plain", False),
        }
        for each in patients
    ]


def current(run: ImportRun) -> Walk | None:
    """The walk under way; None when all have ended."""
    return next((walk for walk in run.walks if walk["state"] in (_GOING, _COUNTING)), None)


def advance(run: ImportRun, page: Page, kept: Kept) -> None:
    """Count a page that was just kept and note where the next one is."""
    walk = current(run)
    if walk is None:
        return
    walk["pages"] += 1
    walk["had"] = walk.get("had", 0) + len(page.resources) + len(page.rejected)
    walk["total"] = page.total if page.total is not None else walk["total"]
    run.cursor = page.next or ""
    run.seen += len(page.resources)
    count(run, kept)
    totals = [each["total"] for each in run.walks if each["total"] is not None]
    run.total = max(sum(totals), run.seen) if totals else None
    if page.next is None:
        _close(run, walk)
    elif walk["pages"] >= PAGE_CAP or _in_a_circle(walk, page.next):
        give_up(run, "circle")


def count(run: ImportRun, kept: Kept) -> None:
    """Add what a page brought to what the run has brought so far."""
    run.new += kept.new
    run.unlisted += kept.unlisted
    run.changed += kept.changed
    run.quarantined += kept.quarantined


def give_up(run: ImportRun, reason: str) -> None:
    """Leave the rest of the walk under way; the other Patients are still fetched."""
    walk = current(run)
    if walk is not None:
        walk["state"], walk["agreed"] = reason, 0
        run.cursor = ""


def finish(run: ImportRun) -> None:
    """The walk under way came to its end by another way than pages: it decides nothing of what is gone."""
    walk = current(run)
    if walk is not None:
        _close(run, walk)
        walk["agreed"], run.cursor = 0, ""


def is_counting(walk: Walk) -> bool:
    """Whether what is new was read, and only how many the whole chart has is still to be asked."""
    return bool(walk["state"] == _COUNTING)


def counted(run: ImportRun, total: int | None) -> None:
    """Note how many resources the gateway says the whole chart has; None when it does not say."""
    walk = current(run)
    if walk is not None:
        walk["state"], walk["chart"], run.cursor = _DONE, total, ""


def agreed(run: ImportRun) -> int:
    """How many whole passes in a row agreed with the gateway's own count of every chart."""
    return min((walk.get("agreed", 0) for walk in run.walks), default=0)


def totals(run: ImportRun) -> dict[str, int]:
    """How many resources the gateway counts in each chart, of those it told."""
    return {walk["id"]: walk["chart"] for walk in run.walks if walk.get("chart") is not None}


def broken(run: ImportRun) -> str:
    """Why a walk did not reach its end; empty when all did."""
    return next((walk["state"] for walk in run.walks if walk["state"] not in (_GOING, _COUNTING, _DONE)), "")


def deserves_another(run: ImportRun) -> bool:
    """Whether a chart fell short of its own count for the first time: the next pass may find the rest."""
    return any(walk["state"] == _SHORT and walk["short"] < _SHORT_TWICE for walk in run.walks)


def _close(run: ImportRun, walk: Walk) -> None:
    """The last page came: done, unless the gateway counts more than it sent."""
    is_short = walk["total"] is not None and walk["had"] < walk["total"]
    walk["short"] = walk.get("short", 0) + 1 if is_short else 0
    if is_short:
        walk["state"], walk["agreed"] = _SHORT, 0
        return
    if run.since is not None:
        walk["state"] = _COUNTING
        return
    walk["state"], walk["chart"] = _DONE, walk["total"]
    counts = run.is_complete and run.is_last_pass and walk["total"] is not None
    walk["agreed"] = walk.get("agreed", 0) + 1 if counts else 0


def _in_a_circle(walk: Walk, cursor: str) -> bool:
    mark = sha256(cursor.encode()).hexdigest()[:16]
    if mark == walk["mark"]:
        return True
    if walk["pages"] >= walk["until"]:
        walk["mark"], walk["until"] = mark, walk["pages"] * 2
    return False
