"""Whom to call in an emergency, as the patient types it."""

from collections.abc import Iterable
from re import compile as expression
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from records.models import EmergencyContact
from records.services.contacts import MOST, Person

_ENOUGH = expression(r"(?:\D*\d){3}").match


class ContactsForm(forms.Form):
    """Up to three people, whom to call first first; one whose fields are all empty is nobody."""

    def __init__(self, data: Any = None, *, kept: Iterable[EmergencyContact] = ()) -> None:
        super().__init__(data)
        known = dict(enumerate(kept))
        for at in range(MOST):
            one = known.get(at)
            told = {"name": one.name, "relation": one.relation, "phone": one.phone} if one else {}
            for name, field in _fields(at).items():
                self.fields[f"{name}_{at}"] = field
                field.initial, field.is_unmarked = told.get(name, ""), name != "relation"  # type: ignore[attr-defined]

    @property
    def people(self) -> list[dict[str, Any]]:
        """For the page: of each person, what the group is called, and its fields."""
        names = (_now("Call first"), _now("Call second"), _now("Call third"))
        return [
            {"title": names[at], "fields": [self[f"{name}_{at}"] for name in ("name", "relation", "phone")]}
            for at in range(MOST)
        ]

    def clean(self) -> dict[str, Any]:
        """Who is named has a number, and a number has a name."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        for at in range(MOST):
            name, phone = found.get(f"name_{at}"), found.get(f"phone_{at}")
            if phone and not name and not self.has_error(f"name_{at}"):
                self.add_error(f"name_{at}", _("Whose number is this?"))
            if (name or found.get(f"relation_{at}")) and not phone and not self.has_error(f"phone_{at}"):
                self.add_error(f"phone_{at}", _("Which number do they have?"))
            if phone and not _ENOUGH(phone):
                self.add_error(f"phone_{at}", _("This is no phone number."))
        return found

    def typed(self) -> list[Person]:
        """Who was typed, in that order."""
        told = self.cleaned_data
        return [
            Person(told[f"name_{at}"], told[f"phone_{at}"], told[f"relation_{at}"])
            for at in range(MOST)
            if told[f"name_{at}"]
        ]


def _fields(at: int) -> dict[str, forms.CharField]:
    """Of one person; the second and the third need not be there, and neither need the first."""
    quiet = {"autocomplete": "off"}
    phone = forms.TextInput(attrs={**quiet, "inputmode": "tel"})
    return {
        "name": forms.CharField(
            label=_("Name"), max_length=100, required=False, widget=forms.TextInput(attrs=quiet)
        ),
        "relation": forms.CharField(
            label=_("What they are to you"),
            help_text=_("Such as daughter, neighbor or doctor.") if at == 0 else "",
            max_length=100,
            required=False,
            widget=forms.TextInput(attrs=quiet),
        ),
        "phone": forms.CharField(label=_("Phone number"), max_length=40, required=False, widget=phone),
    }
