"""Links to a summary: draft, make and stop one, see who opened it; and the way in for who holds one.

Source: SMART Health Links (HL7, STU 1). Whoever holds the whole link may look until its day, or until the
patient stops it; a link is found by the word of its address alone, never by the key in its fragment.
Unknown, stopped, ended and dead are one answer: NoSuchLink.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from ground import scope
from ground.digests import digest
from ground.viewer import Viewer, job_viewer
from records import access
from records.models import Grant, HealthLink, LinkDoor, LinkOpening
from records.services import sharing
from records.services.sharing import Choice

MOST_AN_HOUR = 60
"""Openings of one link; making its content costs us a second each."""
_BATCH = 200
_ENTROPY = 32  # bytes: of the word of the address, and of the key


class NoSuchLink(Exception):
    """Not there, stopped, over, or dead after too many wrong passcodes: nobody is told which."""


class WrongPasscode(Exception):
    """It was not right, or missing; `left` more are let try."""

    def __init__(self, left: int) -> None:
        super().__init__("a wrong passcode")
        self.left = left


class TooOften(Exception):
    """It was opened too often within an hour."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Who may look now, at whose summary, and the key (base64url) it must be encrypted with."""

    viewer: Viewer
    link: HealthLink
    key: str = field(repr=False)


def draft(*, viewer: Viewer, named: str, choice: Choice, passcode: str = "") -> HealthLink:
    """Note what a link would show, for its preview; the patient's last draft goes. `named`: what they call
    it, for themselves. Raises CannotShare, NotTheirs.
    """
    hashed = make_password(passcode) if passcode else ""
    with scope.open(viewer):
        grant = sharing.draft_of_link(viewer=viewer, named=named, choice=choice)
        return HealthLink.objects.create(patient_id=grant.patient_id, grant=grant, passcode=hashed)


def begin(*, viewer: Viewer, public_id: UUID) -> HealthLink:
    """Make a link of a draft: it is good at once. Raises NoSuchLink, NotTheirs."""
    with scope.open(viewer):
        link = drafted(viewer, public_id)
        word, key = secrets.token_urlsafe(_ENTROPY), secrets.token_urlsafe(_ENTROPY)
        link.secret = f"{word}.{key}"
        link.save(update_fields=["secret_sealed"])
        mine = {"patient_id": link.patient_id, "link": link, "ends_at": link.grant.ends_at}
        LinkDoor.objects.create(digest=digest(word), **mine)
        times = dict.fromkeys(("offered_at", "accepted_at", "confirmed_at"), Now())
        Grant.objects.filter(pk=link.grant_id).update(**times, changed_by=viewer.user_id)
        return one(viewer, public_id)


def drafted(viewer: Viewer, public_id: UUID) -> HealthLink:
    """A draft of the patient's own. Inside their scope. Raises NoSuchLink."""
    return _one(_known(viewer).filter(grant__offered_at=None, grant__ends_at__gt=Now()), public_id)


def mine(viewer: Viewer) -> tuple[HealthLink, ...]:
    """The patient's links, the newest first; each `is_good` or not. Drafts are not among them. Inside their
    scope.
    """
    return tuple(_known(viewer).exclude(grant__offered_at=None).order_by("-pk"))


def one(viewer: Viewer, public_id: UUID) -> HealthLink:
    """A link of the patient's own. Inside their scope. Raises NoSuchLink."""
    return _one(_known(viewer).exclude(grant__offered_at=None), public_id)


def parts(link: HealthLink) -> tuple[str, str]:
    """The word of its address and its key. Raises NoSuchLink where it is over."""
    if not link.secret:
        raise NoSuchLink
    word, _, key = link.secret.partition(".")
    return word, key


def openings(viewer: Viewer, link: HealthLink, *, most: int = 100) -> Sequence[LinkOpening]:
    """Who opened it or tried to, the newest first. Inside the patient's scope."""
    rows = LinkOpening.objects.filter(patient_id=access.speaks_for(viewer), link=link)
    return list(rows.order_by("-pk")[:most])


def stop(*, viewer: Viewer, public_id: UUID) -> None:
    """End a link at once, and forget its key. Raises NoSuchLink."""
    with scope.open(viewer):
        link = one(viewer, public_id)
        sharing.stop(viewer=viewer, public_id=link.grant.public_id)
        _shut(link)


