"""A place that somebody looked for and did not find."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class PlaceRequest(models.Model):
    """One wish for a place that is not listed, for an administrator to read.

    Says where somebody may be treated, so it names nobody: only the account that asked, which the admin shows
    as a number. Deleted with the account.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    where = models.CharField(max_length=200, default="", blank=True)
    address = models.CharField(max_length=300, default="", blank=True, help_text="Of its website.")
    created_at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField(null=True, blank=True, help_text="When somebody dealt with it.")

    def __str__(self) -> str:
        return f"request {self.pk}"
