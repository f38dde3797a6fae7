"""A record as a place sent it, and what it was before it changed.

The body is the exact bytes that came, compressed (`records.bodies`). The columns beside it are what lists
sort, filter and show; `records.fhir` computes them and only it knows what they mean.
"""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from records.fhir import moments
from records.models.origin import Origin
from records.models.source import Source
from records.models.witnessed import Witnessed

#: Stands for "no date" in the sort column, so that newest first puts undated records last, with one index.
UNDATED: datetime = moments.FIRST


class Record(Witnessed):
    """One resource of one patient, once. Holds health data; deleted with its source or the patient.

    Foreign keys without a database constraint: the three checks per row cost more than the row itself.
    `records.store`, the only way in, checks the patient's source once for each batch instead, in the same
    transaction.
    """

    pk = models.CompositePrimaryKey("patient_id", "origin_id", "resource_type", "fhir_id")
    patient = models.ForeignKey(
        "portal.Patient", on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    origin = models.ForeignKey(
        Origin, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    resource_type = models.TextField()
    fhir_id = models.TextField()
    source = models.ForeignKey(
        Source, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    upstream_patient = models.TextField(help_text="id of the Patient it was fetched for, at the origin")
    kind = models.TextField(help_text="slug of records.fhir.kinds")
    clinical_at = models.DateTimeField(help_text="for order alone; UNDATED when there is none")
    when = models.TextField(help_text="as recorded: 2019, 2019-05 …")
    title = models.TextField()
    status = models.TextField()
    code = models.TextField()
    value = models.TextField()
    number = models.FloatField(null=True)
    unit = models.TextField()
    category = models.TextField()
    flag = models.TextField()
    flag_source = models.TextField()
    sensitivity = models.TextField(help_text="first restricting label, empty for none")
    withdrawn = models.BooleanField(help_text="entered in error, as the source says")
    search = models.TextField(help_text="folded words for searching one's own records")
    visit = models.TextField(
        db_default="", help_text="id of the Encounter it belongs to, at the same origin; empty for none"
    )
    digest = models.BinaryField(help_text="16 bytes over everything that counts as a change")
    dictionary = models.SmallIntegerField(help_text="which dictionary the body is compressed with")
    body = models.BinaryField()
    extract_version = models.SmallIntegerField(help_text="which reader made the columns")
    arrived = models.BigIntegerField(help_text="the patient's feed number when it first came")
    changed = models.BigIntegerField(help_text="the patient's feed number when it last changed")
    kept_at = models.DateTimeField(db_default=Now(), help_text="when this state of it came")
    removed_at = models.DateTimeField(null=True, help_text="the place no longer has it")

    class Meta:
        indexes: ClassVar = [
            # Lists, counts and year jumps. The rule of records.access can be answered inside the index.
            models.Index(
                fields=["patient", "kind", "-clinical_at"],
                include=["source", "sensitivity"],
                condition=Q(removed_at=None, withdrawn=False),
                name="record_list",
            ),
            # One test over time. What has no code is found under the empty one, by its title.
            models.Index(
                fields=["patient", "code", "-clinical_at"],
                condition=Q(removed_at=None, withdrawn=False, resource_type="Observation"),
                name="record_test",
            ),
            # What a visit holds.
            models.Index(
                fields=["patient", "origin", "visit"],
                condition=Q(removed_at=None, withdrawn=False) & ~Q(visit=""),
                name="record_visit",
            ),
            # What is new or changed since a number of the feed.
            models.Index(fields=["patient", "changed"], name="record_changed"),
        ]

    def __str__(self) -> str:
        return "record"


class Version(Witnessed):
    """What a record was until the feed number `until`. Holds health data; deleted with its record."""

    pk = models.CompositePrimaryKey("patient_id", "origin_id", "resource_type", "fhir_id", "until")
    patient = models.ForeignKey(
        "portal.Patient", on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    origin = models.ForeignKey(
        Origin, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    resource_type = models.TextField()
    fhir_id = models.TextField()
    until = models.BigIntegerField()
    source = models.ForeignKey(
        Source, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    digest = models.BinaryField()
    dictionary = models.SmallIntegerField()
    body = models.BinaryField()
    changed = models.BigIntegerField(help_text="the feed number this state came with")
    kept_at = models.DateTimeField(help_text="when this state of it came")
    withdrawn = models.BooleanField(default=False, help_text="entered in error, as the source said then")

    def __str__(self) -> str:
        return "version"
