"""How many records there are, kept beside them, so that a menu need not count what it does not show."""

from django.db import models

from records.models.source import Source


class Tally(models.Model):
    """How many records of one kind and year a place has sent, labelled as sensitive or not.

    Triggers on the records table keep it, in the same transaction and whoever writes (migration 0002):
    entered in error or removed does not count. Whether a place's gate is open is asked when it is read.
    Deleted with its source or the patient.
    """

    pk = models.CompositePrimaryKey("patient_id", "source_id", "kind", "year", "labelled")
    patient = models.ForeignKey(
        "portal.Patient", on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    source = models.ForeignKey(
        Source, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    kind = models.TextField(help_text="slug of records.fhir.kinds")
    year = models.SmallIntegerField(help_text="of clinical_at, in UTC")
    labelled = models.BooleanField(help_text="whether the source labelled them as sensitive")
    count = models.IntegerField()

    class Meta:
        verbose_name_plural = "tallies"

    def __str__(self) -> str:
        return f"tally of {self.kind}"
