"""Sharing one's records: offer, change, stop and confirm a grant, and accept or decline one as a clinic.

Each is one short transaction on one row, which `records.access` asks inside every query: what is decided here
holds from the next query on. A trigger notes who could see what since when; where a clinic is concerned, a
job sees to what is repeated elsewhere (`records.services.whole`).
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from ground import scope
from ground.viewer import Viewer, job_viewer
from records import access
from records.fhir.kinds import KINDS
from records.models import ChartNumber, Grant, GrantChange, Terms
from records.models.sharing import GrantQuerySet
from records.services import whole

LONGEST = timedelta(days=2 * 366)
"""No grant lasts longer than two years; it may be given again."""
_SLUGS = frozenset(kind.slug for kind in KINDS)
_CHOSEN = (
    *("every_kind", "kinds", "every_place", "places", "since", "until", "undated", "sensitive", "words"),
    *("ends_at", "named"),
)


class CannotShare(Exception):
    """What was chosen cannot be shared: `reason` is "nothing" (no kind or no place), "kinds", "places",
    "dates" or "end".
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"cannot be shared: {reason}")
        self.reason = reason


class NoSuchGrant(Exception):
    """Not there, not theirs, or over: nobody is told which."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom records are shared with: a clinic, or a person by their user, None until they accepted."""

    named: str
    clinic_id: int | None = None
    person_id: int | None = None

    @property
    def kind(self) -> str:
        """A value of Terms.Recipient."""
        return Terms.Recipient.PERSON if self.clinic_id is None else Terms.Recipient.CLINIC


@dataclass(frozen=True, slots=True)
class Choice:
    """What is shared. `kinds` (slugs) and `places` (sources) are None for all; `since` and `until` are days
    of the record, both included; `ends_at` is when it is over.
    """

    ends_at: datetime
    kinds: tuple[str, ...] | None = ()
    places: tuple[int, ...] | None = ()
    since: date | None = None
    until: date | None = None
    undated: bool = False
    sensitive: bool = False
    words: bool = False


def draft(*, viewer: Viewer, to: Recipient, choice: Choice) -> Grant:
    """Note what would be shared, for its preview; the patient's last draft for them goes. Raises CannotShare,
    NotTheirs.
    """
    patient_id = access.speaks_for(viewer)
    with scope.open(viewer):
        _check(viewer, choice)
        mine = Grant.objects.of(patient_id).filter(offered_at=None, recipient=to.kind)
        mine.filter(clinic_id=to.clinic_id, person_id=to.person_id, named=to.named).delete()
        return Grant.objects.create(
            patient_id=patient_id,
            recipient=to.kind,
            clinic_id=to.clinic_id,
            person_id=to.person_id,
            named=to.named,
            changed_by=viewer.user_id,
            **_columns(choice),
        )


def draft_of_link(*, viewer: Viewer, named: str, choice: Choice) -> Grant:
    """The same for whoever holds a link (`records.services.links`), whom nobody names: every link has a grant
    of its own. Inside the patient's scope. Raises CannotShare, NotTheirs.
    """
    mine = {"patient_id": access.speaks_for(viewer), "recipient": Terms.Recipient.LINK}
    _check(viewer, choice)
    Grant.objects.filter(**mine, offered_at=None).delete()
    return Grant.objects.create(**mine, named=named, changed_by=viewer.user_id, **_columns(choice))


def preview_of(viewer: Viewer, public_id: UUID) -> Viewer:
    """The viewer that sees of the patient exactly what a grant, or a draft of one, shows. Raises NoSuchGrant,
    NotTheirs.
    """
    patient_id = access.speaks_for(viewer)
    with scope.open(viewer):
        grant = _one(Grant.objects.of(patient_id).filter(stopped_at=None), public_id)
    return replace(viewer, kind="preview", grant_id=grant.pk)


def offer(*, viewer: Viewer, public_id: UUID) -> Grant:
    """Make a draft hold: anew, or as a change of what its recipient has, at once. Raises NoSuchGrant."""
    patient_id = access.speaks_for(viewer)
    with scope.open(viewer):
        mine = Grant.objects.of(patient_id)
        chosen = _one(mine.filter(offered_at=None, stopped_at=None).select_for_update(), public_id)
        _stop(_same(mine, chosen).filter(ends_at__lte=Now()), viewer)
        held = _same(mine, chosen).select_for_update().first()
        if held is None:
            return _write(chosen, viewer, offered_at=Now(), confirmed_at=Now())
        changed = {name: getattr(chosen, name) for name in _CHOSEN}
        chosen.delete()
        return _write(held, viewer, **changed, confirmed_at=Now())


