"""Ask a place to send anew, and follow what comes of it until the gateway has everything.

Each answer has a state of its own on the connection (docs/oneup.md §11.1). None of them ends the look: what
the gateway has is read anyway, since its own passes may have brought something.
"""

import logging
from datetime import datetime, timedelta

from django.db.models.functions import Now

from connect import gateways
from connect.gateway import CannotIngest, GatewayError, TryLater
from connect.importing import happenings, history
from connect.importing.slices import Slice
from connect.models import Connection, Happening, ImportRun
from ground.jobs import Later, More, Outcome

log = logging.getLogger(__name__)

Phase = ImportRun.Phase
What = Happening.What

CLOCKS_DIFFER = timedelta(seconds=60)
#: How much of the time before the last import is read again: what was written then may have shown up later.
MARGIN = timedelta(hours=1)
_FAR_BACK = timedelta(days=7)
_TRIES = 3
BETWEEN_LOOKS = (2, 5, 15, 45, 120, 300, 600, 900)  # seconds; the last of them again and again
_BEGINS_WITHIN = 8  # asks, some three quarters of an hour
_ENDS_WITHIN = 30  # asks, some six hours

#: Answers that an operator must look into.
_OURS = frozenset({"forbidden", "unknown", "place", "version"})


def asking(work: Slice) -> Outcome:
    """Ask once; note the answer; follow it, or go on with what the gateway has."""
    answer = _asked(work)
    if answer in _OURS:
        log.error("ingest refused", extra={"run": work.run.pk, "place": work.place.pk, "error": answer})
    with work.keeping() as run:
        connection = run.connection
        connection.asked_at, connection.ask_answer, run.ask_answer = Now(), answer, answer
        connection.save(update_fields=["asked_at", "ask_answer"])
        what = What.ASK_REFUSED if answer else What.ASKED
        history.act(connection, what, about=f"run:{run.pk}", note=answer)
        run.asks = 0
        run.phase = Phase.FINDING if answer else Phase.FOLLOWING
    return More() if answer else Later(BETWEEN_LOOKS[0])


def following(work: Slice) -> Outcome:
    """Has the place sent everything by now? What it did not send after hours is left for the next look."""
    found = heard(work)
    with work.keeping() as run:
        note(run, found)
        if not _is_over(found):
            patience = _ENDS_WITHIN if found.started else _BEGINS_WITHIN
            run.asks += 1
            if run.asks < patience:
                run.error = ""
                return Later(BETWEEN_LOOKS[min(run.asks, len(BETWEEN_LOOKS) - 1)])
            _gave_up(run, found)
        elif found.word == "unreachable" and not found.started:
            _came_to(run, "trouble")
        run.phase = Phase.FINDING
    return More()


def heard(work: Slice) -> happenings.Happenings:
    """What the gateway told of this run's place since the sign-in it is about, or since the last import."""
    run = work.run
    events = work.gateway.events(run.connection.account.external_id, _since(run))
    found = happenings.read(events, work.place.key)
    if run.attempt is None and (known := _known(run.connection)) is not None:
        return happenings.read((event for event in found.told if event.at > known), work.place.key)
    return found


def note(run: ImportRun, found: happenings.Happenings) -> None:
    """Keep what was heard: for the history, of kinds that did not come, and what time it is over there."""
    history.note(run.connection, found.told)
    run.failed_kinds = sorted({*run.failed_kinds, *found.failed_kinds})
    run.error = "timed_out" if found.timed_out else ""
    if found.told:
        latest = found.told[-1].at
        run.upstream_at = max(run.upstream_at or latest, latest)


def _asked(work: Slice) -> str:
    """One word for what the gateway answered, "" when the place is asked. Raises what is worth a retry."""
    connection = work.run.connection
    try:
        work.gateway.ingest(connection.account.external_id, work.place.key, connection.fhir_version)
    except gateways.Busy:
        raise
    except CannotIngest as no:
        return no.reason
    except TryLater as trouble:
        if trouble.status == 429:
            return "too_soon"
        if work.run.troubles + 1 < _TRIES:
            raise
        return "trouble"
    except GatewayError:
        return "unknown"
    return ""


def _is_over(found: happenings.Happenings) -> bool:
    return not found.sending or (found.word == "unreachable" and not found.started)


def _gave_up(run: ImportRun, found: happenings.Happenings) -> None:
    """The place did not finish, or was never heard to begin."""
    if found.started:
        run.error = "timed_out"
    else:
        _came_to(run, "trouble")
    log.warning("ingest not followed to its end", extra={"run": run.pk, "error": run.error or "unheard"})


def _came_to(run: ImportRun, answer: str) -> None:
    run.ask_answer = run.connection.ask_answer = answer
    run.connection.save(update_fields=["ask_answer"])


def _known(connection: Connection) -> datetime | None:
    """The gateway's newest time that the last import knew; None before there was one."""
    since: datetime | None = connection.collected_since
    return None if since is None else since + MARGIN


def _since(run: ImportRun) -> datetime:
    if run.attempt is not None:
        return run.attempt.created_at - CLOCKS_DIFFER
    before: datetime = run.started_at - CLOCKS_DIFFER
    known = _known(run.connection)
    return before if known is None else min(before, max(known, run.started_at - _FAR_BACK))
