"""What people of a clinic fill in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.models import Invitation


class InviteForm(forms.ModelForm):  # type: ignore[type-arg]
    """Whom to ask, under which name patients will see them, and in which role."""

    class Meta:
        model = Invitation
        fields = ("email", "name", "role")
        widgets = {
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "role": forms.RadioSelect,
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["role"].choices = self.fields["role"].choices[1:]  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """A clinic's answer to a patient who wants to share with it."""

    number = forms.CharField(
        label=_("Your chart number for this patient"),
        help_text=_("Shown to your clinic alone, and searched for in your list of patients."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    action = forms.ChoiceField(choices=[("accept", ""), ("decline", "")], widget=forms.HiddenInput)
