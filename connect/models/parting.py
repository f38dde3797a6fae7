"""That a patient wants nothing more to come from a place, or nothing of it to be here: how far that is."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from connect.models.connection import Connection
from connect.models.owned import Owned
from connect.models.place import Place


class Parting(models.Model):
    """One wish to stop updates from a place, or to delete its records, and the receipt of it.

    Here it is done at once; the gateway is asked by a job until it has confirmed, however long that takes.
    Holds the place and, until they are erased at the gateway, upstream Patient ids; deleted with the patient.
    """

    class What(models.TextChoices):
        """What was asked for."""

        STOP = "stop"
        DELETE = "delete"

    class Phase(models.TextChoices):
        """Where it is: deleting `here`, taking the permission back, then deleting `there`, at the gateway."""

        HERE = "here"
        REVOKING = "revoking"
        THERE = "there"
        OVER = "over"

    class Ended(models.TextChoices):
        """How it ended, empty while it has not. `connected`: the patient signed in there again before.

        `joined`: a later wish to delete took it over.
        """

        NOT_YET = ""
        CONFIRMED = "confirmed"
        CONNECTED = "connected"
        JOINED = "joined"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(
        Connection, null=True, on_delete=models.SET_NULL, related_name="+", help_text="Until it is deleted."
    )
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    fhir_version = models.CharField(max_length=10)
    what = models.CharField(max_length=6, choices=What)
    phase = models.CharField(max_length=8, choices=Phase)
    ended = models.CharField(max_length=9, choices=Ended, default=Ended.NOT_YET, blank=True)

    source_id = models.BigIntegerField(null=True, help_text="The place as `records` knew it.")
    upstream = models.JSONField(default=list, help_text="Upstream Patient ids still to be erased there.")
    removed = models.JSONField(default=dict, help_text="How many of what were deleted here.")
    erased = models.PositiveIntegerField(default=0, help_text="How many Patients were erased there.")

    troubles = models.PositiveSmallIntegerField(default=0, help_text="Calls that came to nothing, in a row.")
    stopped_at = models.DateTimeField(db_default=Now())
    removed_at = models.DateTimeField(null=True, help_text="When nothing of it was here any more.")
    revoked_at = models.DateTimeField(null=True, help_text="When the gateway confirmed that it holds no key.")
    ended_at = models.DateTimeField(null=True)

    objects = Owned()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection"], condition=Q(ended_at=None), name="one_open_parting_per_connection"
            ),
        ]

    def __str__(self) -> str:
        return f"parting {self.pk} ({self.phase})"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen in it."""
        return self.ended_at is not None
