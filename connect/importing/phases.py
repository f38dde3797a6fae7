"""The phases of an import: confirm the sign-in, find the patient, walk the pages, go round again, settle.

Each takes one slice and says what comes next. Gateway errors pass through; `connect.importing.troubles`
answers them.
"""

import json
import logging
from collections.abc import Callable, Iterable
from datetime import timedelta

from django.db.models.functions import Now
from django.utils import timezone

from connect import gateways, notices
from connect.gateway import PatientRef
from connect.importing import (
    access,
    answers,
    asking,
    claims,
    gate,
    happenings,
    history,
    identity,
    passes,
    vanished,
)
from connect.importing.asking import asking as ask
from connect.importing.asking import following
from connect.importing.passes import fetching, following_pass
from connect.importing.slices import Slice, end
from connect.models import Connection, Happening, ImportRun, LinkAttempt
from ground import counting
from ground.jobs import Done, Later, More, Outcome
from records.services import whole

log = logging.getLogger(__name__)

Phase = ImportRun.Phase
Ended = ImportRun.Outcome

BETWEEN_ASKS = (2, 5, 15, 45, 120, 120, 120, 120)  # seconds, while we wait for word of a sign-in
_PATIENCE_WITHOUT_HINT = 4  # asks, when the browser came back without saying that it worked
_SENDS_AT_MOST = timedelta(hours=24)
_BEGINS_AT_MOST = timedelta(hours=1)
QUESTION_STANDS = timedelta(days=7)
_MAY_STILL_BRING = (Connection.State.CONFIRMING, Connection.State.COLLECTING, Connection.State.QUESTION)


def confirming(work: Slice) -> Outcome:
    """Ask what happened at the place; go on only when the gateway itself names it."""
    found = asking.heard(work)
    with work.keeping() as run:
        history.note(run.connection, found.told)
        if found.word == "agreed":
            _confirmed(run, found)
            return More()
        if found.word in ("declined", "unreachable"):
            end(run, Ended.DECLINED if found.word == "declined" else Ended.UNREACHABLE)
            return Done()
        return _ask_again(run)


def finding(work: Slice) -> Outcome:
    """Find this patient at the place, and hold the gate: whoever else is there is not fetched."""
    connection = work.run.connection
    refs = work.gateway.patients(work.access(), connection.fhir_version)
    with work.keeping() as run:
        here = [ref for ref in refs if ref.place_key == work.place.key] or _nameless(run, refs)
        known, mine = gate.known(run), claims.not_anothers(run.connection, here)
        agreed = claims.claim(run.connection, _agreed(run, mine, known))
        run.connection.others = len(here) - len(agreed)
        run.connection.save(update_fields=["others"])
        if agreed:
            return _walk(run, agreed, [ref.id for ref in refs])
        if mine and run.attempt is not None:
            return _doubt(run, mine, known)
        return following_pass(run)


def waiting(work: Slice) -> Outcome:
    """Between two passes: has the place sent everything by now? The next pass is the last one if so."""
    found = asking.heard(work)
    with work.keeping() as run:
        asking.note(run, found)
        limit = _SENDS_AT_MOST if found.started else _BEGINS_AT_MOST
        given_up = timezone.now() - run.started_at > limit
        sending = found.sending and (found.started or run.attempt is not None)
        run.is_last_pass = given_up or not sending
        run.error = "timed_out" if given_up else run.error
        run.pass_number += 1
        run.phase = Phase.FINDING
    return More()


def settling(work: Slice) -> Outcome:
    """Everything there was is here: say so of each kind, once, and tell the patient."""
    told = access.told(work)
    with work.keeping() as run:
        gone = vanished.settle(run)
        answers.note(run)
        connection = run.connection
        run.unlisted += answers.want_files(connection, connection.collected_at, run.started_at)
        connection.collected_at, connection.new_records = Now(), run.listed
        passes.remember(run)
        connection.save(update_fields=["collected_at", "new_records", *passes.REMEMBERED])
        if run.is_first and run.new and run.asked_by is not None:
            notices.records_arrived(run.asked_by, connection.place.name)
        if not run.is_first and (run.new or run.changed or gone):
            notices.news_came(run.patient_id)
        access.note(connection, told)
        end(run, Ended.DONE)
        access.plan_reminder(connection)
    return Done()


def question(work: Slice) -> Outcome:
    """Nothing to do until the patient answers; after a week the question lapses."""
    open_for = timezone.now() - work.run.heartbeat_at
    if open_for < QUESTION_STANDS:
        return Later((QUESTION_STANDS - open_for).total_seconds() + 1)
    with work.keeping() as run:
        end(run, Ended.NOT_MINE, "no_answer")
    return Done()


