"""Clinics in the administration: made here, with their first lead; everything later their leads do."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connect.services import mirrors
from ground import scope
from ground.viewer import Viewer
from portal import clinics
from portal.admin.acting import action
from portal.admin.house import Made, Untouched, number, site, yes_no
from portal.models import Clinic, Invitation, Membership
from portal.models.clinic import new_share_code
from records import access


@admin.register(Clinic, site=site)
class ClinicAdmin(Made):
    """A clinic and the code patients share by. One that is not active shows its staff nothing."""

    section, called = "clinics", gettext_lazy("Clinics")
    about = gettext_lazy(
        "Make a clinic, then invite its first lead; everything later the lead does. A clinic that is not"
        " active shows its staff nothing, from their next click on."
    )
    find_by = gettext_lazy("a part of the name, or the share code")
    list_display = ("name", "share_code", "is_active", "people", "patients", "at_oneup", "created_at")
    list_filter = ("is_active",)
    fields = ("name", "is_active", "share_code", "people", "patients", "at_oneup", "created_at")
    readonly_fields = ("share_code", "people", "patients", "at_oneup", "created_at")
    ordering = ("name", "pk")
    actions = ("new_code", "mirror", "mirror_no_more")

    def found(self, rows: "QuerySet[Any]", words: str) -> "QuerySet[Any]":
        """By code or name."""
        return rows.filter(Q(share_code__iexact=words) | Q(name__icontains=words))

    @admin.display(description=gettext_lazy("people who work there"))
    def people(self, row: Clinic) -> int:
        """How many."""
        return len(clinics.members(row))

    @admin.display(description=gettext_lazy("patients who share with it"))
    def patients(self, row: Clinic) -> int:
        """How many, now; never who."""
        viewer = Viewer("staff", (), clinic_id=row.pk)
        with scope.open(viewer):
            return len(access.patients_of(viewer))

    @admin.display(description=gettext_lazy("also lets it see at 1upHealth"))
    def at_oneup(self, row: Clinic) -> str:
        """Whether what patients share is repeated there, and to which user."""
        account = mirrors.account_of(row.pk)
        if account is None or account.on_since is None:
            return yes_no(False)
        if not account.external_id:
            return _("yes, its user there is being made")
        told = {"number": account.external_id, "name": account.app_user_id}
        return _("yes, user %(number)s, which we call %(name)s") % told

    def save_model(self, request: HttpRequest, obj: Clinic, form: Any, change: bool) -> None:
        """Keep it; one that was switched on or off is let see at 1upHealth accordingly."""
        super().save_model(request, obj, form, change)
        mirrors.clinic_changed(obj.pk)

    @action(
        gettext_lazy("Let it see at 1upHealth too"),
        gettext_lazy(
            "The clinic gets a user of its own at 1upHealth. When a patient agrees, from now on, to share"
            " everything of a place with this clinic, we also have 1upHealth let that user see all that it"
            " holds from that place. The patient is told so before they agree. 1upHealth knows no parts: who"
            " leaves out a kind, a time or what is marked as sensitive is not passed on there, and who shares"
            " already is only once they change what they share. What the clinic looks at there stands in no"
            " list of looks of ours. Do this only if the clinic has asked for it and works with 1upHealth"
            " itself."
        ),
        "seeing at 1upHealth switched on",
    )
    def mirror(self, request: HttpRequest, row: Clinic) -> bool:
        """Make its account there and repeat grants from now on."""
        return row.is_active and mirrors.switch_on(row.pk)

    @action(
        gettext_lazy("Let it see at 1upHealth no more"),
        gettext_lazy(
            "We have 1upHealth take back, for every patient, what it let the clinic’s user see, and ask until"
            " it has confirmed. What patients share here stays as it is. Switched on again, it begins anew"
            " with what is agreed from then on."
        ),
        "seeing at 1upHealth switched off",
    )
    def mirror_no_more(self, request: HttpRequest, row: Clinic) -> bool:
        """Take all of it back."""
        return mirrors.switch_off(row.pk)

    @action(
        gettext_lazy("Give a new share code"),
        gettext_lazy(
            "The old code leads nowhere from now on; posters and cards of the clinic have to be made anew."
            " What patients share already stays as it is."
        ),
        "share code changed",
    )
    def new_code(self, request: HttpRequest, row: Clinic) -> bool:
        """Where the old one got about."""
        return bool(Clinic.objects.filter(pk=row.pk).update(share_code=new_share_code()))


@admin.register(Membership, site=site)
class MembershipAdmin(Made):
    """Who works where. People join by invitation; here that can be ended, and a lost second step taken off
    where a clinic has nobody left who could.
    """

    section, called = "clinics", gettext_lazy("People who work at clinics")
    about = gettext_lazy(
        "Who works at which clinic, in which role. People join by invitation. Who works there no more sees"
        " nothing of it from the next click on."
    )
    find_by = gettext_lazy("a part of the name as patients see it, or a user's number")
    list_display = ("no", "clinic_name", "name", "role", "started_at", "ended_at")
    list_filter = ("role", ("ended_at", admin.EmptyFieldListFilter))
    fields = ("clinic_name", "user", "name", "role", "started_at", "ended_at")
    readonly_fields = ("clinic_name", "user", "name", "started_at", "ended_at")
    list_select_related = ("clinic",)
    ordering = ("-pk",)
    actions = ("give_back", "end_work")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: people are invited."""
        return False

    def found(self, rows: "QuerySet[Any]", words: str) -> "QuerySet[Any]":
        """By name or user."""
        return rows.filter(Q(user_id=number(words)) | Q(name__icontains=words))

    @admin.display(description=gettext_lazy("clinic"), ordering="clinic__name")
    def clinic_name(self, row: Membership) -> str:
        """Where."""
        return row.clinic.name

    @action(
        gettext_lazy("Take off a lost second step"),
        gettext_lazy(
            "Only when you have made sure who asks you. They sign in with their password alone and set up a"
            " new second step; a mail tells them how, and who did it."
        ),
        "second step taken off",
    )
    def give_back(self, request: HttpRequest, row: Membership) -> bool:
        """For who works there still, but nobody for themselves."""
        if row.ended_at is not None or row.user_id == request.user.pk:
            return False
        clinics.give_back_second_step(member=row, by=request.user)  # type: ignore[arg-type]
        return True

    @action(
        gettext_lazy("Works there no more"),
        gettext_lazy(
            "They see nothing of the clinic from their next click on. Where it was the last lead, invite"
            " another: nobody else can let anybody in."
        ),
        "works there no more",
    )
    def end_work(self, request: HttpRequest, row: Membership) -> bool:
        """Also the last lead, whom the clinic itself cannot end."""
        return clinics.end_from_outside(member=row, by=request.user)  # type: ignore[arg-type]


