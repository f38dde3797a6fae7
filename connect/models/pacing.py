"""What we have asked of a gateway lately."""

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
    changed_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"pacing of {self.credential}"
