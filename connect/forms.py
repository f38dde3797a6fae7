"""What may come in with a search for a place, with an answer to us, and before something is deleted."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

PAGE = 20
_LAST_OFFSET = 9980

KINDS = (("", _("All")), ("provider", _("Hospitals and clinics")), ("plan", _("Health plans")))


class SearchForm(forms.Form):
    """Words, kind of place and where the page begins. Nonsense becomes the first page of everything."""

    q = forms.CharField(
        label=_("Name, city or ZIP code"),
        help_text=_("For example: Mercy, Portland, or 04101"),
        max_length=100,
        required=False,
    )
    kind = forms.ChoiceField(choices=KINDS, required=False, widget=forms.HiddenInput)
    offset = forms.IntegerField(required=False, min_value=0, max_value=_LAST_OFFSET, widget=forms.HiddenInput)

    def clean_offset(self) -> int:
        """Where a page begins: a multiple of twenty."""
        return (self.cleaned_data.get("offset") or 0) // PAGE * PAGE

    def wanted(self) -> dict[str, Any]:
        """What was asked for, with what could not be read left out."""
        self.is_valid()
        words = str(self.cleaned_data.get("q", "") or str(self.data.get("q", "")).strip()[:100])
        return {
            "words": words,
            "kind": self.cleaned_data.get("kind", ""),
            "offset": self.cleaned_data.get("offset", 0),
        }


class RequestForm(forms.Form):
    """A place that is not listed."""

    name = forms.CharField(
        label=_("Name of the place"), help_text=_("As it stands on a letter or a bill."), max_length=200
    )
    where = forms.CharField(label=_("City and state"), max_length=200, required=False)
    address = forms.CharField(
        label=_("Their website"), help_text=_("If you know it."), max_length=300, required=False
    )


class AnswerForm(forms.Form):
    """Whose records a place sent; the values are `connect.services.Whose`."""

    answer = forms.ChoiceField(
        label=_("Whose records are these?"),
        choices=(
            ("mine", _("These are mine: I am written differently there")),
            ("looked_after", _("They are of somebody I look after")),
            ("not_mine", _("They are not mine")),
        ),
        widget=forms.RadioSelect,
    )


class DeleteForm(forms.Form):
    """That somebody means it."""

    sure = forms.BooleanField(
        label=_("I have read what is deleted. It cannot be brought back."),
        error_messages={"required": _("Please tick the box if you are sure. Nothing was deleted.")},
    )
