"""What a clinic may see of all its patients as one file: a line for each record, as it came (NDJSON).

A job makes it, patient by patient, with the eyes of the one who asked: what a grant shows, and one look noted
for each patient. It is handed out part by part, each only while the patient shares what they shared when it
was made: who stopped, or changed what is shared, is not in it any more from the next fetch on.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from ground import audit, jobs, scope
from ground.models import Job
from ground.viewer import Viewer
from records import reading
from records.models import Grant, Handout, HandoutPart, Source

JOB, END_JOB = "handout", "handout-end"
_REASON = "export"
_AT_ONCE = 4  # batches of records in a slice
_TERMS = (
    *("pk", "every_kind", "kinds", "every_place", "places", "since", "until", "undated"),
    *("sensitive", "words"),
)


def ask(viewer: Viewer) -> Handout:
    """Have a clinic's file made, and forget its last one; the one under way where there is one."""
    clinic_id, user_id, total = viewer.clinic_id or 0, viewer.user_id or 0, len(_reach(viewer))
    with transaction.atomic():
        for old in Handout.objects.filter(clinic_id=clinic_id).exclude(state=Handout.State.MAKING):
            _forget(old)
        try:
            with transaction.atomic():
                asked = Handout.objects.create(clinic_id=clinic_id, user_id=user_id, total=total)
        except IntegrityError:
            return Handout.objects.get(clinic_id=clinic_id, state=Handout.State.MAKING)
        jobs.put(JOB, subject=asked.pk)
    return asked


def latest(viewer: Viewer) -> Handout | None:
    """The clinic's newest file that is not over."""
    rows = Handout.objects.filter(clinic_id=viewer.clinic_id or 0).order_by("-pk")
    return next((one for one in rows if one.ends_at is None or one.ends_at > timezone.now()), None)


def find(viewer: Viewer, public_id: UUID) -> Handout | None:
    """The clinic's own file of this id, if it is ready."""
    found = latest(viewer)
    is_it = found is not None and found.public_id == public_id and found.state == Handout.State.READY
    return found if is_it else None


def handed(viewer: Viewer, handout: Handout) -> Iterator[bytes]:
    """Its lines, of those who share now what they shared then; each patient in a scope of their own, opened
    while it is fetched. Notes a look for each.
    """
    for patient_id in _reach(viewer):
        yield from _handed(replace(viewer, patients=(patient_id,), reason=_REASON), handout)


def one_slice(job: Job) -> jobs.Outcome:
    """Some records of one patient, or the next patient."""
    handout = Handout.objects.filter(pk=job.subject, state=Handout.State.MAKING).first()
    if handout is None:
        return jobs.Done()
    clinic = Viewer("staff", (), handout.user_id, clinic_id=handout.clinic_id)
    left = [one for one in _reach(clinic) if one > handout.patient_at]
    if not left:
        return _ready(job, handout)
    _take(job, handout, replace(clinic, patients=(left[0],), reason=_REASON))
    return jobs.More()


def give_up(job: Job) -> None:
    """It failed for good: say so on the page."""
    Handout.objects.filter(pk=job.subject).update(
        state=Handout.State.FAILED, ends_at=Now() + timedelta(days=1)
    )


def end(job: Job) -> jobs.Outcome:
    """The day is over."""
    for handout in Handout.objects.filter(pk=job.subject):
        _forget(handout)
    return jobs.Done()


def _take(job: Job, handout: Handout, viewer: Viewer) -> None:
    """Some batches of one patient, in one transaction with the lease. Raises LeaseLost."""
    patient_id, cursor = viewer.patients[0], handout.cursor
    after: reading.Bookmark | None = tuple(cursor["after"]) if cursor.get("patient") == patient_id else None
    with scope.open(viewer):
        jobs.renew(job)
        terms, lines, over = _terms(viewer), list[bytes](), False
        for _ in range(_AT_ONCE):
            batch = reading.some(viewer, after)
            lines += [_line(kept.body) for kept in batch if not kept.record.withdrawn]
            if over := not batch:
                break
            after = batch[-1].mark
        if lines and terms:
            part = HandoutPart(clinic_id=handout.clinic_id, handout_id=handout.pk, number=handout.parts)
            part.patient_id, part.terms = patient_id, terms
            part.data = b"".join(lines)
            part.save(force_insert=True)
            handout.parts, handout.patients = handout.parts + 1, sorted({*handout.patients, patient_id})
        handout.lines += len(lines)
        handout.cursor = {} if over else {"patient": patient_id, "after": after}
        if over:
            handout.patient_at, handout.done = patient_id, handout.done + 1
        handout.save()


def _ready(job: Job, handout: Handout) -> jobs.Outcome:
    with transaction.atomic():
        jobs.renew(job)
        handout.state, handout.ready_at = Handout.State.READY, timezone.now()
        handout.ends_at = handout.ready_at + timedelta(hours=settings.TAKEOUT_HOURS)
        handout.save()
        jobs.put(END_JOB, subject=handout.pk, due=handout.ends_at)
    return jobs.Done()


def _handed(viewer: Viewer, handout: Handout) -> Iterator[bytes]:
    with scope.open(viewer):
        terms = _terms(viewer)
        mine = HandoutPart.objects.filter(patient_id=viewer.patients[0], handout_id=handout.pk)
        numbers = list(mine.filter(terms=terms).order_by("number").values_list("number", flat=True))
        if numbers:
            audit.looked(viewer, viewer.patients[0], "export", kind="handout")
    for number in numbers:
        with scope.open(viewer):
            part = mine.filter(number=number, terms=_terms(viewer)).first()
            data = part.data if part is not None else b""
        yield data


def _terms(viewer: Viewer) -> str:
    """What the patient shares with this clinic now, from which open places, as a digest; "" for nothing."""
    given = list(Grant.objects.behind(viewer).filter(patient_id=viewer.patients[0]).values_list(*_TERMS))
    if not given:
        return ""
    places = Source.objects.filter(patient_id=viewer.patients[0], gate=Source.Gate.OPEN).order_by("pk")
    return sha256(repr([given, list(places.values_list("pk", flat=True))]).encode()).hexdigest()


def _line(body: bytes) -> bytes:
    """A record's exact bytes as one line: where they hold line breaks, those between its members go."""
    one = msgspec.json.format(body, indent=-1) if b"\n" in body or b"\r" in body else body
    return one + b"\n"


def _reach(viewer: Viewer) -> tuple[int, ...]:
    """Whose grants to the clinic are good at this moment, in order. An emergency opens pages and no file: who
    has one open for somebody gets that one not at all.
    """
    nobody = replace(viewer, patients=())
    with scope.open(nobody):
        rows = Grant.objects.behind(nobody).values_list("patient_id", "recipient")
        recipients = set(rows)
    urgent = {patient_id for patient_id, kind in recipients if kind != Grant.Recipient.CLINIC}
    return tuple(sorted({patient_id for patient_id, _kind in recipients} - urgent))


def _forget(handout: Handout) -> None:
    """Delete a file with all its parts, whoever shares by now."""
    with scope.open(Viewer("job", tuple(handout.patients))):
        HandoutPart.objects.filter(patient_id__in=handout.patients, handout_id=handout.pk).delete()
        handout.delete()
