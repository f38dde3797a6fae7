"""The field for a date of birth: plain text, so that a day that does not exist stays as it was typed.

A browser's own date field hands over nothing at all for February 31, and then all we could say is that
something is missing.
"""

from datetime import date, datetime
from re import ASCII
from re import compile as expression
from typing import Any

from django import forms
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

_FIGURES = (
    expression(r"(?P<year>\d{4})([-/. ])(?P<month>\d\d?)\2(?P<day>\d\d?)", ASCII).fullmatch,
    expression(r"(?P<month>\d\d?)([-/ ])(?P<day>\d\d?)\2(?P<year>\d{4})", ASCII).fullmatch,
    expression(r"(?P<year>(?:18|19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)", ASCII).fullmatch,
    expression(r"(?P<month>\d\d)(?P<day>\d\d)(?P<year>\d{4})", ASCII).fullmatch,
)
_UNREAD = _("We cannot read this date. Write it such as 1968-05-14 or 05/14/1968, with the whole year.")
_NO_SUCH_DAY = _("There is no such day: %(typed)s. Please check the month, then the day.")


class BirthDateField(forms.DateField):
    """A day in figures, year first or month first, or in words as the reader's language writes it.

    The year has four figures, so that no century is guessed.
    """

    def __init__(self, **more: Any) -> None:
        # No numeric keyboard: on telephones it has neither a dash nor a slash.
        asked = {"autocomplete": "bday", "autocapitalize": "off", "spellcheck": "false", "maxlength": 40}
        super().__init__(widget=forms.DateInput(attrs=asked, format="%Y-%m-%d"), **more)

    def to_python(self, value: Any) -> date | None:
        """The day. Raises ValidationError for what is none, in words that say why."""
        if value in self.empty_values or isinstance(value, date):
            return super().to_python(value)
        typed = str(value).strip()
        return _in_figures(typed) or _in_words(typed)


def _in_figures(typed: str) -> date | None:
    """The day in figures; None where it is written otherwise."""
    found = next((match for way in _FIGURES if (match := way(typed))), None)
    if found is None:
        return None
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError as none:
        raise forms.ValidationError(_NO_SUCH_DAY, params={"typed": typed}) from none


def _in_words(typed: str) -> date:
    """The day as the reader's language writes it, with or without capitals and commas."""
    for way in get_format("DATE_INPUT_FORMATS"):
        if "%Y" not in way:
            continue
        try:
            return datetime.strptime(typed, way).date()
        except ValueError:
            continue
    raise forms.ValidationError(_UNREAD)
