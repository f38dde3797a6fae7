"""What was done in the administration, for good."""

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Now


class Deed(models.Model):
    """Who did what to what. Append only: a trigger writes it with each line of the administration's own log,
    and it stays when the account of who did it is closed. Names nobody: numbers, and words of ours.
    """

    at = models.DateTimeField(db_default=Now())
    user_id = models.BigIntegerField()
    about = models.ForeignKey(
        ContentType, null=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    object_id = models.TextField(default="")
    object_repr = models.CharField(max_length=200, default="")
    what = models.TextField(default="", help_text="Django's own JSON, or words of ours.")
    flag = models.PositiveSmallIntegerField(help_text="1 made, 2 changed, 3 deleted.")

    def __str__(self) -> str:
        return f"deed {self.pk}"