def enter(*, word: str, recipient: str, passcode: str = "") -> Opened:
    """Let in who holds the word of a link and knows its passcode; noted either way, for the patient.

    `recipient`: as whom they give themselves out. Raises NoSuchLink, WrongPasscode, TooOften.
    """
    recipient = recipient.strip()[:120]
    link, wrong = _try(_door(word), recipient, passcode)
    if wrong is not None:
        raise wrong
    return _opened(link, recipient)


def again(word: str) -> Opened:
    """The same for who was let in moments ago and fetches what they were promised. Raises NoSuchLink."""
    door = _door(word)
    with scope.open(job_viewer(door.patient_id)):
        return _opened(_good(door), "")


def forget_ended() -> int:
    """Forget the keys of links that are over, by their day or otherwise; how many, at most a batch."""
    doors = LinkDoor.objects.filter(ends_at__lt=Now())[:_BATCH]
    for door in doors:
        with scope.open(job_viewer(door.patient_id)):
            _shut(HealthLink.objects.get(pk=door.link_id, patient_id=door.patient_id))
    return len(doors)


def _door(word: str) -> LinkDoor:
    found = LinkDoor.objects.filter(digest=digest(word)).first()
    if found is None:
        raise NoSuchLink
    return found


def _try(door: LinkDoor, recipient: str, passcode: str) -> tuple[HealthLink, WrongPasscode | None]:
    """One try, alone: the row is held, so guesses at once are counted one by one. What it comes to is told
    after the transaction, which keeps it.
    """
    with scope.open(job_viewer(door.patient_id)):
        link = _good(door, alone=True)
        if link.passcode and not passcode:
            return link, WrongPasscode(link.wrong_left)
        right = not link.passcode or check_password(passcode, link.passcode)
        outcome = LinkOpening.Outcome.OPENED if right else LinkOpening.Outcome.WRONG
        LinkOpening.objects.create(
            patient_id=link.patient_id, link=link, recipient=recipient, outcome=outcome
        )
        return link, None if right else _missed(link)


def _missed(link: HealthLink) -> WrongPasscode:
    link.wrong_left -= 1
    link.save(update_fields=["wrong_left"])
    if not link.wrong_left:
        Grant.objects.filter(pk=link.grant_id).update(stopped_at=Now(), changed_by=None)
        _shut(link)
    return WrongPasscode(link.wrong_left)


def _good(door: LinkDoor, *, alone: bool = False) -> HealthLink:
    """The link behind a door, if it is good now. In its patient's scope. Raises NoSuchLink, TooOften."""
    rows = HealthLink.objects.filter(pk=door.link_id, patient_id=door.patient_id).select_related("patient")
    link = (rows.select_for_update(of=("self",)) if alone else rows).first()
    grants = Grant.objects.good().filter(recipient=Grant.Recipient.LINK)
    if link is None or not link.secret or not grants.filter(pk=link.grant_id).exists():
        raise NoSuchLink
    lately = link.openings.filter(patient_id=link.patient_id, at__gt=Now() - timedelta(hours=1))
    if lately.filter(outcome=LinkOpening.Outcome.OPENED).count() >= MOST_AN_HOUR:
        raise TooOften
    return link


def _opened(link: HealthLink, recipient: str) -> Opened:
    viewer = Viewer("link", (link.patient_id,), grant_id=link.grant_id, words=recipient)
    return Opened(viewer, link, parts(link)[1])


def _one(rows: QuerySet[HealthLink], public_id: UUID) -> HealthLink:
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NoSuchLink
    return found


def _known(viewer: Viewer) -> QuerySet[HealthLink]:
    good = Grant.objects.good().filter(pk=OuterRef("grant_id"))
    rows = HealthLink.objects.filter(patient_id=access.speaks_for(viewer)).select_related("grant")
    return rows.annotate(opens=Exists(good))


def _shut(link: HealthLink) -> None:
    """Forget what opens it."""
    HealthLink.objects.filter(pk=link.pk, patient_id=link.patient_id).update(secret_sealed=None, passcode="")
    LinkDoor.objects.filter(link_id=link.pk).delete()
