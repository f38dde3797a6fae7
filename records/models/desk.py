"""What a clinic notes about its work on a patient's outside records: reviewed by whom, whose turn it is."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Review(models.Model):
    """How far a clinic has reviewed what came from outside for a patient. Reached by that clinic alone, while
    the patient shares with it; deleted with the patient.

    The note is the clinic's working note, not a record; neither another clinic nor the patient's pages show
    it.
    """

    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    clinic_id = models.BigIntegerField()
    number = models.BigIntegerField(default=0, help_text="of the patient's feed: up to here it is reviewed")
    reviewed_by = models.BigIntegerField(null=True, help_text="user")
    reviewed_at = models.DateTimeField(null=True)
    assigned_to = models.BigIntegerField(null=True, help_text="user")
    note = models.CharField(max_length=500, default="")
    noted_by = models.BigIntegerField(null=True, help_text="user")
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clinic_id", "patient"], name="one_review_per_clinic_and_patient")
        ]

    def __str__(self) -> str:
        return f"review {self.pk}"
