"""What a reader may ask of a list, and what a button sends back."""

from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from re import ASCII
from re import compile as expression
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

from records.reading import EVERYTHING, LONGEST, TOPICS, Plan, Sift, Topic, What, sought

_LAST = 10_000_000
_YEARS = range(1000, 9000)
_SPELLED = expression(r"(?P<year>\d{4})(?:-(?P<month>\d\d?)(?:-(?P<day>\d\d?))?)?", ASCII).fullmatch
_MONTH_FIRST = expression(r"(?P<month>\d\d?)/(?P<year>\d{4})", ASCII).fullmatch

CHOICES = ("q", "since", "until", "place", "status")
"""What can be chosen once, by its name in an address; in this order, so that one choice has one address."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page, and what was chosen.

    `typed` is what stands in the fields, as it was typed, and `wrong` says of each field that could not be
    read why not: a choice that makes no sense is not made, kept where it was typed, and said.
    """

    page: int = 1
    sift: Sift = EVERYTHING
    typed: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)
    each: bool = False
    """Each record by itself was asked for, where a list would show a line for each fact."""


class DayField(forms.CharField):
    """A day, a month or a year: 2019-05-14, 2019-05, 5/2019, 2019, or as the reader's language writes a day.

    Cleans to the first or the last day that was meant, None for nothing. With `whole`, a month or a year is
    too little.
    """

    def __init__(self, *, last: bool, whole: bool = False, **more: Any) -> None:
        self.last, self.whole = last, whole
        self.unread = _NO_DAY if whole else _NO_DATE
        super().__init__(required=False, max_length=40, error_messages={"max_length": self.unread}, **more)

    def clean(self, value: Any) -> date | None:
        """The day. Raises ValidationError for what is none."""
        text = super().clean(value)
        if not text:
            return None
        found = _day(text, last=self.last)
        too_little = self.whole and _day(text, last=not self.last) != found
        if found is None or found.year not in _YEARS or too_little:
            raise forms.ValidationError(self.unread)
        return found


_NO_DATE = _("We cannot read this date. Try 2019 or 2019-05-14.")
_NO_DAY = _("Type a whole day that exists, such as 2026-12-04.")


def _day(text: str, *, last: bool) -> date | None:
    match = _SPELLED(text) or _MONTH_FIRST(text)
    if match is None:
        return _as_written(text)
    parts = match.groupdict()
    year, month = int(parts["year"]), int(parts["month"] or (12 if last else 1))
    try:
        days = monthrange(year, month)[1]
        return date(year, month, int(parts.get("day") or (days if last else 1)))
    except ValueError:
        return None


def _as_written(text: str) -> date | None:
    """A day as the reader's language writes it; the year in four figures, so that none is guessed."""
    for way in get_format("DATE_INPUT_FORMATS"):
        if "%Y" in way:
            try:
                return datetime.strptime(text, way).date()
            except ValueError:
                continue
    return None


class ListForm(forms.Form):
    """The query of a list page. What makes no sense is taken as not asked, and said where it was typed."""

    page = forms.IntegerField(min_value=1, max_value=_LAST, required=False)
    place = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    q = forms.CharField(
        required=False,
        max_length=LONGEST,
        error_messages={"max_length": _("This is too long to search for. Try a word or two.")},
    )
    since = DayField(last=False)
    until = DayField(last=True)
    status = forms.CharField(required=False)
    each = forms.BooleanField(required=False)

    def __init__(
        self, query: Mapping[str, str], statuses: Collection[str] = (), kinds: Collection[str] = ()
    ) -> None:
        super().__init__(query)
        self._statuses = statuses
        self.fields["kind"] = forms.MultipleChoiceField(required=False, choices=[(one, one) for one in kinds])

    def clean_q(self) -> str:
        """The words, with a letter or a figure among them."""
        words: str = self.cleaned_data["q"]
        if words and sought(words) is None:
            raise forms.ValidationError(_("There is no word in this. Type a word or a number to search for."))
        return words

    def clean_status(self) -> str:
        """One of those of the kind."""
        status: str = self.cleaned_data["status"]
        return status if status in self._statuses else ""

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since > until:
            self.add_error("until", _("This is before the first date, so it is left out."))
        return self.cleaned_data

    @classmethod
    def asked(
        cls, query: Mapping[str, str], statuses: Collection[str] = (), kinds: Collection[str] = ()
    ) -> Asked:
        """The query as values; `statuses` and `kinds` (slugs) are those that can be chosen here."""
        form = cls(query, statuses, kinds)
        form.is_valid()
        told = form.cleaned_data
        sift = Sift(
            words=told.get("q") or "",
            since=told.get("since"),
            until=told.get("until"),
            place=told.get("place"),
            status=told.get("status") or "",
            kinds=tuple(one for one in kinds if one in told.get("kind", ())),
        )
        wrong = {
            name: str(errors[0]) for name, errors in form.errors.items() if name in ("q", "since", "until")
        }
        each = told.get("each") or False
        return Asked(told.get("page") or 1, sift, _typed(query, sift), wrong, each)


def _typed(query: Mapping[str, str], sift: Sift) -> dict[str, str]:
    """What stands in the fields: of those one types into, all that was typed that can be a word."""
    typed = {
        name: query.get(name, "").replace("\0", "").strip()[: 10 * LONGEST]
        for name in ("q", "since", "until")
    }
    return {**typed, "place": str(sift.place or ""), "status": sift.status}


