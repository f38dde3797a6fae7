"""A large first chart as an export instead of hundreds of pages: the second way records may come.

The first page is had as ever: it is shown at once, and tells how many there are. Where that is many, and
the account has nobody else's chart in it, the rest comes as files, part by part, into the same store.
Wherever the gateway refuses, or what comes is not as it should be, the pages are gone on with where they were
left. How far it is stands in the walk's `export`: where to ask after it, the files, the one under way and the
byte (decision 0035).
"""

from typing import Any, cast

from django.conf import settings

from connect import exporters
from connect.gateway import ExportFile, ExportStep, Lines, Page
from connect.importing import walks, whose
from connect.importing.slices import Slice
from connect.models import ImportRun
from ground import jobs
from ground.jobs import Later, More, Outcome
from records import store

_MOST = 1_500_000  # bytes of a part
_ASKS = 300
_WAIT = 5.0  # seconds, where the gateway does not say


def would_help(run: ImportRun, page: Page) -> bool:
    """Whether the rest of a chart, of which the first page was just kept, had better come as an export."""
    least, walk = cast(int, settings.ONEUP["export_from"]), walks.current(run)
    if not least or walk is None or (page.total or 0) < least or page.next is None:
        return False
    alone = len(run.walks) == 1 and not walk["others"] and not walk["strangers"]
    first = run.is_first and run.since is None and walk["pages"] == 1 and not walk.get("plain")
    return bool(alone and first and exporters.exports(run.connection.place.gateway))


def begin(run: ImportRun) -> None:
    """Have the rest come as an export. The cursor of the next page stays, for the way back."""
    walk = run.walks[0]
    run.route = ImportRun.Route.EXPORT
    walk["export"] = {"status": "", "files": None, "at": 0, "offset": 0, "asks": 0, "had": walk["had"]}
    walk["had"] = 0


def is_under_way(run: ImportRun) -> bool:
    """Whether an export is being waited for or read."""
    walk = walks.current(run)
    return walk is not None and bool(walk.get("export"))


def fall_back(run: ImportRun) -> None:
    """Go on with the pages, in this pass and in the next ones."""
    walk = run.walks[0]
    walk["had"], walk["plain"] = walk.pop("export")["had"], True
    run.route = ImportRun.Route.EVERYTHING


def one_slice(work: Slice, walk: walks.Walk) -> Outcome:
    """Ask for it, ask after it, or read a part of a file: one call."""
    state, place, connection = walk["export"], work.place, work.run.connection
    exporter = exporters.of(
        place.gateway, work.access(), connection.fhir_version,
        whose=work.patient_id, place=place.key, asked=work.is_asked,
    )  # fmt: skip
    if state["files"] is None:
        step = exporter.ask(state["status"]) if state["status"] else exporter.begin()
        with work.keeping() as run:
            return _stands(run, _still(run, state), step)
    if state["at"] >= len(state["files"]):
        with work.keeping() as run:
            _still(run, state)
            _over(run)
            return More()
    part = exporter.lines(ExportFile(*state["files"][state["at"]]), state["offset"], _MOST)
    with work.keeping() as run:
        _keep(work, run, _still(run, state), part)
    return More()


def _still(run: ImportRun, state: dict[str, Any]) -> dict[str, Any]:
    """The export's state in the row; raises LeaseLost where another went on from there meanwhile."""
    now: dict[str, Any] = run.walks[0].get("export") or {} if run.walks else {}
    if now != state:
        raise jobs.LeaseLost
    return now


def _stands(run: ImportRun, state: dict[str, Any], step: ExportStep) -> Outcome:
    if step.files is not None:
        state["files"] = [[file.kind, file.path] for file in step.files]
        return More()
    state["status"], state["asks"] = step.status or state["status"], state["asks"] + 1
    if state["asks"] >= _ASKS:
        fall_back(run)
        return More()
    return Later(min(max(step.wait or _WAIT, 1.0), 300.0), note="export")


def _keep(work: Slice, run: ImportRun, state: dict[str, Any], part: Lines) -> None:
    walk = run.walks[0]
    if not all(_may_be(raw, walk["id"]) for raw in part.resources):
        fall_back(run)  # somebody else's chart has come into the account: pages ask for this one alone
        return
    kept = store.keep(
        patient_id=work.patient_id,
        source_id=int(run.connection.source_id or 0),
        origin=store.origin(work.place.gateway, run.connection.fhir_version.upper()),
        upstream_patient=walk["id"],
        resources=part.resources,
        rejected=part.rejected,
    )
    walk["had"] += len(part.resources) + len(part.rejected)
    run.seen = max(run.seen, walk["had"])
    walks.count(run, kept)
    state["at"], state["offset"] = (state["at"] + 1, 0) if part.next is None else (state["at"], part.next)


def _may_be(raw: bytes, patient: str) -> bool:
    """Whether a line is this Patient's or nobody's."""
    owner = whose.line(raw).owner
    return owner in (patient, "") or (owner is None and whose.names_patient(raw, patient))


def _over(run: ImportRun) -> None:
    """All files were read: the walk is at its end, as if its last page had come."""
    run.walks[0].pop("export")
    walks.finish(run)
