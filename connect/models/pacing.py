"""What we have asked of a gateway lately, and who waits to ask."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Pacing(models.Model):
    """The sliding window of one credential: how many calls in each of the last slots. No patient's data."""

    credential = models.CharField(max_length=40, primary_key=True)
    slots = models.JSONField(default=list, help_text="Calls in each slot, the newest last.")
    newest = models.BigIntegerField(default=0, help_text="Number of the newest slot since the epoch.")
    percent = models.PositiveSmallIntegerField(default=100, help_text="Of the budget, after a 429.")
    shrunk_at = models.DateTimeField(null=True)
    closed_until = models.DateTimeField(null=True, help_text="Nothing may be asked before.")
    tickets = models.BigIntegerField(default=0, help_text="The last one that was given out.")
    changed_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"pacing of {self.credential}"


class PatientTurn(models.Model):
    """How a patient stands in a lane of a credential: how far ahead of an even share, and with which ticket.

    Says that something was asked for a patient lately and nothing else. Carries no row policy: who comes next
    is a question over all patients. Deleted when nothing stands in it any more, within two days.
    """

    credential = models.CharField(max_length=40)
    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    lane = models.PositiveSmallIntegerField()
    paid_until = models.DateTimeField(null=True, help_text="Up to when the calls made are an even share.")
    ticket = models.BigIntegerField(null=True)
    back_at = models.DateTimeField(null=True, help_text="When the holder of the ticket was told to come.")
    busy_until = models.DateTimeField(help_text="Until when the patient counts as one who wants calls.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["credential", "patient", "lane"], name="one_turn_per_lane"),
        ]
        indexes: ClassVar = [models.Index(fields=["credential", "busy_until"], name="turn_wanting")]

    def __str__(self) -> str:
        return f"turn {self.pk}"
