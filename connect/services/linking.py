"""Leaving for a place's sign-in and coming back: one departure, bound to a session and a browser.

The gateway's callback carries no state and can be forged, so it changes nothing but "seen again": what it
came to is asked of the gateway by the import it starts (security rules §5.1).
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from django.db import IntegrityError
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from connect import gateways, importing
from connect.models import Account, Connection, ImportRun, LinkAttempt, Place
from connect.services import leaving
from connect.services.places import with_access
from ground import jobs, scope
from ground.digests import digest
from ground.viewer import Viewer, job_viewer

log = logging.getLogger(__name__)

CONFIRMABLE = timedelta(hours=24)

#: The job that finds out where a search in the gateway's own page led (`connect.services.picking`).
NAMING = "naming"


class CannotRead(Exception):
    """The place keeps records only in FHIR versions that this installation does not read."""


class LinkOver(Exception):
    """This link can no longer be finished: it is too old, was replaced, or never began."""


class StillLeaving(LinkOver):
    """What was here of this place is still being deleted; it can be connected again when that is done."""


@dataclass(frozen=True, slots=True)
class Browser:
    """What a browser brings back: its session, the nonce it was given, and whoever is signed in.

    `held`: everybody whom they look after, of whom the viewer reaches one at a time.
    """

    session_key: str
    nonce: str
    viewer: Viewer
    signed_in_at: float = 0.0  # seconds since the epoch; when this session's person signed in
    held: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Return:
    """What a callback came to, and the run that finds out more; none yet while the place is to be named."""

    what: Literal["unmatched", "signed_out", "late", "replaced", "back"]
    attempt: LinkAttempt | None = None
    run: ImportRun | None = None


def start_link(*, patient_id: int, browser: Browser, place: Place) -> LinkAttempt:
    """Ask where the patient signs in at a place, and remember the departure. An older open one is replaced.

    Call outside any scope. Raises `CannotRead`, `StillLeaving` and `GatewayError`.
    """
    version = importing.preferred_version(place.versions, place.gateway)
    if not version:
        raise CannotRead
    with scope.open(job_viewer(patient_id)):
        if not leaving.may_depart(patient_id, place.pk):
            raise StillLeaving
    gateway = gateways.of(place.gateway, person=True, whose=patient_id, place=place.key)
    going = with_access(patient_id, place.gateway, lambda access: gateway.depart(access, place.key, version))
    attempt = LinkAttempt(
        patient_id=patient_id,
        user_id=int(browser.viewer.user_id or 0),
        place=place,
        fhir_version=version,
        session_hash=digest(browser.session_key),
        nonce_hash=digest(browser.nonce),
        host=going.host[:253],
    )
    attempt.departure, attempt.memo = going.address, going.memo or None
    return keep_departure(attempt)


def record_return(*, browser: Browser, hint: str, came_from: str) -> Return:
    """Note that somebody came back, once, and let the gateway be asked about it. Reloading changes nothing.

    `hint` and `came_from` are what the callback claims (success, the place's own address): never trusted,
    they decide only how long we wait for word and which of two open links is meant. It may be one that was
    begun for somebody whose pages are not shown just now.
    """
    attempts = _of_this_browser(browser)
    if not attempts:
        return Return("unmatched")
    if browser.viewer.user_id is None:
        return Return("signed_out")
    mine = [each for each in attempts if _is_theirs(each, browser)]
    if not mine:
        return Return("unmatched")
    attempt = _meant(sorted(mine, key=lambda each: _comes_later(each, browser)), came_from)
    if attempt.state == LinkAttempt.State.OPEN and not attempt.is_late:
        try:
            return Return("back", attempt, _seen_again(attempt, LinkAttempt.Proof.SESSION, hint))
        except StillLeaving:
            close(attempt)
            return Return("late", attempt)
    if attempt.state in (LinkAttempt.State.RETURNED, LinkAttempt.State.UNHEARD):
        return Return("back", attempt, run_of(attempt))
    return Return("late", attempt)


def confirm_link(*, attempt: LinkAttempt) -> ImportRun | None:
    """The patient signed in to us again and says that a link finished elsewhere was theirs.

    None where the place must first be named. Raises `LinkOver`.
    """
    if attempt.created_at < timezone.now() - CONFIRMABLE:
        raise LinkOver
    try:
        run = _seen_again(attempt, LinkAttempt.Proof.SIGNED_IN, "")
    except StillLeaving:
        close(attempt)
        raise
    if run is None and not _waits_for_a_name(attempt):
        raise LinkOver
    return run


def close(attempt: LinkAttempt) -> None:
    """End a way to a place whose records are being deleted; the key it led to is taken back with them."""
    attempt.state, attempt.departure, attempt.memo = LinkAttempt.State.REPLACED, None, None
    with scope.open(job_viewer(attempt.patient_id)):
        attempt.save(update_fields=["state", "departure_sealed", "memo_sealed"])


def open_links(patient_id: int) -> list[LinkAttempt]:
    """Departures of the last day that led to no import yet, the newest first."""
    away = Q(state=LinkAttempt.State.OPEN) | Q(state=LinkAttempt.State.RETURNED, place=None)
    return list(
        LinkAttempt.objects.of(patient_id)
        .filter(away, created_at__gt=timezone.now() - CONFIRMABLE)
        .select_related("place")
        .order_by("-created_at")
    )


def run_of(attempt: LinkAttempt) -> ImportRun | None:
    """The import that a return began."""
    with scope.open(job_viewer(attempt.patient_id)):
        found: ImportRun | None = ImportRun.objects.of(attempt.patient_id).filter(attempt=attempt).first()
        return found


def keep_departure(attempt: LinkAttempt) -> LinkAttempt:
    """Write it down; of two at once, each for the same place, the later one stays open. Raises `LinkOver`."""
    for _ in range(3):
        try:
            with scope.open(job_viewer(attempt.patient_id)):
                scope.alone(attempt.patient_id)
                if not leaving.may_depart(attempt.patient_id, attempt.place_id):
                    raise StillLeaving
                LinkAttempt.objects.of(attempt.patient_id).filter(
                    place_id=attempt.place_id, state=LinkAttempt.State.OPEN
                ).update(state=LinkAttempt.State.REPLACED, departure_sealed=None, memo_sealed=None)
                attempt.save(force_insert=True)
                return attempt
        except IntegrityError:
            attempt.pk = None
    raise LinkOver


def _of_this_browser(browser: Browser) -> list[LinkAttempt]:
    if not browser.nonce:
        return []
    recent = LinkAttempt.objects.filter(
        nonce_hash=digest(browser.nonce), created_at__gt=timezone.now() - CONFIRMABLE
    )
    return list(recent.select_related("place").order_by("-created_at", "-pk"))


def _is_theirs(attempt: LinkAttempt, browser: Browser) -> bool:
    """The same user, still in the session it began in, or signed in again since."""
    viewer = browser.viewer
    if attempt.user_id != viewer.user_id or attempt.patient_id not in (*viewer.patients, *browser.held):
        return False
    same_session = attempt.session_hash == digest(browser.session_key)
    return same_session or browser.signed_in_at >= attempt.created_at.timestamp()


def _comes_later(attempt: LinkAttempt, browser: Browser) -> tuple[bool, bool]:
    """Of two that may be meant: not one that is too old, and rather of the person whose pages are shown."""
    return attempt.is_late, attempt.patient_id not in browser.viewer.patients


def _meant(mine: list[LinkAttempt], came_from: str) -> LinkAttempt:
    """Which departure this return is of: the one for the place it claims, or one that may be for any place;
    else the first open, else the first.
    """
    at = [(each.place.resource_url if each.place else "", each) for each in mine]
    claimed = [each for address, each in at if came_from and address == came_from]
    anywhere = [each for address, each in at if came_from and not address and not each.is_late]
    likely = claimed or anywhere or mine
    still_open = [each for each in likely if each.state == LinkAttempt.State.OPEN]
    return (still_open or likely)[0]


def _seen_again(attempt: LinkAttempt, proof: LinkAttempt.Proof, hint: str) -> ImportRun | None:
    """Mark the attempt, once, and start the import that asks what happened. The run; None if it was over."""
    with scope.open(job_viewer(attempt.patient_id)):
        scope.alone(attempt.patient_id)
        open_ones = LinkAttempt.objects.of(attempt.patient_id).filter(
            pk=attempt.pk, state=LinkAttempt.State.OPEN, returned_at=None
        )
        if proof == LinkAttempt.Proof.SESSION:
            open_ones = open_ones.filter(expires_at__gt=Now())
        marked = open_ones.update(
            state=LinkAttempt.State.RETURNED,
            returned_at=Now(),
            proof=proof,
            outcome=hint[:20],
            departure_sealed=None,
            memo_sealed=None,
        )
        if marked and attempt.place is not None:
            return begin_run(attempt, attempt.place)
        if marked:
            jobs.put(NAMING, subject=attempt.pk, patient_id=attempt.patient_id)
            return None
    return run_of(attempt)


def _waits_for_a_name(attempt: LinkAttempt) -> bool:
    waiting = LinkAttempt.objects.of(attempt.patient_id).filter(place=None, state=LinkAttempt.State.RETURNED)
    return bool(waiting.filter(pk=attempt.pk).exists())


def begin_run(attempt: LinkAttempt, place: Place) -> ImportRun:
    """The connection this link is for and a run that confirms it, inside the caller's scope that is `alone`.

    Raises `StillLeaving` where what was here of the place is being deleted.
    """
    account = Account.objects.of(attempt.patient_id).get(gateway=place.gateway)
    connection = Connection.objects.of(attempt.patient_id).get_or_create(
        place_id=place.pk,
        fhir_version=attempt.fhir_version,
        defaults={"patient_id": attempt.patient_id, "account": account},
    )[0]
    if not leaving.connected_again(connection):
        raise StillLeaving
    if connection.state in (Connection.State.ENDED, Connection.State.REFUSED):
        connection.state = Connection.State.CONFIRMING
        connection.save(update_fields=["state"])
    supersede(connection)
    run: ImportRun = ImportRun.objects.create(
        patient_id=attempt.patient_id,
        connection=connection,
        attempt=attempt,
        asked_by_id=attempt.user_id,
        phase=ImportRun.Phase.CONFIRMING,
        is_first=connection.collected_at is None,
        is_complete=True,
    )
    jobs.put(importing.JOB, subject=run.pk, patient_id=attempt.patient_id)
    log.info("link returned", extra={"attempt": attempt.pk, "run": run.pk})
    return run


def supersede(connection: Connection) -> None:
    """End the run under way without touching the connection: a new one takes its place."""
    ImportRun.objects.of(connection.patient_id).filter(connection=connection, ended_at=None).update(
        phase=ImportRun.Phase.ENDED, outcome=ImportRun.Outcome.STOPPED, ended_at=Now(), cursor="", walks=[]
    )
