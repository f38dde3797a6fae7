"""The change feed: one number per patient that grows with every batch that changed something."""

from typing import ClassVar

from django.db import models


class Feed(models.Model):
    """The last number of a patient's feed. Deleted with the patient."""

    patient = models.OneToOneField(
        "portal.Patient", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"feed {self.pk}"


class Seen(models.Model):
    """Up to which number of a patient's feed a user has looked. Deleted with the patient."""

    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    user_id = models.BigIntegerField()
    number = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "seen"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["patient", "user_id"], name="one_seen_per_user_and_patient")
        ]

    def __str__(self) -> str:
        return f"seen {self.pk}"
