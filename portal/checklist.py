"""The checklist of an account that is being closed: one step after the other, each safe to do twice.

A slice does one thing and writes down that it is done, so that a worker may die anywhere. The gateway is
asked until it has confirmed; where it is away for long, what is here goes before it answers.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from connect.gateway import GatewayError, TryLater
from connect.models import ImportRun
from connect.services import closing as places
from ground import jobs, outbox, scope
from ground.jobs import Done, Later, More, Outcome
from ground.models import Job, Mail
from ground.viewer import Viewer, job_viewer
from portal import closing
from portal.models import Closure, Patient, User
from records import store

log = logging.getLogger(__name__)

Step = Closure.Step

_PATIENCE = timedelta(hours=12)
"""How long what is here waits for the gateway, so that it is gone within a day whatever happens there."""
_LOOK_AGAIN = 30.0  # seconds, while others do their part
_WAITS = (5, 15, 60, 300, 900)  # seconds
_REFUSED_WAIT = 3600.0  # seconds
_AFTER_CRASHES = timedelta(hours=1)


def one_slice(job: Job) -> Outcome:
    """Do a part of the step at hand; when that is the last of it, the next one's turn comes."""
    closure = Closure.objects.filter(pk=job.subject).first()
    if closure is None or closure.step == Step.OVER:
        return Done()
    try:
        outcome = _STEPS[closure.step](job, closure)
    except GatewayError as trouble:
        outcome = _postponed(job, closure, trouble)
    if isinstance(outcome, Done):
        _tick_off(job, closure)
        return More()
    if isinstance(outcome, Later) and _waits_too_long(closure) and _records(job, closure) == More():
        return More()
    return outcome


def give_up(job: Job) -> None:
    """It crashed too often: operators see that job, and another one goes on in an hour. Never none."""
    log.error("closing crashed", extra={"job": job.pk})
    jobs.put(closing.JOB, subject=job.subject, due=timezone.now() + _AFTER_CRASHES)


def _looks(job: Job, closure: Closure) -> Outcome:
    """Stop what a worker may have begun since; and count the places."""
    connected = sum(places.stop_all(patient_id) for patient_id in closure.going)
    _note(closure, removed={**closure.removed, "places": max(connected, closure.removed.get("places", 0))})
    return Done()


def _permissions(job: Job, closure: Closure) -> Outcome:
    """Wait until the gateway has taken back every permission; jobs of their own ask for that."""
    confirmed = all(places.all_confirmed(patient_id) for patient_id in closure.going)
    return Done() if confirmed else Later(_LOOK_AGAIN, note="permissions")


def _copies(job: Job, closure: Closure) -> Outcome:
    """Have the gateway delete one store of one patient."""
    for patient_id in closure.going:
        for gateway, version in places.stores(patient_id):
            name = f"{patient_id} {gateway} {version}"
            if name not in closure.done:
                places.purge(patient_id, gateway, version)
                _note(closure, done=[*closure.done, name], troubles=0)
                return More()
    return Done()


def _accounts(job: Job, closure: Closure) -> Outcome:
    """Have the gateway switch off each patient's account, and forget its tokens."""
    for patient_id in closure.going:
        places.close_accounts(patient_id)
    return Done()


def _records(job: Job, closure: Closure) -> Outcome:
    """Delete one batch of the records here, with versions, files, words, take-outs and the feed."""
    for patient_id in closure.going:
        with scope.open(job_viewer(patient_id)):
            jobs.renew(job)
            gone = store.forget(patient_id)
            if gone is not None:
                counted = {name: closure.removed.get(name, 0) for name in gone.as_dict()}
                total = (store.Count(**counted) + gone).as_dict()
                _note(closure, removed={**closure.removed, **total})
                return More()
    return Done()


def _people(job: Job, closure: Closure) -> Outcome:
    """Delete the patients themselves: name, birth date, connections, keys, runs and jobs."""
    for patient in Patient.objects.filter(pk__in=closure.going):
        with scope.open(job_viewer(patient.pk)):
            jobs.renew(job)
            patient.delete()
            count = closure.removed.get("people", 0) + 1
            _note(closure, removed={**closure.removed, "people": count})
    return Done()


