"""The tables every room uses: jobs, looks, mail, and what operators are shown: counts, pulses, alarms."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ground.crypto import SealedText


class Job(models.Model):
    """Work to do, and when. Holds nothing secret, so that a sweep needs no row scope.

    Kept 30 days after it ended, then deleted.
    """

    class State(models.TextChoices):
        """`stuck`: gave up after its attempts, and waits for an operator."""

        WAITING = "waiting"
        DONE = "done"
        STUCK = "stuck"

    kind = models.CharField(max_length=40)
    subject = models.BigIntegerField()
    patient = models.ForeignKey("portal.Patient", null=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(db_default=Now())
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    slices = models.PositiveIntegerField(default=0)
    note = models.CharField(
        max_length=80, default="", help_text="Why it waits or stopped: a code, no values."
    )
    request_id = models.CharField(max_length=32, default="", help_text="Of the request that asked for it.")
    created_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(state="waiting"), name="one_open_job_per_subject"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="job_due"),
            models.Index(fields=["kind", "created_at"], condition=Q(state="waiting"), name="job_waiting"),
            models.Index(fields=["ended_at"], condition=Q(state="stuck"), name="job_stuck"),
        ]

    def __str__(self) -> str:
        return f"job {self.pk} ({self.kind})"


class Reason(models.TextChoices):
    """Why staff look; the patient reads it."""

    TREATMENT = "treatment", _("Treatment")
    COORDINATION = "coordination", _("Care coordination")
    REQUEST = "request", _("The patient asked for it")
    EMERGENCY = "emergency", _("Emergency")
    OTHER = "other", _("Another reason")


class Look(models.Model):
    """One look at a patient's records: who, when, which kinds, why. Append only; kept six years.

    Holds no health data beyond the kinds' names. The application's role cannot change or delete it. One page
    may look several times; its looks share the request.
    """

    patient = models.ForeignKey(
        "portal.Patient", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    at = models.DateTimeField(db_default=Now())
    viewer_kind = models.CharField(max_length=10)
    user_id = models.BigIntegerField(null=True)
    clinic_id = models.BigIntegerField(null=True)
    grant_id = models.BigIntegerField(null=True, help_text="by which they looked; null: by none")
    what = models.CharField(max_length=20, help_text="overview, list, detail, original …")
    record_kind = models.CharField(max_length=40, default="", help_text="what was asked for")
    kinds = ArrayField(models.CharField(max_length=40), db_default=[], help_text="slugs: what was read")
    record_key = models.CharField(max_length=160, default="", help_text="origin/type/id, for a single record")
    rows = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=80, default="", help_text="a value of Reason, where people gave one")
    words = models.CharField(max_length=200, db_default="", help_text="their own, beside the reason")
    route = models.CharField(max_length=80, db_default="", help_text="the name of the page's address")
    request_id = models.CharField(max_length=32, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["patient", "-at"], name="look_by_patient")]

    def __str__(self) -> str:
        return f"look {self.pk}"


class Seal(models.Model):
    """The seal over a batch of looks, chained to the one before (`ground.sealing`). Append only; kept like
    looks. Holds numbers and digests, nothing of what they say.
    """

    after = models.BigIntegerField(unique=True, help_text="the last look of the seal before")
    last = models.BigIntegerField()
    rows = models.PositiveIntegerField()
    leaves = models.BinaryField(help_text="for each look its number, 8 bytes, and 16 of its digest")
    chain = models.BinaryField(help_text="SHA-256 over this batch and the chain before")
    stamp = models.BinaryField(help_text="over the chain, by a key of FIELD_KEYS")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"seal {self.pk}"


class Mail(models.Model):
    """A mail to send, kept until it is sent; its words are sealed and wiped after sending.

    Holds an address and, until sent, the text. Deleted 30 days after sending.
    """

    key = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body_sealed = models.BinaryField(null=True)
    body = SealedText("body_sealed", owner="key")
    unsubscribe_url = models.CharField(max_length=300, default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"mail {self.pk}"


class Count(models.Model):
    """How often something happened in ten minutes: what it was, one or two words about it, no id of anybody.

    Rows of over 14 days are folded into one each (`ground.counting.fold`), so that sums only ever grow.
    """

    name = models.CharField(max_length=30)
    what = models.CharField(max_length=40, default="")
    how = models.CharField(max_length=20, default="")
    at = models.DateTimeField(help_text="Where the ten minutes begin; the epoch for everything long ago.")
    amount = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "what", "how", "at"], name="one_count_per_stretch")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.what} {self.how}"


class Heartbeat(models.Model):
    """When something that should happen again and again last did, and what it found. No patient's data."""

    name = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField(db_default=Now())
    found = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"heartbeat {self.name}"


class Alarm(models.Model):
    """How one alarm stands, so that of two who look at once only one shouts."""

    name = models.CharField(max_length=30, primary_key=True)
    fires = models.BooleanField(default=False)
    since = models.DateTimeField(db_default=Now())
    said = models.CharField(max_length=200, default="", help_text="What was measured, in numbers.")

    def __str__(self) -> str:
        return f"alarm {self.name}"
