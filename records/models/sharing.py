"""Grants: what of their records a patient lets a clinic or a person see, from when until when.

What a grant shows is decided by `records.access` alone, which asks for it inside each of its queries.
"""

import uuid
from datetime import timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, Func, OuterRef, Q
from django.db.models.functions import Now

from ground.viewer import Viewer
from records.models.record import UNDATED

CONFIRMED_FOR = timedelta(days=365)
"""A person's access ends when the patient has not said for so long that it is still right."""


class Terms(models.Model):
    """What was agreed, with whom, and how it stands."""

    class Recipient(models.TextChoices):
        """A clinic, whose staff may look, one person, or who holds a link; in an emergency one of a clinic,
        for an hour.
        """

        CLINIC = "clinic"
        PERSON = "person"
        LINK = "link"
        EMERGENCY = "emergency"

    recipient = models.CharField(max_length=10, choices=Recipient)
    clinic_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True, help_text="the user; null until they accepted")
    named = models.CharField(max_length=200, help_text="what the patient calls them")
    every_kind = models.BooleanField(default=False)
    kinds = ArrayField(models.CharField(max_length=40), default=list, help_text="slugs, unless every_kind")
    every_place = models.BooleanField(default=False, help_text="also those that are connected later")
    places = ArrayField(models.IntegerField(), default=list, help_text="sources, unless every_place")
    since = models.DateTimeField(null=True, help_text="records from this instant on, midnight UTC")
    until = models.DateTimeField(null=True, help_text="records that end before this one, midnight UTC")
    undated = models.BooleanField(default=False, help_text="also records without a date")
    sensitive = models.BooleanField(default=False, help_text="also what is marked as sensitive")
    words = models.BooleanField(default=False, help_text="also what the patient says about these records")
    offered_at = models.DateTimeField(null=True, help_text="null: a draft that only its patient previews")
    accepted_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True, help_text="when the patient last said it is still right")
    ends_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, help_text="by either side, or declined")
    changed_by = models.BigIntegerField(null=True, help_text="user; null: nobody, it was a job")

    class Meta:
        abstract = True


_SPAN = Func(
    OuterRef("when"),
    template="case length(%(expressions)s) when 4 then interval '1 year' when 6 then interval '1 month'"
    " when 7 then interval '1 month' else interval '0' end",
    output_field=DurationField(),
)
"""How long a date as recorded may last: "2019" is a year, "2019-05" a month, all else a point in time."""
_AT = ExpressionWrapper(OuterRef("clinical_at"), output_field=DateTimeField())
_OVER = Func(
    OuterRef("clinical_at"),
    _SPAN,
    template="(%(expressions)s)",
    arg_joiner=" + ",
    output_field=DateTimeField(),
)


_EVER = Q(since=None, until=None)


def _year_begins(ahead: int) -> Func:
    """The first instant of the year in the query around, or of one so many years ahead."""
    template = f"make_timestamptz((%(expressions)s + {ahead})::int, 1, 1, 0, 0, 0, 'UTC')"
    return Func(OuterRef("year"), template=template, output_field=DateTimeField())


