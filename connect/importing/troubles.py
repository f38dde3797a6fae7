"""What a gateway's errors mean for an import: wait, sign in, note it and go on, or stop and say so."""

import logging
from datetime import timedelta

from django.utils import timezone

from connect import gateways, tokens
from connect.gateway import GatewayError, Refused, SignInAgain, TryLater, Unreadable
from connect.importing import exports, walks
from connect.importing.slices import Slice, end
from connect.models import ImportRun
from ground.jobs import Done, Later, More, Outcome

log = logging.getLogger(__name__)

WAITS = (5, 15, 30, 60, 120, 300, 600, 900)  # seconds
_TRIES = 30  # about six hours
_READS = 3


def answer(work: Slice, trouble: GatewayError) -> Outcome:
    """What comes next after a call that did not work."""
    if isinstance(trouble, gateways.Busy):
        return Later(trouble.retry_after or 1.0, note="budget")
    log.info(
        "gateway trouble",
        extra={
            "run": work.run.pk,
            "call": trouble.call,
            "status": trouble.status,
            "error": type(trouble).__name__,
        },
    )
    match trouble:
        case TryLater():
            return _later(work, trouble)
        case SignInAgain():
            return _sign_in(work)
        case Unreadable():
            return _unreadable(work)
        case Refused():
            return _no(work, "refused")
        case _:
            return _no(work, "failed")


def _later(work: Slice, trouble: TryLater) -> Outcome:
    wait = WAITS[min(work.run.troubles, len(WAITS) - 1)]
    seconds = max(trouble.retry_after or 0.0, float(wait) if trouble.retry_after is None else 0.5)
    with work.keeping() as run:
        run.troubles = work.run.troubles + 1
        if run.troubles >= _READS and exports.is_under_way(run):
            exports.fall_back(run)
            return More()
        if run.troubles >= _TRIES:
            end(run, ImportRun.Outcome.FAILED, "no_answer")
            return Done()
        run.again_at = timezone.now() + timedelta(seconds=seconds)
    return Later(seconds, note="no_answer")


def _sign_in(work: Slice) -> Outcome:
    """A token that should have worked did not: fetch another, once. A second no is not asked away."""
    tokens.spoil(work.patient_id, work.place.gateway)
    with work.keeping() as run:
        run.sign_ins = work.run.sign_ins + 1
        if run.sign_ins > 1:
            end(run, ImportRun.Outcome.FAILED, "sign_in")
            return Done()
    return More()


def _unreadable(work: Slice) -> Outcome:
    if work.run.unreadable + 1 >= _READS:
        return _no(work, "unreadable")
    with work.keeping() as run:
        run.unreadable = work.run.unreadable + 1
    return Later(5.0, note="unreadable")


def _no(work: Slice, reason: str) -> Outcome:
    """Asking again the same way will not help. One Patient's pages never sink the rest."""
    with work.keeping() as run:
        if exports.is_under_way(run):
            exports.fall_back(run)
            return More()
        if run.phase == ImportRun.Phase.FETCHING:
            walks.give_up(run, reason)
            return More()
        end(run, ImportRun.Outcome.FAILED, reason)
    return Done()