class SeenForm(forms.Form):
    """Up to which number of whose feed a page has shown what is new: each patient has a feed of their own."""

    whose = forms.UUIDField()
    number = forms.IntegerField(min_value=0, max_value=2**63 - 1)


class NewsForm(forms.Form):
    """The query of a page of what is new. What makes no sense is taken as not asked."""

    page = forms.IntegerField(min_value=1, max_value=_LAST, required=False)
    what = forms.CharField(required=False)

    @classmethod
    def asked(cls, query: Mapping[str, str], whats: Sequence[What]) -> tuple[int, What | None]:
        """Which page, and which one of `whats` alone."""
        form = cls(query)
        form.is_valid()
        typed = form.cleaned_data.get("what")
        return form.cleaned_data.get("page") or 1, next((one for one in whats if one == typed), None)


_LONG = {"max_length": _("This is too long for us to keep. Please say it more briefly.")}


def _words(rows: int, **more: Any) -> forms.CharField:
    """A field for a few sentences."""
    area = forms.Textarea(attrs={"rows": rows, "autocomplete": "off"})
    return forms.CharField(widget=area, error_messages={**_LONG, **more.pop("errors", {})}, **more)


class WordForm(forms.Form):
    """What the patient says of a fact: one of the words of its kind, and what they want to add."""

    word = forms.ChoiceField(widget=forms.RadioSelect, error_messages={"required": _("Choose one of these.")})
    comment = _words(3, required=False, max_length=1000, label=_("Anything to add"))

    def __init__(
        self, data: Mapping[str, str] | None, words: Collection[tuple[str, str]], label: str, **more: Any
    ) -> None:
        super().__init__(data, **more)
        self.fields["word"].choices = list(words)  # type: ignore[attr-defined]
        self.fields["word"].label = label


class WrongForm(forms.Form):
    """What looks wrong with a record, and what would be right."""

    wrong = _words(
        4,
        max_length=2000,
        label=_("What is wrong?"),
        help_text=_("In your own words, such as: I stopped taking this in May."),
        errors={"required": _("Say in a few words what is wrong.")},
    )
    right = _words(4, required=False, max_length=2000, label=_("What would be right?"))


class StatusForm(forms.Form):
    """How a correction stands, since a day."""

    status = forms.ChoiceField(
        widget=forms.RadioSelect,
        label=_("How does it stand?"),
        error_messages={"required": _("Choose one of these.")},
    )
    day = DayField(last=False, label=_("Since when?"), help_text=_("Such as 2026-11-21. Empty means today."))

    def __init__(
        self, data: Mapping[str, str] | None, statuses: Collection[tuple[str, str]], **more: Any
    ) -> None:
        super().__init__(data, **more)
        self.fields["status"].choices = list(statuses)  # type: ignore[attr-defined]

    def clean_day(self) -> date:
        """A day that has come; today where none was given."""
        day: date = self.cleaned_data["day"] or timezone.localdate()
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        return day


class QuestionForm(forms.Form):
    """A question for the next visit."""

    text = _words(
        3,
        max_length=1000,
        label=_("What do you want to ask?"),
        errors={"required": _("Write what you want to ask.")},
    )


@dataclass(frozen=True, slots=True)
class AskedVisit:
    """A visit packet as it was asked for: the `plan`, None where it cannot be made yet; what stands in the
    fields, as it was typed; and of each field that could not be read why not.
    """

    plan: Plan | None
    typed: Mapping[str, str]
    parts: tuple[Topic, ...]
    wrong: Mapping[str, str]
    query: str = ""
    """The same choice as the query of an address."""


class VisitForm(forms.Form):
    """What to take along to a visit."""

    on = DayField(last=False, whole=True)
    since = DayField(last=False)
    place = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)

    def clean(self) -> dict[str, Any]:
        """There is a day, and the last visit was before it."""
        told = self.cleaned_data
        on, since = told.get("on"), told.get("since")
        if "on" not in self.errors and on is None:
            self.add_error("on", _("Type the day of the visit, such as 2026-12-04."))
        if on and since and since > on:
            self.add_error(
                "since", _("This is after the day of the visit. Type a day before it, or leave it empty.")
            )
        return told

    @classmethod
    def asked(cls, query: QueryDict) -> AskedVisit:
        """The query as a plan. Before anything was asked, the usual parts are ticked and nothing is wrong."""
        is_asked = bool(query)
        chosen = set(query.getlist("with"))
        parts = tuple(one for one in TOPICS if one in chosen) if is_asked else _USUAL
        form = cls(query)
        form.is_valid()
        told = form.cleaned_data
        wrong = {name: str(errors[0]) for name, errors in form.errors.items() if name in ("on", "since")}
        if not parts:
            wrong["with"] = str(_("Choose at least one part."))
        typed = {name: query.get(name, "").replace("\0", "").strip()[:400] for name in ("on", "since")}
        typed["place"] = str(told.get("place") or "")
        if wrong or not is_asked:
            return AskedVisit(None, typed, parts, wrong if is_asked else {})
        plan = Plan(told["on"], told.get("since"), told.get("place"), parts)
        kept = {name: text for name, text in typed.items() if text}
        return AskedVisit(plan, typed, parts, {}, urlencode({**kept, "with": parts}, doseq=True))


_USUAL = tuple(one for one in TOPICS if one != "vaccines")
