"""A pass over a patient's charts: the whole of them, or what is new since the last import, page by page.

What is new alone is read where the FHIR version can say so; then the gateway is asked how many each chart
has, and where that is not what was there and what came, the run goes over the whole charts at once.
"""

from django.db.models.functions import Now

from connect.gateway import Page, Unreadable, instant
from connect.importing import asking, belonging, exports, vanished, walks
from connect.importing.slices import Slice
from connect.models import ImportRun
from ground.jobs import Later, More, Outcome
from records import store

BETWEEN_PASSES = (2, 5, 15, 45, 120, 300, 900)  # seconds

Phase = ImportRun.Phase

#: What `remember` changes on a connection.
REMEMBERED = ("chart_totals", "collected_since", "complete_at")


def fetching(work: Slice) -> Outcome:
    """Fetch one page and keep it together with the cursor of the next."""
    walk = walks.current(work.run)
    if walk is None:
        with work.keeping() as run:
            return following_pass(run)
    if walks.is_counting(walk):
        return _counting(work, walk)
    if walk.get("export"):
        return exports.one_slice(work, walk)
    page = work.gateway.everything(
        work.access(),
        walk["id"],
        work.run.connection.fhir_version,
        cursor=work.run.cursor or None,
        since=instant(work.run.since) if work.run.since else "",
    )
    with work.keeping() as run:
        kept = _keep(work, walk, page)
        if page.dead_end:
            walks.count(run, kept)
        else:
            walks.advance(run, page, kept)
            if exports.would_help(run, page):
                exports.begin(run)
        vanished.note(run, kept)
    if page.dead_end:  # what came is kept; the way on may be readable the next time
        raise Unreadable("everything")
    return More()


def begin(run: ImportRun, patients: list[str], known: list[str]) -> None:
    """Begin a pass over the charts of these Patients, of all the account knows. Inside the scope."""
    run.phase, run.cursor, run.seen = Phase.FETCHING, "", 0
    strangers = run.connection.others > 0
    run.walks = walks.begin(patients, run.walks, known=known, strangers=strangers)
    vanished.begin(run)


def following_pass(run: ImportRun) -> Outcome:
    """After a pass: another one, now or when the place has sent more; or everything is here."""
    if not run.is_last_pass or walks.deserves_another(run):
        run.phase = Phase.WAITING
        return Later(BETWEEN_PASSES[min(run.pass_number, len(BETWEEN_PASSES)) - 1])
    if _disagrees(run):
        run.is_complete, run.since = True, None
        return _again(run)
    if vanished.is_in_doubt(run):
        return _again(run)
    run.phase = Phase.SETTLING
    return More()


def remember(run: ImportRun) -> None:
    """Note on the connection what the next import may build on, as far as this one came to its end."""
    connection = run.connection
    if walks.broken(run) or not run.walks:
        return
    connection.chart_totals = walks.totals(run)
    if run.upstream_at is not None:
        connection.collected_since = run.upstream_at - asking.MARGIN
    if run.is_complete and not run.error:
        connection.complete_at = Now()


def _counting(work: Slice, walk: walks.Walk) -> Outcome:
    version = work.run.connection.fhir_version
    page = work.gateway.everything(work.access(), walk["id"], version, count=1)
    with work.keeping() as run:
        walks.counted(run, page.total)
    return More()


def _again(run: ImportRun) -> Outcome:
    run.pass_number += 1
    run.phase = Phase.FINDING
    return More()


def _disagrees(run: ImportRun) -> bool:
    """Whether the charts hold another number than they did, with what this run brought."""
    if run.is_complete or walks.broken(run):
        return False
    now, before = walks.totals(run), run.connection.chart_totals
    if not now or now.keys() - before.keys():
        return False
    return bool(sum(now.values()) != sum(before[each] for each in now) + run.new)


def _keep(work: Slice, walk: walks.Walk, page: Page) -> store.Kept:
    """Into the store with what is this walk's own; inside the scope."""
    connection = work.run.connection
    others, strangers = walk.get("others", ()), walk.get("strangers", False)
    return store.keep(
        patient_id=work.patient_id,
        source_id=int(connection.source_id or 0),
        origin=store.origin(work.place.gateway, connection.fhir_version.upper()),
        upstream_patient=walk["id"],
        resources=belonging.theirs(page.resources, walk["id"], others, strangers=strangers),
        rejected=page.rejected,
    )
