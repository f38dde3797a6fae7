"""An export of a clinic's population, on its way into the store of each of its patients."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from connect.models.connection import Connection
from connect.models.owned import Owned


class PopulationRun(models.Model):
    """How far one export is. Everything a slice needs to go on stands here, so a killed worker loses nothing.

    Says nothing of anybody: counts, and addresses of files at the gateway, which open nothing by themselves.
    """

    class Phase(models.TextChoices):
        """`reading`: what names its patient; `joining`: what is somebody's because their records name it."""

        STARTING = "starting"
        ASKING = "asking"
        READING = "reading"
        JOINING = "joining"
        SETTLING = "settling"
        ENDED = "ended"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    gateway = models.CharField(max_length=20)
    clinic_id = models.BigIntegerField(help_text="Whose patients: of those alone who share with it.")
    group = models.CharField(
        max_length=64, default="", blank=True, help_text="The gateway's; empty: everybody."
    )
    phase = models.CharField(max_length=10, choices=Phase, default=Phase.STARTING)
    error = models.CharField(max_length=20, default="", blank=True, help_text="A code; empty: it went well.")
    note = models.CharField(max_length=40, default="", blank=True, help_text="Why it waits: a code.")

    status = models.TextField(default="", blank=True, help_text="Where to ask after it at the gateway.")
    percent = models.PositiveSmallIntegerField(null=True, help_text="How far the gateway says it is.")
    files = models.JSONField(default=list, help_text="Kind and address of each file.")
    ownerless = models.JSONField(default=list, help_text="Which files held what names no patient.")
    at = models.PositiveIntegerField(default=0, help_text="The file under way, of those of this phase.")
    offset = models.BigIntegerField(default=0, help_text="The byte in it; then the last connection settled.")
    rounds = models.PositiveSmallIntegerField(default=0, help_text="How often `joining` went over its files.")
    goes_on = models.BooleanField(default=False, help_text="Whether this round named more that is to join.")

    patients = models.PositiveIntegerField(default=0, help_text="Who shared with the clinic, at the end.")
    lines = models.PositiveBigIntegerField(default=0)
    new = models.PositiveBigIntegerField(default=0)
    changed = models.PositiveBigIntegerField(default=0)
    same = models.PositiveBigIntegerField(default=0)
    quarantined = models.PositiveBigIntegerField(default=0)
    left_out = models.PositiveBigIntegerField(default=0, help_text="Lines of nobody who shares.")

    troubles = models.PositiveSmallIntegerField(default=0, help_text="Calls that came to nothing, in a row.")
    starts = models.PositiveSmallIntegerField(default=0, help_text="How often the gateway was asked for it.")
    started_at = models.DateTimeField(db_default=Now())
    heartbeat_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["clinic_id", "gateway"], condition=Q(ended_at=None), name="one_population_per_clinic"
            ),
        ]

    def __str__(self) -> str:
        return f"population {self.pk} ({self.phase})"


class PopulationWant(models.Model):
    """That a record of somebody names another, which says of nobody whose it is: such as a doctor.

    `mark`: 16 bytes made of its type and id. Deleted with the run's end, and with the connection.
    """

    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    run_id = models.BigIntegerField(help_text="No key: runs are forgotten outside of any scope.")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    mark = models.BinaryField()

    objects = Owned()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run_id", "mark", "connection"], name="one_want_per_connection"),
        ]

    def __str__(self) -> str:
        return f"want of connection {self.connection_id}"
