"""What a reader may ask of a list, and what a button sends back."""

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms

_LAST = 10_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page, and of which place (a source's pk; None for all)."""

    page: int
    place: int | None


class ListForm(forms.Form):
    """The query of a list page. What makes no sense is taken as not asked."""

    page = forms.IntegerField(min_value=1, max_value=_LAST, required=False)
    place = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)

    @classmethod
    def asked(cls, query: Mapping[str, str]) -> Asked:
        """The query as values."""
        form = cls(query)
        form.is_valid()
        return Asked(form.cleaned_data.get("page") or 1, form.cleaned_data.get("place"))


class SeenForm(forms.Form):
    """Up to which number of whose feed a page has shown what is new: each patient has a feed of their own."""

    whose = forms.UUIDField()
    number = forms.IntegerField(min_value=0, max_value=2**63 - 1)
