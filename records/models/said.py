"""What the patient says, or who looks after them for them: beside what places wrote, never over it."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from records.models.origin import Origin
from records.models.witnessed import Witnessed


class Spoken(Witnessed):
    """Words of a patient about a record. They name the record by its address and not by a key of its row, so
    that they outlast what a place takes back. Hold health data; deleted with the records, where the patient
    has those of a place deleted, and with the patient.
    """

    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40, help_text="slug of records.fhir.kinds")
    origin = models.ForeignKey(Origin, on_delete=models.PROTECT, related_name="+", db_index=False)
    resource_type = models.TextField()
    fhir_id = models.TextField()
    title = models.TextField(help_text="what the record was called when they spoke")
    user_id = models.BigIntegerField(help_text="who wrote it")
    speaker = models.CharField(max_length=254, help_text="their name at the time")
    own = models.BooleanField(help_text="the patient themselves, and nobody for them")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Said(Spoken):
    """What a patient says of a fact: of a medicine that they take it, of a vaccine that they had it.

    Only ever added to: the newest row of a fact counts, the ones before are its history.
    """

    class Word(models.TextChoices):
        """`now` and `past` and `never` of what lasts, `had` and `had_not` of what happened once."""

        NOW = "now"
        PAST = "past"
        NEVER = "never"
        HAD = "had"
        HAD_NOT = "had_not"
        WITHDRAWN = "withdrawn"

    fact = models.TextField(help_text="records.fhir.sameness.fact")
    word = models.CharField(max_length=10, choices=Word)
    comment = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        verbose_name_plural = "said"


class Correction(Spoken):
    """What a patient says is wrong with a record, and how it stands with the place."""

    class Status(models.TextChoices):
        """As the patient keeps it; `withdrawn`: they think so no more."""

        NOTED = "noted"
        SENT = "sent"
        CORRECTED = "corrected"
        REFUSED = "refused"
        NO_ANSWER = "no_answer"
        WITHDRAWN = "withdrawn"

    SETTLED: ClassVar = (Status.CORRECTED, Status.WITHDRAWN)
    """Where it stands so, the record carries no mark any more."""

    source_id = models.IntegerField(help_text="the place at the time; it may be gone")
    place = models.CharField(max_length=200, help_text="its name")
    addressee = models.TextField(help_text="the organisation the record names as its author, else the place")
    wrong = models.TextField(max_length=2000)
    right = models.TextField(max_length=2000, blank=True, default="")
    status = models.CharField(max_length=10, choices=Status, default=Status.NOTED)
    sent_on = models.DateField(null=True, help_text="the day the last letter was sent")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["patient", "origin", "resource_type", "fhir_id"], name="correction_record")
        ]


class CorrectionStep(models.Model):
    """How a correction stood from a day on. Only ever added to; deleted with the correction."""

    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    correction = models.ForeignKey(Correction, on_delete=models.CASCADE, related_name="steps")
    status = models.CharField(max_length=10, choices=Correction.Status)
    day = models.DateField(help_text="as the patient says")
    user_id = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"step {self.pk} ({self.status})"


class Question(Spoken):
    """What a patient wants to ask about a record at their next visit."""

    text = models.CharField(max_length=1000)
    answered_at = models.DateTimeField(null=True, help_text="as the patient says")
    discussed_at = models.DateTimeField(null=True, help_text="as a clinic says that sees it")
    discussed_by = models.BigIntegerField(null=True, help_text="user")
    discussed_clinic = models.BigIntegerField(null=True)
    discussed_named = models.CharField(max_length=320, db_default="", help_text="who and where, at the time")