def _shared(job: Job, closure: Closure) -> Outcome:
    """Take the user out of the pages of those who stay with somebody else."""
    with translation.override(closure.language):
        called = _("Somebody who looked after them")
    for patient_id in closure.staying:
        with scope.open(job_viewer(patient_id)):
            store.forget_user(patient_id, int(closure.user_id or 0), called=called)
            ImportRun.objects.of(patient_id).filter(asked_by=closure.user_id).update(asked_by=None)
    return Done()


def _letters(job: Job, closure: Closure) -> Outcome:
    """Delete what was written to them meanwhile, and every sign-in."""
    closing.end_sessions(int(closure.user_id or 0))
    user = User.objects.filter(pk=closure.user_id or 0).first()
    closing.forget_mails([*(closure.addresses or "").splitlines(), *([user.email] if user else [])])
    return Done()


def _user(job: Job, closure: Closure) -> Outcome:
    """Delete the user; in the same breath write the receipt, and forget where it goes and whom it is about.

    What the list of looks says of them is from now on a number that leads to nobody.
    """
    reach = Viewer(kind="job", patients=tuple(closure.staying))
    with scope.open(reach):
        jobs.renew(job)
        for user in User.objects.filter(pk=closure.user_id or 0):
            user.delete()
        if closure.addresses:
            mail = _mail(closure)
            _note(closure, addresses_sealed=None, mail_id=mail.pk)
        _note(closure, user_id=None, going=[], staying=[], ended_at=closure.ended_at or timezone.now())
    return Done()


def _receipt(job: Job, closure: Closure) -> Outcome:
    """Wait until the receipt is sent, and forget that mail too, which held the last address."""
    mail = Mail.objects.filter(pk=closure.mail_id or 0).first()
    if mail is not None and mail.sent_at is None:
        return Later(_LOOK_AGAIN, note="receipt")
    if mail is not None and not settings.DEMO:
        mail.delete()
    _note(closure, mail_id=None)
    return Done()


_STEPS: dict[str, Callable[[Job, Closure], Outcome]] = {
    Step.LOOKS: _looks,
    Step.PERMISSIONS: _permissions,
    Step.COPIES: _copies,
    Step.ACCOUNTS: _accounts,
    Step.RECORDS: _records,
    Step.PEOPLE: _people,
    Step.SHARED: _shared,
    Step.LETTERS: _letters,
    Step.USER: _user,
    Step.RECEIPT: _receipt,
}


def _tick_off(job: Job, closure: Closure) -> None:
    """Write down that a step is done, before the next begins. Raises LeaseLost."""
    order = list(Step.values)
    following = order[order.index(closure.step) + 1]
    with transaction.atomic():
        jobs.renew(job)
        _note(closure, step=following, done=[], troubles=0)


def _note(closure: Closure, **changes: object) -> None:
    Closure.objects.filter(pk=closure.pk).update(**changes)
    for name, value in changes.items():
        setattr(closure, name, value)


def _waits_too_long(closure: Closure) -> bool:
    return not closure.has_done(Step.RECORDS) and timezone.now() - closure.begun_at > _PATIENCE


def _postponed(job: Job, closure: Closure, trouble: GatewayError) -> Outcome:
    """Not done: ask again, when the gateway says where it says so, else ever more seldom."""
    wait = float(_WAITS[min(closure.troubles, len(_WAITS) - 1)])
    if isinstance(trouble, TryLater) and trouble.retry_after is not None:
        wait = max(trouble.retry_after, 0.5)
    elif not isinstance(trouble, TryLater):
        wait = max(wait, _REFUSED_WAIT if closure.troubles > len(_WAITS) else wait)
        log.error("closing refused", extra={"job": job.pk, "call": trouble.call, "status": trouble.status})
    _note(closure, troubles=min(closure.troubles + 1, 1000))
    return Later(wait, note=type(trouble).__name__)


def _mail(closure: Closure) -> Mail:
    address = (closure.addresses or "").splitlines()[0]
    link = f"{settings.SITE_URL}{reverse('portal:closed', args=[closure.public_id])}"
    with translation.override(closure.language):
        body = _(
            "Hello,\n\nyour account is closed, and what we kept for you is deleted. The receipt says what was"
            " deleted and what the law has us keep. Its address is good for 30 days:\n\n%(link)s\n\n%(site)s"
        )
        subject = _("Your account is closed")
        return outbox.post(
            to=address, subject=subject, body=body % {"link": link, "site": settings.SITE_NAME}
        )


jobs.register(closing.JOB, one_slice, give_up=give_up)
