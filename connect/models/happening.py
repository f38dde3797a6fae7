"""What happened at a connection, as its patient reads it."""

from typing import ClassVar

from django.db import models

from connect.models.connection import Connection
from connect.models.owned import Owned


class Happening(models.Model):
    """One thing that happened: what the gateway's events told, or what we or the patient did.

    Holds codes, a count and FHIR type names, no record. Forgotten after a year, and with the connection.
    """

    class What(models.TextChoices):
        """The gateway's words (`connect.gateway.EventWord`), then our own."""

        SELECTED = "selected"
        RETURNED = "returned"
        DECLINED = "declined"
        UNREACHABLE = "unreachable"
        STARTED = "started"
        FAILED = "failed"
        FINISHED = "finished"
        TIMED_OUT = "timed_out"
        CAME = "came"
        UPDATED = "updated"
        NOTHING_NEW = "nothing_new"
        NONE_SENT = "none_sent"
        INCOMPLETE = "incomplete"
        GAVE_UP = "gave_up"
        UNHEARD = "unheard"
        DOUBTED = "doubted"
        MINE = "mine"
        NOT_MINE = "not_mine"
        ASKED = "asked"
        ASK_REFUSED = "ask_refused"
        LAPSED = "lapsed"
        STOPPED = "stopped"

    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="happenings")
    at = models.DateTimeField()
    what = models.CharField(max_length=12, choices=What)
    kinds = models.JSONField(default=list, help_text="FHIR types it is about, where it names any.")
    count = models.PositiveIntegerField(default=0, help_text="How many records it is about.")
    note = models.CharField(max_length=20, default="", blank=True, help_text="Why: a code, no values.")
    key = models.CharField(max_length=80, help_text="The event's id at the gateway, or what of ours it is.")

    objects = Owned()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection", "key"], name="one_happening_per_connection_and_key"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["connection", "-at"], name="happening_newest")]

    def __str__(self) -> str:
        return f"happening {self.pk} ({self.what})"
