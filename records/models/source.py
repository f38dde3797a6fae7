"""Places that records come from, whether theirs may be shown, and what each answered for each kind."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Source(models.Model):
    """One place as one patient is connected to it.

    Holds the place's name, which tells where somebody is treated. Deleted with its records or the patient.
    """

    class Gate(models.TextChoices):
        """Only `open` shows anything; `question` waits for the patient, `refused` for deletion."""

        WAITING = "waiting"
        QUESTION = "question"
        OPEN = "open"
        REFUSED = "refused"

    id = models.AutoField(primary_key=True)
    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80, help_text="oneup:4706")
    name = models.CharField(max_length=200)
    place_kind = models.CharField(
        max_length=20, default="", help_text="provider, payer, lab, pharmacy or empty"
    )
    gate = models.CharField(max_length=10, choices=Gate, default=Gate.WAITING)
    gate_note = models.CharField(max_length=40, default="", help_text="Why: a code, no values.")
    collected_at = models.DateTimeField(null=True, help_text="end of the last complete pass")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["patient", "key"], name="one_source_per_place")
        ]

    def __str__(self) -> str:
        return f"source {self.pk}"


class Delivery(models.Model):
    """What a place answered for one kind of record (its slug), or as a whole (kind empty).

    So that "none" can be told from "not fetched" without asking whoever fetches. Deleted with its source.
    """

    class State(models.TextChoices):
        """`refused` only when the place said so; `failed` when nobody knows."""

        PENDING = "pending"
        RECEIVED = "received"
        NONE = "none"
        REFUSED = "refused"
        FAILED = "failed"

    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    count = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=80, default="", help_text="Why: a code, no values.")
    checked_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "deliveries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["patient", "source", "kind"], name="one_delivery_per_kind")
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk} ({self.state})"
