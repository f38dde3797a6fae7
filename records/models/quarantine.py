"""What came and could not be kept as a record, with the reason."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from records.models.origin import Origin
from records.models.source import Source


class Quarantined(models.Model):
    """One thing a place sent that we could not find again. Holds health data; deleted with its source."""

    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="quarantined")
    origin = models.ForeignKey(Origin, on_delete=models.PROTECT, related_name="+")
    resource_type = models.TextField(help_text="as far as it could be read")
    reason = models.CharField(max_length=40, help_text="a word: no-id, not-json …")
    sha256 = models.BinaryField()
    dictionary = models.SmallIntegerField()
    body = models.BinaryField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "quarantined"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["patient", "source", "sha256"], name="one_quarantined_per_bytes")
        ]

    def __str__(self) -> str:
        return f"quarantined {self.pk} ({self.reason})"
