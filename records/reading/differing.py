"""What records of one fact say side by side, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from records.fhir.merging import Difference
from records.fhir.wording import FREQUENCIES
from records.reading.lines import Line
from records.templatetags.records_words import status_word, when

_DIFFER = {
    "dose": gettext_noop("They differ on the dose: %(says)s."),
    "strength": gettext_noop("They differ on the strength: %(says)s."),
    "often": gettext_noop("They differ on how often to take it: %(says)s."),
    "status": gettext_noop("They differ on how it stands: %(says)s."),
    "began": gettext_noop("They differ on when it began: %(says)s."),
    "danger": gettext_noop("They differ on how dangerous it is: %(says)s."),
}
_FORMS = {
    "prescription": gettext_noop("prescription"),
    "statement": gettext_noop("noted as taken"),
    "dispense": gettext_noop("pharmacy fill"),
    "administration": gettext_noop("dose given"),
}


def difference_words(difference: Difference, kind: str) -> str:
    """A difference as a sentence; `kind` is the slug of the records."""
    says = [
        _("%(place)s says %(words)s") % {"place": place, "words": _words(difference.about, said, kind)}
        for place, said in difference.says
    ]
    return _(_DIFFER[difference.about]) % {"says": ", ".join(says)}


def part_words(line: Line) -> str:
    """One record among others of the same fact: place, date, what it is, how it stands, its own words."""
    record = line.record
    form = _(_FORMS[record.category]) if record.kind == "medicines" and record.category in _FORMS else ""
    status = status_word(record.status, record.kind) if record.status else _("status not stated")
    return " · ".join(filter(None, (line.source, form, status, record.value, line.note)))


def _words(about: str, said: str, kind: str) -> str:
    if about == "status":
        return f"“{status_word(said, kind)}”"
    if about == "began":
        return when(said)
    if about == "danger":
        return pgettext("danger of an allergy", "high") if said == "high" else pgettext("danger", "low")
    return _often(said) if about == "often" else said


def _often(said: str) -> str:
    times, span, unit = said.split(" ")
    ours = FREQUENCIES.get((times, span, unit))
    return f"“{_(ours)}”" if ours else f"{times} × / {span} {unit}"
