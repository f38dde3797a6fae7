"""What people fill in at the front door."""

from datetime import date
from typing import Any
from zoneinfo import available_timezones

from allauth.account import forms as allauth_forms
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import passwords, services
from portal.birthday import BirthDateField
from portal.models import Agreement, Holding, Patient, User

_COMMON_ZONES = (
    ("America/New_York", _("Eastern time (New York)")),
    ("America/Chicago", _("Central time (Chicago)")),
    ("America/Denver", _("Mountain time (Denver)")),
    ("America/Phoenix", _("Mountain time, no daylight saving (Phoenix)")),
    ("America/Los_Angeles", _("Pacific time (Los Angeles)")),
    ("America/Anchorage", _("Alaska time (Anchorage)")),
    ("Pacific/Honolulu", _("Hawaii time (Honolulu)")),
    ("America/Puerto_Rico", _("Atlantic time (Puerto Rico)")),
)
_OLDEST = 125  # years


def zone_words(name: str) -> str:
    """What people call a time zone."""
    return str(dict(_COMMON_ZONES).get(name) or name.replace("_", " "))


class LoginForm(allauth_forms.LoginForm):  # type: ignore[misc]
    """Email address and password, in the words of the sign-up page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Email address")


class ResetForm(allauth_forms.ResetPasswordForm):  # type: ignore[misc]
    """Where to send a code for a new password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Email address")


class SignupForm(allauth_forms.SignupForm):  # type: ignore[misc]
    """Email address, password, and the agreement to our terms."""

    agree = forms.BooleanField(
        error_messages={
            "required": _("Please read the terms and the privacy notice, and tick the box if you agree.")
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Email address")
        self.fields["agree"].label = _agree()
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        if "password1" in self.fields:
            self.fields["password1"].help_text = _(
                "At least %(least)d characters. A short sentence only you would think of works well."
            ) % {"least": passwords.ALONE}

    def try_save(self, request: HttpRequest) -> Any:
        """As allauth's; a taken address costs the same time, so that nobody learns who is here."""
        if self.account_already_exists and (password := self.cleaned_data.get("password1")):
            make_password(password)
        return super().try_save(request)

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        """Keep what was agreed to, in which version."""
        super().custom_signup(request, user)
        Agreement.objects.bulk_create(
            [
                Agreement(user=user, document="terms", version=settings.TERMS_VERSION),
                Agreement(user=user, document="privacy", version=settings.PRIVACY_VERSION),
            ]
        )


def _agree() -> str:
    """What is agreed to, with both documents a click away."""
    return format_html(
        gettext('I agree to the <a href="{}">terms</a> and the <a href="{}">privacy notice</a>'),
        reverse("portal:terms"),
        reverse("portal:privacy"),
    )


class PatientForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who the records are of: asked before the first place is connected."""

    youngest: int | None = None
    """Years of age; the setting's where there is none."""
    birth_date = BirthDateField(
        label=_("Date of birth"),
        help_text=_(
            "Such as 1968-05-14 or 05/14/1968. We compare it with what each place sends, so that nobody"
            " else's records end up here."
        ),
    )

    class Meta:
        model = Patient
        fields = ("given_name", "family_name", "birth_date")
        widgets = {
            "given_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "family_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
        }
        help_texts = {
            "given_name": _("As your hospital or clinic has it."),
        }

    def clean_birth_date(self) -> date:
        """A date in the past, of somebody old enough for an account of their own."""
        born: date = self.cleaned_data["birth_date"]
        today = timezone.localdate()
        age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        if born > today or age > _OLDEST:
            raise forms.ValidationError(_("Please check the year: this date cannot be right."))
        youngest = settings.MINIMUM_AGE if self.youngest is None else self.youngest
        if age < youngest:
            raise forms.ValidationError(
                _("You need to be at least %(age)d years old to keep your own records here."),
                params={"age": youngest},
            )
        return born


class DependantForm(PatientForm):
    """Somebody whose records the user may look after: a child, or whom they care for."""

    relation = forms.ChoiceField(
        label=_("Who this is to you"),
        choices=[(one.value, one.label) for one in (Holding.Relation.CHILD, Holding.Relation.OTHER)],
        widget=forms.RadioSelect,
    )
    may = forms.BooleanField(
        label=_(
            "I may look after this person’s records: as a parent or guardian, or because they asked me to."
        ),
        error_messages={"required": _("Please tick the box if that is so.")},
    )
    youngest = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["given_name"].help_text = _("As their hospital or clinic has it.")
        for name in ("given_name", "family_name", "birth_date"):
            self.fields[name].widget.attrs["autocomplete"] = "off"


class ChangeForm(PatientForm):
    """Name, birth date and relation of somebody the user looks after.

    Where a place is connected only one of name and birth date may change: who differs in both is somebody
    else, and their records would come among these (decision 0012).
    """

    relation = DependantForm.base_fields["relation"]
    youngest = 0

    def __init__(self, *args: Any, user: User, connected: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user, self._connected = user, connected
        self.fields["given_name"].help_text = _("As their hospital or clinic has it.")
        for name in ("given_name", "family_name", "birth_date"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        """The same person with a mistake mended, and nobody whom the user holds already."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        name = {"given_name", "family_name"} & set(self.changed_data)
        if self._connected and name and "birth_date" in self.changed_data:
            raise forms.ValidationError(
                _(
                    "Name and date of birth cannot both be changed while there are records: somebody who"
                    " differs in both is somebody else. Please add that person instead."
                )
            )
        if services.is_held_already(self._user, Patient(pk=self.instance.pk, **_who(cleaned))):
            raise forms.ValidationError(_("You look after somebody of this name and date of birth already."))
        return cleaned


def _who(cleaned: dict[str, Any]) -> dict[str, Any]:
    return {name: cleaned[name] for name in PatientForm.Meta.fields}


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg]
    """Language, time zone, and whether we write when records have arrived."""

    class Meta:
        model = User
        fields = ("language", "time_zone", "news_by_mail")
        labels = {"news_by_mail": _("Write to me when records have arrived or something new is here")}
        help_texts = {"news_by_mail": _("Mails about the safety of your account always come.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        common = {name for name, _label in _COMMON_ZONES}
        others = [(name, zone_words(name)) for name in sorted(available_timezones()) if name not in common]
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"),
            choices=[*_COMMON_ZONES, (_("Elsewhere"), others)],
            help_text=_(
                "Times without a date of their own, such as when a place was last checked, are shown in it."
            ),
        )
        self.fields["language"] = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
        if len(settings.LANGUAGES) == 1:
            del self.fields["language"]


class CloseForm(forms.Form):
    """That somebody means it."""

    sure = forms.BooleanField(
        label=_("I have read what is deleted. It cannot be brought back."),
        error_messages={"required": _("Please tick the box if you are sure. Nothing was deleted.")},
    )
