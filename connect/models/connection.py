"""A patient's connection to a place."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from connect.models.account import Account
from connect.models.owned import Owned
from connect.models.place import Place
from ground.crypto import SealedText


class Connection(models.Model):
    """That a patient's records come from a place, in one FHIR version, and how that stands.

    Holds the ids of the patient at the gateway and, while we ask about it, in what the place's word differs.
    """

    class State(models.TextChoices):
        """`confirming`: we wait for word that the sign-in worked. `ended`: stopped, or never came about."""

        CONFIRMING = "confirming"
        COLLECTING = "collecting"
        CONNECTED = "connected"
        QUESTION = "question"
        LAPSED = "lapsed"
        REFUSED = "refused"
        ENDED = "ended"

    class Access(models.TextChoices):
        """What the gateway holds of the sign-in there (docs/oneup.md §11.2); empty: not known."""

        UNKNOWN = ""
        ACTIVE = "active"
        EXPIRED = "expired"
        REVOKED = "revoked"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    fhir_version = models.CharField(max_length=10)
    source_id = models.BigIntegerField(null=True, help_text="The place as `records` knows it.")
    state = models.CharField(max_length=12, choices=State, default=State.CONFIRMING)
    accepted = models.JSONField(
        default=list, help_text="Upstream Patient ids found to be this patient; no other is ever fetched."
    )
    others = models.PositiveSmallIntegerField(
        default=0, help_text="How many people of another name or birth date the place sent beside."
    )
    said_sealed = models.BinaryField(null=True)
    said = SealedText("said_sealed", owner="patient_id")
    last_error = models.CharField(max_length=20, default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())
    confirmed_at = models.DateTimeField(null=True, help_text="When the place was first known to be linked.")
    collected_at = models.DateTimeField(null=True, help_text="When a whole import last ended well.")
    new_records = models.PositiveIntegerField(default=0, help_text="How many the last import brought.")
    ended_at = models.DateTimeField(null=True)

    access_state = models.CharField(max_length=8, choices=Access, default=Access.UNKNOWN, blank=True)
    access_until = models.DateTimeField(
        null=True, help_text="When the sign-in there ends, as far as is known."
    )
    access_renewable = models.BooleanField(
        null=True, help_text="Whether it lengthens itself; null: not known."
    )
    access_asked_at = models.DateTimeField(null=True, help_text="When the gateway was last asked about it.")
    reminded_until = models.DateTimeField(null=True, help_text="The `access_until` that was reminded of.")

    reminded_days = models.PositiveSmallIntegerField(null=True, help_text="How many days ahead that was.")
    lapsed_at = models.DateTimeField(null=True, help_text="Since when nothing new comes without a sign-in.")

    asked_at = models.DateTimeField(null=True, help_text="When the place was last asked to send anew.")
    ask_answer = models.CharField(
        max_length=16,
        default="",
        blank=True,
        help_text="What came of that: empty: it sends; `connect.gateway.IngestNo`, `too_soon` or `trouble`.",
    )
    collected_since = models.DateTimeField(
        null=True, help_text="From when the next incremental import asks, by the gateway's clock."
    )
    chart_totals = models.JSONField(
        default=dict, help_text="How many resources the gateway counted last, for each upstream Patient id."
    )
    complete_at = models.DateTimeField(
        null=True, help_text="When a complete pass last agreed with its count."
    )

    objects = Owned()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["patient", "place", "fhir_version"], name="one_connection_per_place_and_version"
            ),
        ]

    def __str__(self) -> str:
        return f"connection {self.pk} ({self.state})"