def stop(*, viewer: Viewer, public_id: UUID) -> Grant:
    """End what the patient shares, at once; a draft goes. What is over stays so. Raises NoSuchGrant."""
    patient_id = access.speaks_for(viewer)
    with scope.open(viewer):
        grant = _one(Grant.objects.of(patient_id).select_for_update(), public_id)
        if grant.stopped_at is not None:
            return grant
        return _write(grant, viewer, stopped_at=Now())


def stop_all(viewer: Viewer) -> None:
    """End all that the patient shares, and drop the drafts: nobody is left who could stop it later."""
    patient_id = access.speaks_for(viewer)
    with scope.open(viewer):
        mine = Grant.objects.of(patient_id)
        mine.filter(offered_at=None).delete()
        _stop(mine, viewer)
        whole.changed(patient_id)


def confirm(*, viewer: Viewer, public_id: UUID) -> Grant:
    """Say that it is still right, for another year at most. Raises NoSuchGrant."""
    patient_id = access.speaks_for(viewer)
    with scope.open(viewer):
        rows = Grant.objects.of(patient_id).filter(stopped_at=None, offered_at__isnull=False)
        return _write(_one(rows.select_for_update(), public_id), viewer, confirmed_at=Now())


def given(viewer: Viewer) -> tuple[Grant, ...]:
    """Which clinics and people were ever let see something, the newest first; drafts are not among them.
    Inside their scope.
    """
    rows = Grant.objects.of(access.speaks_for(viewer)).exclude(offered_at=None)
    rows = rows.exclude(recipient=Terms.Recipient.LINK)
    return tuple(rows.order_by("-pk"))


def mine(viewer: Viewer, public_id: UUID) -> Grant:
    """One of the patient's own that holds or is a draft. Inside their scope. Raises NoSuchGrant."""
    return _one(Grant.objects.of(access.speaks_for(viewer)).filter(stopped_at=None), public_id)


def changes(viewer: Viewer, grant: Grant) -> tuple[GrantChange, ...]:
    """What a grant said since when, the newest first. Inside the patient's scope."""
    rows = GrantChange.objects.filter(patient_id=access.speaks_for(viewer), grant_id=grant.pk)
    return tuple(rows.order_by("-pk"))


def offered_to(viewer: Viewer) -> tuple[Grant, ...]:
    """What waits for a clinic's answer, the oldest first."""
    with scope.open(viewer):
        return tuple(_offers(viewer).select_related("patient").order_by("pk"))


def accept(*, viewer: Viewer, public_id: UUID, number: str = "") -> Grant:
    """As a clinic: take up what was offered; `number` is the clinic's own for the patient. Raises
    NoSuchGrant.
    """
    with scope.open(viewer):
        grant = _write(_one(_offers(viewer).select_for_update(), public_id), viewer, accepted_at=Now())
        with scope.open(replace(viewer, patients=(grant.patient_id,))):
            _number(grant, number)
    return grant


def decline(*, viewer: Viewer, public_id: UUID) -> Grant:
    """As a clinic: say no to what was offered. Raises NoSuchGrant."""
    with scope.open(viewer):
        return _write(_one(_offers(viewer).select_for_update(), public_id), viewer, stopped_at=Now())


def accept_as_person(*, patient_id: int, public_id: UUID, user_id: int) -> Grant:
    """As the person who was invited, and showed it (`portal`). Raises NoSuchGrant, also where they may see
    something of this patient already.
    """
    with scope.open(job_viewer(patient_id)):
        mine = Grant.objects.of(patient_id).filter(recipient=Terms.Recipient.PERSON, stopped_at=None)
        if mine.filter(person_id=user_id, ends_at__gt=Now()).exists():
            raise NoSuchGrant
        grant = _one(_unanswered(patient_id).select_for_update(), public_id)
        person = Viewer("patient", (patient_id,), user_id)
        _stop(mine.filter(person_id=user_id), person)
        return _write(grant, person, person_id=user_id, accepted_at=Now())


def waiting_for_person(*, patient_id: int, public_id: UUID) -> Grant:
    """What was offered to somebody who has not answered, for who shows the invitation. Raises NoSuchGrant."""
    with scope.open(job_viewer(patient_id)):
        return _one(_unanswered(patient_id), public_id)


def decline_as_person(*, patient_id: int, public_id: UUID, user_id: int) -> Grant:
    """As who was invited, and showed it: say no. Raises NoSuchGrant."""
    with scope.open(job_viewer(patient_id)):
        grant = _one(_unanswered(patient_id).select_for_update(), public_id)
        return _write(grant, Viewer("patient", (patient_id,), user_id), stopped_at=Now())


