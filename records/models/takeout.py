"""A file of a patient's records that was asked for, while a job makes it and until it is deleted."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from ground.crypto import SealedBytes


class Takeout(models.Model):
    """One file somebody asked for: how far it is, and when it goes. Holds no record itself; its parts do.

    Deleted a day after it is ready, with the next one of its kind, and with the patient or the user.
    """

    class State(models.TextChoices):
        """`large`: it grew beyond what is kept here. `failed`: gave up after its attempts."""

        MAKING = "making"
        READY = "ready"
        LARGE = "large"
        FAILED = "failed"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=20, help_text="zip …, as records.taking.makers names it")
    state = models.CharField(max_length=10, choices=State, default=State.MAKING)
    cursor = models.JSONField(default=dict, help_text="where the next slice goes on; empty when it is over")
    step = models.PositiveSmallIntegerField(default=0, help_text="which step of making it, from 1")
    done = models.PositiveIntegerField(default=0, help_text="records gone through in this step")
    total = models.PositiveIntegerField(default=0, help_text="records this step goes through")
    parts = models.PositiveIntegerField(default=0)
    size = models.BigIntegerField(default=0, help_text="bytes made so far")
    asked_at = models.DateTimeField(db_default=Now())
    ready_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["patient", "user", "what"],
                condition=Q(state="making"),
                name="one_takeout_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"takeout {self.pk} ({self.state})"


#: What a piece is bound to, so that it opens nowhere else.
_PLACE = ("patient_id", "takeout_id", "number")


class TakeoutPart(models.Model):
    """A piece of the file, in order, and the list of what is in it. Holds health data, sealed.

    Deleted with its takeout.
    """

    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    takeout = models.ForeignKey(Takeout, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    data_sealed = models.BinaryField()
    data = SealedBytes("data_sealed", owner=_PLACE, bound_as="data")
    listed_sealed = models.BinaryField()
    listed = SealedBytes("listed_sealed", owner=_PLACE, bound_as="listed")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["takeout", "number"], name="one_takeout_part_per_number")
        ]

    def __str__(self) -> str:
        return f"part {self.pk}"

    @classmethod
    def sealed(cls, takeout: Takeout, number: int, data: bytes, listed: bytes) -> "TakeoutPart":
        """A piece, not yet written: each of its two columns bound to this place in this file."""
        part = cls(patient_id=takeout.patient_id, takeout=takeout, number=number)
        part.data, part.listed = data, listed
        return part
