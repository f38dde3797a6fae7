"""What somebody chooses when they make a link to a summary."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.fhir.kinds import BY_SLUG
from records.models import Source
from records.services.sharing import Choice

_KINDS = (
    *("allergies", "conditions", "medicines", "vaccines", "test-results", "reports", "procedures"),
    *("vitals", "care-plans", "other"),
)
"""What a summary can hold (`records.taking.chapters`)."""
_AT_FIRST = ("allergies", "conditions", "medicines", "vaccines")
_NAMES = {"other": _("Devices and implants")}
_LASTS = (("1", _("One day")), ("7", _("One week")), ("31", _("One month")), ("365", _("One year")))
_SHORTEST = 6


class LinkForm(forms.Form):
    """What stands in it, until when, and the passcode it asks for."""

    named = forms.CharField(
        max_length=120,
        label=_("What is this link for?"),
        help_text=_("Such as: Dr. Meyer, 3 December. Only you see this."),
        error_messages={"required": _("Say what it is for, so that you know it again.")},
    )
    kind = forms.MultipleChoiceField(
        label=_("What they will see"),
        error_messages={"required": _("Tick at least one kind of record.")},
    )
    place = forms.MultipleChoiceField(
        label=_("From which places"),
        error_messages={"required": _("Tick at least one place.")},
    )
    sensitive = forms.BooleanField(
        required=False,
        label=_("Also what a place marked as sensitive"),
        help_text=_("Few places mark anything. The next page shows what will be seen."),
    )
    words = forms.BooleanField(required=False, label=_("Also what I say about these records myself"))
    lasts = forms.ChoiceField(choices=_LASTS, initial="7", label=_("How long it is good"))
    passcode = forms.CharField(
        required=False,
        min_length=_SHORTEST,
        max_length=100,
        label=_("Passcode"),
        help_text=_(
            "At least 6 letters or figures. Tell it by phone or in person, never together with the link."
            " We cannot show it to you again."
        ),
        error_messages={"min_length": _("At least 6 letters or figures, please.")},
    )

    def __init__(self, data: Any, places: Iterable[Source]) -> None:
        super().__init__(data)
        kinds = [(slug, _NAMES.get(slug, _(BY_SLUG[slug].heading))) for slug in _KINDS]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["place"].choices = [(str(one.pk), one.name) for one in places]  # type: ignore[attr-defined]
        self.fields["passcode"].widget.attrs["autocomplete"] = "off"

    def choices(self, name: str) -> list[dict[str, Any]]:
        """What can be ticked under a name, and whether it is: at first the usual kinds and every place."""
        offered = self.fields[name].choices  # type: ignore[attr-defined]
        first = _AT_FIRST if name == "kind" else [value for value, _text in offered]
        ticked = self.data.getlist(name) if self.is_bound else first  # type: ignore[attr-defined]
        return [{"value": value, "text": text, "ticked": value in ticked} for value, text in offered]

    def choice(self) -> Choice:
        """All of it as terms of a grant. Only where the form is valid."""
        told = self.cleaned_data
        return Choice(
            ends_at=timezone.now() + timedelta(days=int(told["lasts"])),
            kinds=tuple(told["kind"]),
            places=tuple(int(place) for place in told["place"]),
            undated=True,
            sensitive=told["sensitive"],
            words=told["words"],
        )
