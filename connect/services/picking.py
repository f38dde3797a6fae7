"""Searching in the gateway's own page: a key for its frame, and afterwards which place was picked in it.

The page picks the place and leads to its sign-in, so our departure knows no place. It is written down before
the key is handed over; when the person is back, the gateway's own events name the place, and from there on
everything is as with any other departure, the gate included (decision 0013).
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from connect import directory, gateways, importing, tokens
from connect.gateway import Event, GatewayError, SearchFrame
from connect.importing import happenings
from connect.models import Account, ImportRun, LinkAttempt, Place
from connect.models.link import LIFE
from connect.services import linking
from ground import audit, jobs, scope
from ground.digests import digest
from ground.jobs import Done, Later, Outcome
from ground.models import Job
from ground.viewer import job_viewer

log = logging.getLogger(__name__)

#: The outcome of a search that led to a place whose FHIR version this installation does not read.
UNREAD = "unread"

_CLOCKS_DIFFER = timedelta(seconds=60)
_SHORTEST, _LONGEST = 2.0, 120.0  # seconds between two asks
_PATIENCE = timedelta(minutes=10)
_PATIENCE_WITHOUT_HINT = timedelta(minutes=2)
_PATIENCE_IN_TROUBLE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Handed:
    """What the frame is told, which holds a key to the patient's records, and for how many seconds."""

    message: dict[str, str] = field(repr=False)
    seconds: int = 0


def search_frame() -> SearchFrame | None:
    """The gateway's own search page; None where there is none or the settings keep it off."""
    return gateways.plain().search_frame()


def hand_over_key(*, patient_id: int, browser: linking.Browser) -> Handed:
    """A key for the frame, noted as a look and as a departure without a place. An older one is replaced.

    The key outlives the departure. Call outside any scope. Raises `GatewayError` and `LinkOver`.
    """
    tokens.spoil_short(patient_id, gateways.USUAL, LIFE)
    access = tokens.key(patient_id, gateways.USUAL, person=True).access
    with scope.open(browser.viewer):
        audit.looked(browser.viewer, patient_id, "key")
    linking.keep_departure(
        LinkAttempt(
            patient_id=patient_id,
            user_id=int(browser.viewer.user_id or 0),
            session_hash=digest(browser.session_key),
            nonce_hash=digest(browser.nonce),
        )
    )
    return Handed(gateways.plain().frame_message(access), int(LIFE.total_seconds()))


def standing(attempt: LinkAttempt, run: ImportRun | None) -> dict[str, Any]:
    """What the progress element shows of somebody who came back, until it is known from where."""
    here = reverse("connect:picked", args=[attempt.public_id])
    url, link_text, over = reverse("connect:find"), _("Search again"), True
    if run is not None:
        text = _("You signed in at %(place)s.") % {"place": attempt.place.name if attempt.place else ""}
        url, link_text = reverse("connect:progress", args=[run.public_id]), _("See how far it is")
    elif attempt.outcome == UNREAD:
        text = _("The place you picked keeps records in a form that we cannot read. Nothing was collected.")
    elif attempt.state == LinkAttempt.State.UNHEARD:
        text = _("We have not heard at which place you signed in. Nothing was collected.")
    else:
        text = _("We are finding out at which place you signed in. This usually takes a few seconds.")
        url, link_text, over = here, _("Check again"), False
    return {
        "data_url": here,
        "text": text,
        "value": 0,
        "max": None,
        "over": over,
        "url": url,
        "link_text": link_text,
    }


def one_name(job: Job) -> Outcome:
    """Ask once where a search led, and begin the import that confirms it. Safe to run twice."""
    attempt = _waiting(job)
    if attempt is None:
        return Done()
    try:
        return _heard(job, attempt, _events(attempt))
    except GatewayError as trouble:
        log.info("gateway trouble", extra={"attempt": attempt.pk, "error": type(trouble).__name__})
        if _waited(attempt) > _PATIENCE_IN_TROUBLE:
            return _unheard(job, attempt)
        return Later(getattr(trouble, "retry_after", None) or _LONGEST)


def _heard(job: Job, attempt: LinkAttempt, said: tuple[Event, ...]) -> Outcome:
    event = happenings.where_to(said, _elsewhere(attempt))
    place = directory.known(gateways.USUAL, event.place_key, event.place_name) if event else None
    version = _version(said, place) if place else ""
    if place is not None and version:
        return _named(job, attempt, place, version)
    if place is not None:
        return _unheard(job, attempt, outcome=UNREAD)
    patience = _PATIENCE if attempt.outcome == "success" else _PATIENCE_WITHOUT_HINT
    if _waited(attempt) > patience:
        return _unheard(job, attempt)
    return Later(min(max(_waited(attempt).total_seconds() / 2, _SHORTEST), _LONGEST))


def never_named(job: Job) -> None:
    """The job crashed too often: say so instead of looking busy for ever."""
    attempt = _waiting(job)
    if attempt is not None:
        _over(attempt)


def _waiting(job: Job) -> LinkAttempt | None:
    waiting = LinkAttempt.objects.of(job.patient_id).filter(state=LinkAttempt.State.RETURNED, place=None)
    found: LinkAttempt | None = waiting.filter(pk=job.subject).first()
    return found


def _events(attempt: LinkAttempt) -> tuple[Event, ...]:
    """What the gateway noted since the key was handed over. Raises `GatewayError`."""
    with scope.open(job_viewer(attempt.patient_id)):
        account = Account.objects.of(attempt.patient_id).get(gateway=gateways.USUAL)
    gateway = gateways.of(gateways.USUAL, person=False, whose=attempt.patient_id, asked=True)
    return gateway.events(account.external_id, attempt.created_at - _CLOCKS_DIFFER)


def _elsewhere(attempt: LinkAttempt) -> dict[str, datetime]:
    """When this patient was last seen to come back from places by other departures, by the place's key."""
    others = LinkAttempt.objects.of(attempt.patient_id).exclude(place=None).exclude(returned_at=None)
    recent = others.filter(returned_at__gt=attempt.created_at - _CLOCKS_DIFFER)
    pairs = recent.order_by("returned_at").values_list("place__key", "returned_at")
    return dict(pairs)


def _version(said: tuple[Event, ...], place: Place) -> str:
    """The FHIR version the events speak of, else the one we prefer; empty for one that we do not read."""
    told = happenings.read(said, place.key).fhir_version
    if told:
        return told if told in gateways.versions() else ""
    return importing.preferred_version(place.versions)


def _named(job: Job, attempt: LinkAttempt, place: Place, version: str) -> Outcome:
    try:
        with scope.open(job_viewer(attempt.patient_id)):
            scope.alone(attempt.patient_id)
            jobs.renew(job)
            attempt.place, attempt.fhir_version = place, version
            attempt.save(update_fields=["place", "fhir_version"])
            linking.begin_run(attempt, place)
    except linking.StillLeaving:
        linking.close(attempt)
    return Done()


def _waited(attempt: LinkAttempt) -> timedelta:
    return timezone.now() - (attempt.returned_at or attempt.created_at)


def _unheard(job: Job, attempt: LinkAttempt, *, outcome: str = "") -> Outcome:
    attempt.outcome = outcome or attempt.outcome
    with scope.open(job_viewer(attempt.patient_id)):
        jobs.renew(job)
        _over(attempt)
    return Done()


def _over(attempt: LinkAttempt) -> None:
    log.warning("connect.unheard", extra={"attempt": attempt.pk})
    attempt.state = LinkAttempt.State.UNHEARD
    attempt.save(update_fields=["state", "outcome"])
