"""What everybody who signs in is told for a while, and who does not want to read it any more."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Announcement(models.Model):
    """A sentence or two on every page until a time, for whoever is signed in. About nobody."""

    class Tone(models.TextChoices):
        """How it looks."""

        PLAIN = "plain", _("Something to know")
        WARN = "warn", _("Something does not work, or will not")
        GOOD = "good", _("Something works again")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    text = models.CharField(
        _("text"),
        max_length=300,
        help_text=_("One or two plain sentences: what, since when, until when, what to do. Name no patient."),
    )
    tone = models.CharField(_("what it is"), max_length=5, choices=Tone, default=Tone.PLAIN)
    begins_at = models.DateTimeField(_("shown from"), default=timezone.now)
    ends_at = models.DateTimeField(
        _("shown until"), help_text=_("Then it goes by itself. Each reader can put it away before.")
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [models.Index(fields=["ends_at"], name="announcement_ends")]

    def __str__(self) -> str:
        return f"announcement {self.pk}"

    def clean(self) -> None:
        """It ends after it begins."""
        if self.begins_at and self.ends_at and self.ends_at <= self.begins_at:
            raise ValidationError({"ends_at": _("This is before it begins.")})


class PutAway(models.Model):
    """That a user has read an announcement. Deleted with either."""

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="put_away")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["announcement", "user"], name="put_away_once")
        ]

    def __str__(self) -> str:
        return f"put away {self.pk}"
