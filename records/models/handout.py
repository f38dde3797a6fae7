"""A file of what a clinic may see of all its patients, while a job makes it and until it is deleted."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from ground.crypto import SealedBytes


class Handout(models.Model):
    """One file that a clinic asked for: how far it is, and when it goes. Holds no record itself; its parts
    do, each of one patient.

    Deleted a day after it is ready, and with the next one.
    """

    class State(models.TextChoices):
        """`failed`: gave up after its attempts."""

        MAKING = "making"
        READY = "ready"
        FAILED = "failed"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    clinic_id = models.BigIntegerField()
    user_id = models.BigIntegerField(help_text="Who asked for it, for the look at each patient.")
    state = models.CharField(max_length=10, choices=State, default=State.MAKING)
    patient_at = models.BigIntegerField(default=0, help_text="The last patient who is in it whole.")
    cursor = models.JSONField(default=dict, help_text="Where the next one goes on; empty at their beginning.")
    patients = models.JSONField(default=list, help_text="Who is in it, by number, so that it can be deleted.")
    parts = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0, help_text="Patients in it.")
    total = models.PositiveIntegerField(default=0, help_text="Patients who shared when it began.")
    lines = models.PositiveBigIntegerField(default=0)
    asked_at = models.DateTimeField(db_default=Now())
    ready_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["clinic_id"], condition=Q(state="making"), name="one_handout_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"handout {self.pk} ({self.state})"


class HandoutPart(models.Model):
    """Some records of one patient, a line each, and what the patient shared when they were taken (`terms`):
    handed out only while that stands as it stood. Holds health data, sealed.

    Deleted with the file, and with the patient.
    """

    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    clinic_id = models.BigIntegerField()
    handout_id = models.BigIntegerField(help_text="No key: the file goes outside of any patient's scope.")
    number = models.PositiveIntegerField()
    terms = models.CharField(max_length=64, help_text="A digest of what the grant said.")
    data_sealed = models.BinaryField()
    data = SealedBytes("data_sealed", owner=("patient_id", "handout_id", "number"), bound_as="data")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["handout_id", "number"], name="one_handout_part_per_number")
        ]

    def __str__(self) -> str:
        return f"part {self.pk}"