STEPS: dict[str, Callable[[Slice], Outcome]] = {
    Phase.CONFIRMING: confirming,
    Phase.ASKING: ask,
    Phase.FOLLOWING: following,
    Phase.FINDING: finding,
    Phase.FETCHING: fetching,
    Phase.WAITING: waiting,
    Phase.SETTLING: settling,
    Phase.QUESTION: question,
}


def _agreed(run: ImportRun, here: Iterable[PatientRef], known: identity.Known) -> list[str]:
    accepted = run.connection.accepted
    return [ref.id for ref in here if ref.id in accepted or gate.is_ours(run, ref, known)]


def _confirmed(run: ImportRun, found: happenings.Happenings) -> None:
    connection = run.connection
    connection.state, connection.ended_at = Connection.State.COLLECTING, None
    connection.confirmed_at = connection.confirmed_at or timezone.now()
    access.begin_anew(connection)
    connection.save(update_fields=["state", "ended_at", "confirmed_at", *access.FIELDS])
    asking.note(run, found)
    run.is_last_pass = not found.sending
    run.asks, run.phase = 0, Phase.FINDING


def _ask_again(run: ImportRun) -> Outcome:
    hinted = run.attempt is not None and run.attempt.outcome == "success"
    patience = len(BETWEEN_ASKS) if hinted else _PATIENCE_WITHOUT_HINT
    if run.asks >= patience:
        end(run, Ended.NOTHING)
        return Done()
    run.asks += 1
    return Later(BETWEEN_ASKS[run.asks - 1])


def _nameless(run: ImportRun, refs: Iterable[PatientRef]) -> list[PatientRef]:
    """Patients that do not say where they come from: DSTU2 has no room for it.

    Those that another connection of this version was given are its own. While another still waits for its
    first, a new one may be either's, and stays where it is until a later pass knows.
    """
    here = run.connection
    others = Connection.objects.of(run.patient_id).filter(fhir_version=here.fhir_version).exclude(pk=here.pk)
    taken = {accepted for other in others for accepted in other.accepted}
    if any(other.state in _MAY_STILL_BRING and not other.accepted for other in others):
        taken |= {ref.id for ref in refs} - set(here.accepted)
    return [ref for ref in refs if not ref.place_key and ref.id not in taken]


def _walk(run: ImportRun, agreed: list[str], known: list[str]) -> Outcome:
    """The gate is open: note whom to fetch, of all the account knows, and begin a pass over their pages."""
    connection = run.connection
    if not set(connection.accepted) >= set(agreed):
        whole.changed(connection.patient_id)
    connection.accepted = sorted({*connection.accepted, *agreed})
    connection.state = Connection.State.COLLECTING
    gate.set_to(connection, "open")
    connection.save(update_fields=["accepted", "state", "source_id"])
    passes.begin(run, agreed, known)
    return More()


def _doubt(run: ImportRun, here: list[PatientRef], known: identity.Known) -> Outcome:
    """The place sent somebody who is not surely the patient: nothing is fetched until the patient says.

    Asked only of whoever returned in the session the link began in, and only where the name or the birth date
    agrees. A link that somebody else finished is how somebody else's records would be taken (threat T01):
    where both differ, or the link was claimed later, there is nothing to ask. What the place sent is not
    kept: whoever reads the question may be a stranger to it.
    """
    connection, attempt = run.connection, run.attempt
    if connection.accepted:
        return following_pass(run)
    nearest, differs = gate.nearest(here, known)
    if attempt is None or attempt.proof != LinkAttempt.Proof.SESSION or not identity.may_ask(differs):
        log.warning("connect.unmatched", extra={"attempt": run.attempt_id, "run": run.pk})
        counting.add("mismatch", "person", later=True)
        gate.set_to(connection, "refused")
        connection.save(update_fields=["source_id"])
        end(run, Ended.NOT_MINE, "differs")
        return Done()
    connection.said = json.dumps({"ids": [nearest.id], "differs": differs})
    connection.state = Connection.State.QUESTION
    gate.set_to(connection, "question")
    connection.save(update_fields=["said_sealed", "state", "source_id"])
    history.act(connection, Happening.What.DOUBTED, about=f"run:{run.pk}")
    run.phase = Phase.QUESTION
    return Later(QUESTION_STANDS.total_seconds())


def preferred_version(offered: Iterable[str], gateway: str = gateways.USUAL) -> str:
    """The FHIR version to connect a place in; "" when it offers none that we read.

    A place that says nothing about versions is asked in our first one.
    """
    ours, theirs = gateways.versions(gateway), tuple(offered)
    if not theirs:
        return ours[0]
    return next((version for version in ours if version in theirs), "")
