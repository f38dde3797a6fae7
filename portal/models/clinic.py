"""Clinics, who works there in which role, and who was asked to."""

import secrets
import uuid
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

INVITED_FOR = timedelta(days=7)
_LETTERS, _DIGITS = "BCDFGHJKMNPRTVWX", "23456789"
"""No vowels, so that no words come about; nothing that is read as something else."""


def new_share_code() -> str:
    """A code that a patient can read from a wall and say aloud: "KTM-472"."""
    parts = ("".join(secrets.choice(signs) for _each in range(3)) for signs in (_LETTERS, _DIGITS))
    return "-".join(parts)


class Role(models.TextChoices):
    """A lead also decides who else works there."""

    LEAD = "lead", _("Lead")
    CLINICIAN = "clinician", _("Clinician")
    COORDINATOR = "coordinator", _("Coordinator")


class Clinic(models.Model):
    """A clinic that patients may share with. Never deleted, because grants and looks name it by its number;
    one that is not active shows its staff nothing.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    share_code = models.CharField(max_length=7, unique=True, default=new_share_code, editable=False)
    is_active = models.BooleanField(default=True)
    told_at = models.DateTimeField(null=True, editable=False, help_text="of offers, by mail")
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"clinic {self.pk}"


class Membership(models.Model):
    """That a user works at a clinic, under which name; one that ended reaches nothing, on the next request.

    Kept six years after it ended, like the looks of its user.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    name = models.CharField(_("name"), max_length=100, help_text=_("As patients will see it."))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    ended_by = models.BigIntegerField(null=True, help_text="user")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["clinic", "user"], condition=Q(ended_at=None), name="one_membership_at_a_clinic"
            )
        ]

    def __str__(self) -> str:
        return f"membership {self.pk}"


class Invitation(models.Model):
    """That somebody was asked by mail to join a clinic. Good once and for a week; the word in the mail is
    kept as a digest. Holds an address; deleted 30 days after it was good.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(_("email address"))
    name = models.CharField(_("name"), max_length=100, help_text=_("As patients will see it."))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    word_digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.BigIntegerField(help_text="user")
    created_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, help_text="accepted, or taken back")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["clinic", "answered_at"], name="invitation_by_clinic")]

    def __str__(self) -> str:
        return f"invitation {self.pk}"
