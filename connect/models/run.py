"""One import: from a confirmed link, or a wish to look for new records, to everything kept."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from connect.models.connection import Connection
from connect.models.link import LinkAttempt
from connect.models.owned import Owned


class ImportRun(models.Model):
    """How far one import is. Everything a slice needs to go on stands here, so a killed worker loses nothing.

    Holds upstream Patient ids and a page cursor, no token. Deleted 90 days after it ended.
    """

    class Route(models.TextChoices):
        """Which way the records come."""

        EVERYTHING = "everything"
        EXPORT = "export"

    class Phase(models.TextChoices):
        """Where it is. `waiting`: between two passes while the place is still sending.

        `asking` for new records and `following` what comes of it stand before a look at a connected place.
        """

        CONFIRMING = "confirming"
        ASKING = "asking"
        FOLLOWING = "following"
        FINDING = "finding"
        QUESTION = "question"
        FETCHING = "fetching"
        WAITING = "waiting"
        SETTLING = "settling"
        ENDED = "ended"

    class Outcome(models.TextChoices):
        """How it ended; empty while it has not."""

        NONE = ""
        DONE = "done"
        DECLINED = "declined"
        NOTHING = "nothing"
        UNREACHABLE = "unreachable"
        REFUSED = "refused"
        NOT_MINE = "not_mine"
        STOPPED = "stopped"
        FAILED = "failed"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="runs")
    attempt = models.ForeignKey(LinkAttempt, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    route = models.CharField(max_length=12, choices=Route, default=Route.EVERYTHING)
    phase = models.CharField(max_length=12, choices=Phase, default=Phase.FINDING)
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.NONE, blank=True)
    error = models.CharField(max_length=20, default="", blank=True, help_text="A code, no values.")
    is_first = models.BooleanField(default=False, help_text="The first one of its connection.")

    ask_answer = models.CharField(
        max_length=16, default="", blank=True, help_text="What asking the place anew came to in this run."
    )
    upstream_at = models.DateTimeField(
        null=True, help_text="The newest time of the gateway's own that is from before the pass under way."
    )
    is_complete = models.BooleanField(default=False, help_text="Whole charts are read, whatever is new.")
    since = models.DateTimeField(null=True, help_text="Only what changed since then is read; null: all.")

    pass_number = models.PositiveSmallIntegerField(default=1)
    is_last_pass = models.BooleanField(default=False, help_text="Begun after the place had sent everything.")
    walks = models.JSONField(default=list, help_text="One for each Patient: id, state, pages, total, marks.")
    cursor = models.TextField(default="", blank=True, help_text="The next page of the walk under way.")
    failed_kinds = models.JSONField(default=list, help_text="Kinds the gateway says the place refused.")

    seen = models.PositiveIntegerField(default=0, help_text="Resources of this pass.")
    total = models.PositiveIntegerField(null=True, help_text="What the gateway claims there are.")
    new = models.PositiveIntegerField(default=0)
    unlisted = models.PositiveIntegerField(default=0, help_text="Of the new ones, those in no list.")
    changed = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)

    asks = models.PositiveSmallIntegerField(default=0, help_text="Times we asked what happened, in a row.")
    troubles = models.PositiveSmallIntegerField(default=0, help_text="Calls that came to nothing, in a row.")
    sign_ins = models.PositiveSmallIntegerField(default=0, help_text="Refused tokens, in a row.")
    unreadable = models.PositiveSmallIntegerField(default=0, help_text="Unreadable answers, in a row.")
    again_at = models.DateTimeField(null=True, help_text="When trouble lets us go on; for people to read.")

    started_at = models.DateTimeField(db_default=Now())
    heartbeat_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    objects = Owned()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection"], condition=Q(ended_at=None), name="one_open_run_per_connection"
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.pk} ({self.phase})"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen in it."""
        return self.ended_at is not None

    @property
    def listed(self) -> int:
        """How many new records people find in their lists: what they are told came."""
        return self.new - self.unlisted
