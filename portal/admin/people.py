"""Users, the patients they look after, and what they agreed to."""

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connect import services as connections
from portal import helping
from portal.admin import reach
from portal.admin.acting import action, nothing
from portal.admin.house import Untouched, number, site, yes_no
from portal.models import Agreement, Closure, Patient, User


@admin.register(User, site=site)
class UserAdmin(Untouched):
    """Who signs in. People sign up and close accounts themselves; here they are stopped, helped, or made
    staff.
    """

    section, called = "people", gettext_lazy("Users")
    about = gettext_lazy(
        "Everybody who signs in, by e-mail address. Open one to stop it or to let it be staff; tick some and"
        " choose what to do for the rest. Nobody does anything to their own account here."
    )
    find_by = gettext_lazy("a whole e-mail address, or a number")
    list_display = ("no", "email", "may_sign_in", "is_staff_too", "has_second_step", "date_joined")
    list_filter = ("is_active", "is_staff")
    ordering = ("-pk",)
    readonly_fields = (
        *("email", "may_do_all", "has_second_step", "sign_ins", "language", "time_zone"),
        *("date_joined", "last_login", "looks_after", "works_at"),
    )
    fields = ("email", "is_active", "is_staff", *readonly_fields[1:])
    actions = (
        *("end_sign_ins", "take_off_second_step", "close_account"),
        *("make_administrator", "unmake_administrator"),
    )

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever may change users, but nobody themselves: nobody should lock themselves out."""
        return admin.ModelAdmin.has_change_permission(self, request) and obj != request.user

    def found(self, rows: "QuerySet[Any]", words: str) -> "QuerySet[Any]":
        """By the whole address, or by number."""
        return rows.filter(email__iexact=words) if "@" in words else rows.filter(pk=number(words))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """With what the two boxes mean."""
        kwargs["help_texts"] = {
            "is_active": _("Without it nobody signs in to this account, and whoever is in is out at once."),
            "is_staff": _("May open the administration, once there is a second step. Sees empty lists until"
                          " made an administrator."),
        }  # fmt: skip
        kwargs["labels"] = {"is_active": _("May sign in"), "is_staff": _("Is staff")}
        return super().get_form(request, obj, change, **kwargs)

    @admin.display(description=gettext_lazy("may sign in"), boolean=True, ordering="is_active")
    def may_sign_in(self, row: User) -> bool:
        """Whether the account is stopped."""
        return row.is_active

    @admin.display(description=gettext_lazy("staff"), boolean=True, ordering="is_staff")
    def is_staff_too(self, row: User) -> bool:
        """Whether they may open the administration."""
        return row.is_staff

    @admin.display(description=gettext_lazy("administrator"), boolean=True)
    def may_do_all(self, row: User) -> bool:
        """Whether they may do everything in it."""
        return row.is_superuser

    @admin.display(description=gettext_lazy("second step"))
    def has_second_step(self, row: User) -> str:
        """Whether there is a passkey or a code app."""
        return yes_no(is_mfa_enabled(row))

    @admin.display(description=gettext_lazy("signed in now"))
    def sign_ins(self, row: User) -> int:
        """In how many browsers."""
        return int(UserSession.objects.filter(user=row).count())

    @admin.display(description=gettext_lazy("looks after"))
    def looks_after(self, row: User) -> SafeString | str:
        """Patients, by number."""
        rows = row.holdings.order_by("pk").values_list("patient_id", "ended_at")
        link = "<a href='/admin/portal/patient/{}/change/'>#{}</a>{}"
        told = [(pk, pk, "" if ended is None else f" ({_('ended')})") for pk, ended in rows]
        return format_html_join(", ", link, told) or nothing()

    @admin.display(description=gettext_lazy("works at"))
    def works_at(self, row: User) -> SafeString | str:
        """Clinics."""
        rows = row.memberships.filter(ended_at=None).select_related("clinic")
        link = "<a href='/admin/portal/membership/{}/change/'>{}</a>"
        return format_html_join(", ", link, [(one.pk, one.clinic.name) for one in rows]) or nothing()

    @action(
        gettext_lazy("Sign out everywhere"),
        gettext_lazy(
            "Whoever is signed in to these accounts is out with the next click. They can sign in again."
        ),
        "signed out everywhere",
    )
    def end_sign_ins(self, request: HttpRequest, row: User) -> bool:
        """End every sign-in of an account."""
        return helping.end_sign_ins(row)

    @action(
        gettext_lazy("Take off a lost second step"),
        gettext_lazy(
            "Only when you have made sure, by another way than e-mail, that the account's owner asks you."
            " They sign in with their password alone and set up a new second step; every sign-in ends; a mail"
            " tells them who did it."
        ),
        "second step taken off",
    )
    def take_off_second_step(self, request: HttpRequest, row: User) -> bool:
        """Let somebody in who lost passkey, code app and recovery codes."""
        return row != request.user and helping.take_off_second_step(row)

    @action(
        gettext_lazy("Close the account for good"),
        gettext_lazy(
            "Only on the owner's own wish. Everything kept for them is deleted here and at 1up, as when they"
            " close it themselves, and nothing brings it back. A mail with the receipt follows."
        ),
        "account closed",
    )
    def close_account(self, request: HttpRequest, row: User) -> bool:
        """For somebody who cannot sign in to do it."""
        return row != request.user and helping.close(row)

    @action(
        gettext_lazy("Make an administrator"),
        gettext_lazy("They may do everything on these pages, also this. They need a second step first."),
        "made an administrator",
    )
    def make_administrator(self, request: HttpRequest, row: User) -> bool:
        """Let somebody do everything here."""
        return bool(request.user.is_superuser) and helping.make_administrator(row)

    @action(
        gettext_lazy("Be an administrator no more"),
        gettext_lazy("They can open no page of the administration any more, from their next click on."),
        "administrator no more",
    )
    def unmake_administrator(self, request: HttpRequest, row: User) -> bool:
        """Take it back; never from oneself, so that one is left."""
        may = bool(request.user.is_superuser) and row != request.user
        return may and helping.unmake_administrator(row)


@admin.register(Patient, site=site)
class PatientAdmin(reach.InReach):
    """That a patient is there, and since when, and how their places stand. Never who, nothing of records."""

    section, called = "people", gettext_lazy("Patients")
    about = gettext_lazy(
        "Whose records are kept: numbers and times alone. Names, birth dates and records are shown to nobody"
        " here. Whoever opens one leaves a line in that patient's own list of who looked."
    )
    find_by, note = gettext_lazy("a number, short or long"), ""
    list_display = ("no", "public_id", "created_at")
    fields = readonly_fields = ("public_id", "created_at", "held_by", "places")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """All of them: this table stands under no policy."""
        rows = Patient.objects.all()
        return rows.filter(pk__in=request.reach) if getattr(request, "finding", "") else rows  # type: ignore[attr-defined]

    def whose(self, request: HttpRequest, pk: str) -> int | None:
        """Their own."""
        return next(iter(reach.patient_of(pk)), None)

    @admin.display(description=gettext_lazy("looked after by"))
    def held_by(self, row: Patient) -> SafeString | str:
        """Users, by number."""
        rows = [(pk, pk) for pk in row.holdings.filter(ended_at=None).values_list("user_id", flat=True)]
        return format_html_join(", ", "<a href='/admin/portal/user/{}/change/'>#{}</a>", rows) or nothing()

    @admin.display(description=gettext_lazy("places"))
    def places(self, row: Patient) -> SafeString | str:
        """Each with how it stands."""
        rows = connections.connections(row.pk)
        link = "<li><a href='/admin/connect/connection/{}/change/'>{}</a>: {}</li>"
        told = [(one.pk, one.place.name, one.get_state_display()) for one in rows]
        return format_html("<ul>{}</ul>", format_html_join("", link, told)) if told else nothing()


@admin.register(Agreement, site=site)
class AgreementAdmin(Untouched):
    """What was agreed to, when."""

    section, called = "people", gettext_lazy("Agreements")
    about = gettext_lazy("Who agreed to which version of the terms and the privacy notice, and when.")
    find_by = gettext_lazy("a user's number")
    list_display = fields = readonly_fields = ("user", "document", "version", "at")
    ordering = ("-pk",)

    def found(self, rows: "QuerySet[Any]", words: str) -> "QuerySet[Any]":
        """By user."""
        return rows.filter(user_id=number(words))


@admin.register(Closure, site=site)
class ClosureAdmin(Untouched):
    """Accounts that are being closed, and how far that is. Addresses are sealed, and not shown."""

    section, called = "people", gettext_lazy("Accounts being closed")
    about = gettext_lazy(
        "Each goes through its steps by itself, however long 1up is away. One that stands still for days has"
        " work that gave up: see there. Deleted 30 days after it ended."
    )
    list_display = ("no", "step", "begun_at", "ended_at", "troubles")
    list_filter = ("step",)
    fields = readonly_fields = ("step", "troubles", "removed", "begun_at", "ended_at")
    ordering = ("-pk",)
