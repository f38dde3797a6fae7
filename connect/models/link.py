"""A patient on the way to a place's sign-in and back."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from connect.models.owned import Owned
from connect.models.place import Place
from ground.crypto import SealedText

LIFE = timedelta(minutes=30)


def expiry() -> datetime:
    """When a link that begins now can no longer be finished."""
    return timezone.now() + LIFE


class LinkAttempt(models.Model):
    """One departure for one place, bound to the session and browser it began in.

    Without a place it is a search in the gateway's own page: the place is picked there, and written down when
    the gateway's events name it (decision 0013).

    The gateway's callback carries no state, so this row is what tells whose return it is. Not under the row
    policy: the person who returns may be signed out. Holds the sign-in address, sealed, until it is over;
    deleted after 90 days.
    """

    class State(models.TextChoices):
        """`returned`: seen again, or confirmed by signing in again. The rest are ends without records.

        `unheard`: a search that was returned from, of which the gateway never said where it led.
        """

        OPEN = "open"
        RETURNED = "returned"
        REPLACED = "replaced"
        UNHEARD = "unheard"

    class Proof(models.TextChoices):
        """How we know that the patient came back: in the starting session, or by signing in to us again."""

        NONE = ""
        SESSION = "session"
        SIGNED_IN = "signed_in"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    place = models.ForeignKey(
        Place, null=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: not named yet."
    )
    fhir_version = models.CharField(max_length=10, default="", blank=True)
    session_hash = models.CharField(max_length=64)
    nonce_hash = models.CharField(max_length=64, db_index=True)
    departure_sealed = models.BinaryField(null=True)
    departure = SealedText("departure_sealed", owner="patient_id")
    memo_sealed = models.BinaryField(null=True, help_text="What the gateway needs back on return.")
    memo = SealedText("memo_sealed", owner="patient_id")
    host = models.CharField(max_length=253, default="", help_text="Where the sign-in is.")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    proof = models.CharField(max_length=10, choices=Proof, default=Proof.NONE, blank=True)
    outcome = models.CharField(max_length=20, default="", blank=True, help_text="What the return hinted at.")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(default=expiry)
    returned_at = models.DateTimeField(null=True)

    objects = Owned()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["patient", "place"], condition=Q(state="open"), name="one_open_link_per_place"
            ),
            models.UniqueConstraint(
                fields=["patient"], condition=Q(state="open", place=None), name="one_open_search_per_patient"
            ),
        ]

    def __str__(self) -> str:
        return f"link {self.pk} ({self.state})"

    @property
    def is_late(self) -> bool:
        """Whether it can no longer be finished."""
        return self.state != self.State.OPEN or timezone.now() >= self.expires_at
