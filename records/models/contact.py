"""Whom to call in an emergency, as the patient wrote it down: for the page they carry with them."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from records.models.witnessed import Witnessed


class EmergencyContact(Witnessed):
    """One person to call. Read by the patient and whoever looks after them alone: no grant shows it. Deleted
    when they take it out, and with the patient.
    """

    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField(help_text="whom to call first")
    name = models.CharField(max_length=100)
    relation = models.CharField(max_length=100, blank=True, default="")
    phone = models.CharField(max_length=40)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["patient", "position"], name="one_contact_in_each_position")
        ]

    def __str__(self) -> str:
        return f"emergency contact {self.pk}"
