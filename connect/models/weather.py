"""How hosts and places do lately: what stands still after failures, and how often places failed on a day."""

from typing import ClassVar

from django.db import models

from connect.models.place import Place


class Breaker(models.Model):
    """One host of a gateway, or one place behind it, and how many calls in a row came to nothing.

    No patient's data. A row that says that all is well is as good as none, and is deleted.
    """

    name = models.CharField(max_length=100, primary_key=True)
    failures = models.PositiveIntegerField(default=0, help_text="In a row.")
    about = models.CharField(
        max_length=80, default="", help_text="What all of them were about; * for several."
    )
    open_until = models.DateTimeField(null=True, help_text="Nothing is asked before; then one asks.")
    trips = models.PositiveSmallIntegerField(default=0, help_text="Times it opened in a row; waits grow.")

    def __str__(self) -> str:
        return f"breaker of {self.name}"


class PlaceDay(models.Model):
    """How many calls about a place were made on a day (UTC), and how many came to nothing.

    `marks` says of roughly how many patients, not of whom: a bit for each of 64 groups that a keyed hash puts
    them in, emptied once the day is over. Kept 30 days.
    """

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    asked = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    failed_at = models.DateTimeField(null=True, help_text="When one last failed.")
    marks = models.BigIntegerField(default=0, help_text="Groups of patients with a failed call.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place", "day"], name="one_row_per_place_and_day"),
        ]
        indexes: ClassVar = [models.Index(fields=["day"], name="place_day")]

    def __str__(self) -> str:
        return f"{self.place_id} on {self.day}"
