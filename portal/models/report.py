"""What a patient does not recognise in the log of looks at their records, and what came of it."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from portal.models.clinic import Clinic
from portal.models.patient import Patient


class LookReport(models.Model):
    """That a patient asked about one look. Names the look by its number, who looked and when: no record and
    no kind of one. Deleted with the patient.
    """

    class Status(models.TextChoices):
        """As the patient reads it."""

        SENT = "sent", _("sent")
        TAKEN_UP = "taken_up", _("being looked into")
        RIGHT = "right", _("looked into: they were allowed to look")
        WRONG = "wrong", _("looked into: it should not have happened")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    by = models.BigIntegerField(help_text="the user who asks")
    look_id = models.BigIntegerField()
    looked_at = models.DateTimeField()
    looker_id = models.BigIntegerField(null=True, help_text="the user who looked")
    looker = models.CharField(max_length=200, help_text="their name, as the patient read it")
    clinic = models.ForeignKey(Clinic, null=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.SENT)
    at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)
    settled_by = models.BigIntegerField(null=True, help_text="user")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["patient", "look_id"], name="one_report_per_look")
        ]
        indexes: ClassVar = [models.Index(fields=["status", "at"], name="report_by_status")]

    def __str__(self) -> str:
        return f"report {self.pk}"