class GrantQuerySet(models.QuerySet["Grant"]):
    """Which grants count, for whom, and which of them cover a row of the query around (`OuterRef`)."""

    def of(self, patient_id: int) -> "GrantQuerySet":
        """Those a patient gave or drafted."""
        return self.filter(patient_id=patient_id)

    def good(self) -> "GrantQuerySet":
        """Those that show anything now, by the clock of the database."""
        now = Now()
        fresh = Q(recipient=Grant.Recipient.CLINIC) | Q(confirmed_at__gt=now - CONFIRMED_FOR)
        return self.filter(fresh, offered_at__lte=now, accepted_at__lte=now, ends_at__gt=now, stopped_at=None)

    def behind(self, viewer: Viewer) -> "GrantQuerySet":
        """Those that let this viewer look. A preview looks by the one grant it names, good or not."""
        if viewer.kind == "staff" and viewer.clinic_id is not None:
            mine = Q(recipient=Grant.Recipient.CLINIC)
            mine |= Q(recipient=Grant.Recipient.EMERGENCY, person_id=viewer.user_id)
            return self.good().filter(mine, clinic_id=viewer.clinic_id)
        if viewer.kind == "carer" and viewer.user_id is not None:
            return self.good().filter(recipient=Grant.Recipient.PERSON, person_id=viewer.user_id)
        if viewer.kind == "link" and viewer.grant_id is not None:
            return self.good().filter(recipient=Grant.Recipient.LINK, pk=viewer.grant_id)
        if viewer.kind == "preview" and viewer.grant_id is not None:
            return self.filter(pk=viewer.grant_id, stopped_at=None)
        return self.none()

    def here(self) -> "GrantQuerySet":
        """Those of the patient whose row it is."""
        return self.filter(patient_id=OuterRef("patient_id"))

    def covering_kind(self) -> "GrantQuerySet":
        """Those that cover the kind of the row."""
        return self.filter(Q(every_kind=True) | Q(kinds__contains=[OuterRef("kind")]))

    def covering_place(self, name: str = "source_id") -> "GrantQuerySet":
        """Those that cover its place; `name`: the column of the source."""
        return self.filter(Q(every_place=True) | Q(places__contains=[OuterRef(name)]))

    def covering_date(self) -> "GrantQuerySet":
        """Those in whose dates a record lies, whole: one that is known to the year alone may lie outside."""
        dates = self.alias(at=_AT, over=_OVER)
        from_ = Q(since=None) | Q(since__lte=models.F("at"))
        to = Q(until=None) | Q(until__gt=models.F("at"), until__gte=models.F("over"))
        return dates.filter(_EVER | Q(undated=True, at=UNDATED) | Q(from_, to, at__gt=UNDATED))

    def covering_year(self) -> "GrantQuerySet":
        """Those in whose dates a whole year (of a tally, in UTC) lies."""
        year = ExpressionWrapper(OuterRef("year"), output_field=models.IntegerField())
        dates = self.alias(year=year, begins=_year_begins(0), ends=_year_begins(1))
        from_ = Q(since=None) | Q(since__lte=models.F("begins"))
        to = Q(until=None) | Q(until__gte=models.F("ends"))
        undated = Q(undated=True, year=UNDATED.year)
        return dates.filter(_EVER | undated | Q(from_, to, year__gt=UNDATED.year))


class Grant(Terms):
    """What one patient lets one clinic or person see. Deleted with the patient; its changes are kept.

    Holds which kinds and places, which tells a little of what there is. A place that is deleted and connected
    again is another one, and not among `places`. No foreign keys to clinic and person: this room does not
    know them, and neither is ever given a number twice.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")

    objects: ClassVar[GrantQuerySet] = GrantQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="grant_names_one_recipient",
                condition=Q(recipient="clinic", clinic_id__isnull=False, person_id=None)
                | Q(recipient="person", clinic_id=None)
                | Q(recipient="link", clinic_id=None, person_id=None)
                | Q(recipient="emergency", clinic_id__isnull=False, person_id__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["patient", "clinic_id"],
                condition=Q(recipient="clinic", stopped_at=None, offered_at__isnull=False),
                name="one_grant_per_clinic",
            ),
            models.UniqueConstraint(
                fields=["patient", "person_id"],
                condition=Q(recipient="person", stopped_at=None, offered_at__isnull=False),
                name="one_grant_per_person",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["clinic_id", "patient"], name="grant_of_clinic"),
            models.Index(fields=["person_id", "patient"], name="grant_of_person"),
        ]

    def __str__(self) -> str:
        return f"grant {self.pk}"


class GrantChange(Terms):
    """A grant as it was from `at` on, until its next change: who could see what, when. Append only; kept six
    years like looks, also when patient and grant are gone.

    A trigger writes it with each change of a grant that was offered, whoever makes it (migration 0009). What
    a patient calls a person is not among it: who that was is a number here (migration 0013).
    """

    grant_id = models.BigIntegerField()
    patient = models.ForeignKey(
        "portal.Patient", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [models.Index(fields=["patient", "grant_id", "id"], name="change_by_patient")]

    def __str__(self) -> str:
        return f"change of grant {self.grant_id}"


class ChartNumber(models.Model):
    """The number a clinic knows a patient by. Shown to that clinic alone; deleted with the grant."""

    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    grant = models.OneToOneField(Grant, on_delete=models.CASCADE, related_name="+")
    clinic_id = models.BigIntegerField()
    number = models.CharField(max_length=40)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["clinic_id", "number"], name="chart_number_of_clinic")]

    def __str__(self) -> str:
        return f"chart number of grant {self.grant_id}"