class AskForm(forms.ModelForm):  # type: ignore[type-arg]
    """Whom to ask: not who works there already."""

    class Meta:
        model = Invitation
        fields = ("clinic", "email", "name", "role")

    def clean(self) -> dict[str, Any]:
        """The same, checked."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and clinics.works_there(cleaned["clinic"], cleaned["email"]):
            self.add_error("email", _("Somebody with this address works at that clinic already."))
        return cleaned


@admin.register(Invitation, site=site)
class InvitationAdmin(Untouched):
    """Who was asked to join, and asking the first lead of a clinic."""

    section, called = "clinics", gettext_lazy("Invitations")
    about = gettext_lazy(
        "Who was asked by mail to work at a clinic. Ask the first lead here; a lead asks the others. Good for"
        " a week, once, and for that address alone."
    )
    list_display = ("no", "clinic_name", "role", "created_at", "ends_at", "answered_at")
    list_select_related = ("clinic",)
    fields = ("clinic", "email", "name", "role")
    ordering = ("-pk",)
    form = AskForm
    actions = ("take_back",)

    @admin.display(description=gettext_lazy("clinic"))
    def clinic_name(self, row: Invitation) -> str:
        """To which."""
        return row.clinic.name

    @action(
        gettext_lazy("Take back"),
        gettext_lazy("Nobody can join by these any more."),
        "taken back",
    )
    def take_back(self, request: HttpRequest, row: Invitation) -> bool:
        """End it before its week is over."""
        clinics.take_back(row)
        return row.answered_at is None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever may."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:
        """As a lead would ask: with the mail."""
        asked = {"email": obj.email, "name": obj.name, "role": obj.role}
        obj.pk = clinics.invite(clinic=obj.clinic, by=request.user, **asked).pk  # type: ignore[arg-type]