def stop_as_person(viewer: Viewer, *, grant_id: int | None = None) -> int:
    """As a person whom patients named: see this one, or nobody of them, any more. How many ended."""
    with scope.open(replace(viewer, patients=())):
        mine = Grant.objects.filter(recipient=Terms.Recipient.PERSON, person_id=viewer.user_id)
        mine = mine.filter(stopped_at=None) if grant_id is None else mine.filter(stopped_at=None, pk=grant_id)
        return mine.update(stopped_at=Now(), changed_by=viewer.user_id)


def chart_number(viewer: Viewer, patient_id: int) -> str:
    """What the viewer's clinic calls a patient of theirs, "" for nothing. Inside their scope."""
    clinic_id = viewer.clinic_id or 0
    rows = ChartNumber.objects.filter(clinic_id=clinic_id, patient_id=patient_id, grant__stopped_at=None)
    return rows.values_list("number", flat=True).first() or ""


def _check(viewer: Viewer, choice: Choice) -> None:
    if choice.kinds == () or choice.places == ():
        raise CannotShare("nothing")
    if not _SLUGS.issuperset(choice.kinds or ()):
        raise CannotShare("kinds")
    connected = {one.pk for one in access.places_of(viewer)}
    if not connected.issuperset(choice.places or ()):
        raise CannotShare("places")
    if choice.since and choice.until and choice.since > choice.until:
        raise CannotShare("dates")
    now = timezone.now()
    if not now < choice.ends_at <= now + LONGEST:
        raise CannotShare("end")


def _columns(choice: Choice) -> dict[str, Any]:
    return {
        "every_kind": choice.kinds is None,
        "kinds": sorted(choice.kinds or ()),
        "every_place": choice.places is None,
        "places": sorted(choice.places or ()),
        "since": _midnight(choice.since),
        "until": _midnight(choice.until + timedelta(days=1) if choice.until else None),
        "undated": choice.undated,
        "sensitive": choice.sensitive,
        "words": choice.words,
        "ends_at": choice.ends_at,
    }


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time.min, UTC)


def _one(rows: GrantQuerySet, public_id: UUID) -> Grant:
    grant = rows.filter(public_id=public_id).first()
    if grant is None:
        raise NoSuchGrant
    return grant


def _same(rows: GrantQuerySet, chosen: Grant) -> GrantQuerySet:
    """What holds for the recipient of a draft; of a person who has not accepted, what bears the same name."""
    live = rows.filter(recipient=chosen.recipient, stopped_at=None, offered_at__isnull=False)
    if chosen.clinic_id is not None:
        return live.filter(clinic_id=chosen.clinic_id)
    if chosen.person_id is not None:
        return live.filter(person_id=chosen.person_id)
    return live.filter(person_id=None, named=chosen.named)


def _unanswered(patient_id: int) -> GrantQuerySet:
    rows = Grant.objects.of(patient_id).filter(recipient=Terms.Recipient.PERSON, person_id=None)
    return rows.filter(accepted_at=None, stopped_at=None, offered_at__isnull=False, ends_at__gt=Now())


def _offers(viewer: Viewer) -> GrantQuerySet:
    if viewer.kind != "staff" or viewer.clinic_id is None:
        return Grant.objects.none()
    rows = Grant.objects.filter(clinic_id=viewer.clinic_id, recipient=Terms.Recipient.CLINIC)
    return rows.filter(accepted_at=None, stopped_at=None, offered_at__isnull=False, ends_at__gt=Now())


def _write(grant: Grant, viewer: Viewer, **columns: Any) -> Grant:
    """Change a row, and say by whom; times are the database's."""
    for name, value in columns.items():
        setattr(grant, name, value)
    grant.changed_by = viewer.user_id
    with transaction.atomic():
        grant.save(update_fields=[*columns, "changed_by"])
        if grant.recipient == Terms.Recipient.CLINIC and grant.offered_at is not None:
            whole.changed(grant.patient_id)
    grant.refresh_from_db()
    return grant


def _stop(rows: GrantQuerySet, viewer: Viewer) -> None:
    rows.filter(stopped_at=None, offered_at__isnull=False).update(stopped_at=Now(), changed_by=viewer.user_id)


def _number(grant: Grant, number: str) -> None:
    clinic_id = grant.clinic_id
    if clinic_id is not None and (number := number.strip()[:40]):
        ChartNumber.objects.create(
            patient_id=grant.patient_id, grant=grant, clinic_id=clinic_id, number=number
        )
