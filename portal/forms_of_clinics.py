"""What people of a clinic fill in."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ground.models import Reason
from portal.models import Invitation
from portal.reasons import CHOICES, Why
from portal.workplaces import Work
from records.services.reach import Sought

_OFF = {"autocomplete": "off"}


def _unsaved() -> forms.TextInput:
    """A field of which a browser keeps nothing."""
    return forms.TextInput(attrs=_OFF)


class InviteForm(forms.ModelForm):  # type: ignore[type-arg]
    """Whom to ask, under which name patients will see them, and in which role."""

    class Meta:
        model = Invitation
        fields = ("email", "name", "role")
        widgets = {
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "name": _unsaved(),
            "role": forms.RadioSelect,
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["role"].choices = self.fields["role"].choices[1:]  # type: ignore[attr-defined]


class ClinicForm(forms.Form):
    """At which of their clinics somebody works now."""

    clinic = forms.TypedChoiceField(label=_("Where do you work now?"), coerce=UUID, widget=forms.RadioSelect)

    def __init__(self, *args: Any, work: Work, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [(str(one.clinic.public_id), one.clinic.name) for one in work.every]
        self.fields["clinic"].choices = every  # type: ignore[attr-defined]
        self.fields["clinic"].initial = str(work.now.clinic.public_id) if work.now else None


class AnswerForm(forms.Form):
    """A clinic's answer to a patient who wants to share with it."""

    number = forms.CharField(
        label=_("Your chart number for this patient"),
        help_text=_("Shown to your clinic alone, and searched for in your list of patients."),
        max_length=40,
        required=False,
        widget=_unsaved(),
    )
    action = forms.ChoiceField(choices=[("accept", ""), ("decline", "")], widget=forms.HiddenInput)


class SearchForm(forms.Form):
    """Which patient of the clinic is looked for. All that is filled in must fit."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("The first or the last name, or the beginning of one."),
        max_length=100,
        required=False,
        widget=_unsaved(),
    )
    born = forms.DateField(
        label=_("Date of birth"),
        help_text=_("Such as 1968-05-14."),
        required=False,
        widget=forms.DateInput(_OFF),
    )
    number = forms.CharField(
        label=_("Your chart number"),
        max_length=40,
        required=False,
        widget=_unsaved(),
    )

    def clean(self) -> dict[str, Any]:
        """Something to look for."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not any(found.values()):
            raise forms.ValidationError(_now("Say a name, a date of birth or a chart number."))
        return found

    def sought(self) -> Sought:
        """What was filled in."""
        return Sought(**self.cleaned_data)


class ReasonForm(forms.Form):
    """Why somebody opens a patient's records this time. The patient reads it."""

    reason = forms.ChoiceField(label=_("Why do you look?"), choices=CHOICES, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("Another reason, in a few words"),
        help_text=_("The patient reads this. Write nothing about their health."),
        max_length=200,
        required=False,
        widget=_unsaved(),
    )

    def clean(self) -> dict[str, Any]:
        """Words where they are needed, and nowhere else."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("reason") != Reason.OTHER:
            found["words"] = ""
        elif not found.get("words"):
            self.add_error("words", _now("Please say which."))
        return found

    def why(self) -> Why:
        """What was said."""
        return Why(self.cleaned_data["reason"], self.cleaned_data["words"])


class ReviewForm(forms.Form):
    """Whose turn a patient's outside records are, and a note for the next reader."""

    assigned = forms.TypedChoiceField(
        label=_("Whose turn it is"), required=False, coerce=int, empty_value=None
    )
    note = forms.CharField(
        label=_("Note for your colleagues"),
        help_text=_("Your clinic alone sees it. It is no part of the patient’s records."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, colleagues: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nobody = [("", _now("Nobody in particular"))]
        self.fields["assigned"].choices = [*nobody, *colleagues]  # type: ignore[attr-defined]


class ReadForm(forms.Form):
    """Up to where the page showed what came."""

    number = forms.IntegerField(min_value=0, max_value=2**62)


class EmergencyForm(forms.Form):
    """Whose records are needed, exactly, and why."""

    given = forms.CharField(label=_("First name"), max_length=100, widget=_unsaved())
    family = forms.CharField(label=_("Last name"), max_length=100, widget=_unsaved())
    born = forms.DateField(
        label=_("Date of birth"), help_text=_("Such as 1968-05-14."), widget=forms.DateInput(_OFF)
    )
    words = forms.CharField(
        label=_("What happened"),
        help_text=_("The patient reads this beside each of your looks."),
        max_length=200,
        widget=_unsaved(),
    )

    def who(self) -> dict[str, Any]:
        """Name and birth date."""
        return {name: self.cleaned_data[name] for name in ("given", "family", "born")}
