"""What somebody chooses when they share their records."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from portal import clinics
from portal.models import User
from records.fhir.kinds import KINDS
from records.forms import DayField
from records.models import Grant, Source
from records.services.sharing import Choice


class CodeForm(forms.Form):
    """The code of a clinic, as it was read from a wall or said by telephone."""

    code = forms.CharField(
        label=_("Share code of a clinic"),
        help_text=_("The clinic tells you its code. It looks like KTM-472."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def clean_code(self) -> str:
        """The code of a clinic there is, as it is written."""
        clinic = clinics.by_code(self.cleaned_data["code"])
        if clinic is None:
            raise forms.ValidationError(_("No clinic has this code. Please check it with the clinic."))
        return clinic.share_code


class Fewer(forms.MultipleChoiceField):
    """Some instead of all. That it may be left empty hangs on the box above: it is not called optional."""

    is_unmarked = True

    def __init__(self, **more: Any) -> None:
        told = _("If you tick any here, only those are shared.")
        super().__init__(required=False, widget=forms.CheckboxSelectMultiple, help_text=told, **more)


class ShareForm(forms.Form):
    """What of one's records a clinic sees, and until when. What is sensitive is off unless ticked; where both
    some and "all" are ticked, what was ticked last holds: "all" only where it was not ticked at first.
    """

    every_kind = forms.BooleanField(label=_("All kinds of records"), required=False, initial=True)
    kinds = Fewer(label=_("Or only these kinds"))
    every_place = forms.BooleanField(
        label=_("From all my places, also those I connect later"), required=False, initial=True
    )
    places = Fewer(label=_("Or only from these places"))
    since = DayField(last=False, label=_("Records from"), help_text=_("Such as 2019 or 2019-05-14."))
    until = DayField(last=True, label=_("Records until"))
    undated = forms.BooleanField(
        label=_("Where I choose dates: also records without a date, such as many allergies"),
        required=False,
        initial=True,
    )
    sensitive = forms.BooleanField(
        label=_("Also what my places marked as sensitive"),
        help_text=_(
            "Such as notes on mental health, substance use or sexual health. We know only what a place"
            " marked: please look through the preview."
        ),
        required=False,
    )
    words = forms.BooleanField(
        label=_("Also what I say about these records"),
        help_text=_("Your questions, what you take and do not take, and what you marked as wrong."),
        required=False,
    )
    days = forms.TypedChoiceField(
        label=_("They may look for"),
        coerce=int,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("a year"))],
        initial=90,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, places: Sequence[Source], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = [(kind.slug, _now(kind.heading)) for kind in KINDS]  # type: ignore[attr-defined]
        self.fields["places"].choices = [(str(one.pk), one.name) for one in places]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Something of each, and dates in their order."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if not found.get("every_kind") and not found.get("kinds"):
            self.add_error("kinds", _("Choose at least one kind, or tick all kinds."))
        if not found.get("every_place") and not found.get("places"):
            self.add_error("places", _("Choose at least one place, or tick all places."))
        if found.get("since") and found.get("until") and found["since"] > found["until"]:
            self.add_error("until", _("This is before the first date."))
        return found

    def choice(self) -> Choice:
        """What was chosen."""
        found = self.cleaned_data
        return Choice(
            ends_at=timezone.now() + timedelta(days=found["days"]),
            kinds=None if self._took_all("every_kind") else tuple(found["kinds"]) or None,
            places=None if self._took_all("every_place") else tuple(map(int, found["places"])) or None,
            **{name: found[name] for name in ("since", "until", "undated", "sensitive", "words")},
        )

    def _took_all(self, name: str) -> bool:
        """Whether "all" was ticked by hand."""
        return bool(self.cleaned_data[name]) and not self.get_initial_for_field(self.fields[name], name)


class ChangeForm(ShareForm):
    """The same for a person, who may look for longer."""

    days = forms.TypedChoiceField(
        label=_("They may look for"),
        coerce=int,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("a year")), (730, _("two years"))],
        initial=365,
        widget=forms.RadioSelect,
    )


class PersonForm(ChangeForm):
    """Whom besides: what the patient calls them, and their address."""

    name = forms.CharField(
        label=_("What you call them"),
        help_text=_("Such as Maria, my daughter. You read this name wherever they looked."),
        max_length=100,
    )
    email = forms.EmailField(
        label=_("Their email address"), help_text=_("They sign in with this address. We write to it once.")
    )
    field_order = ("name", "email")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_email(self) -> str:
        """Anybody's but one's own."""
        email: str = self.cleaned_data["email"]
        if email.lower() == self._user.email.lower():
            raise forms.ValidationError(_("This is your own address."))
        return email


def initial(grant: Grant) -> dict[str, Any]:
    """The form as it was filled in for what is shared now."""
    last = grant.until and (grant.until - timedelta(days=1)).date().isoformat()
    return {
        "every_kind": grant.every_kind,
        "kinds": grant.kinds,
        "every_place": grant.every_place,
        "places": [str(one) for one in grant.places],
        "since": grant.since and grant.since.date().isoformat(),
        "until": last,
        "undated": grant.undated,
        "sensitive": grant.sensitive,
        "words": grant.words,
    }
