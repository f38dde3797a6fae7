"""What looks wrong: saying it, a letter to the place, and how it stands since."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ground import times
from ground.absence import or_404
from ground.scope import scoped
from records import reading, services
from records.fhir.kinds import BY_SLUG
from records.forms import StatusForm, WrongForm
from records.models import Correction, CorrectionStep
from records.reading import Line
from records.reading.beside import STATUS_WORDS
from records.reading.together import together_with
from records.templatetags.records_words import when
from records.views.speaking import came_from, line_of, speaker
from records.views.visit import Visit

Status = Correction.Status
DAYS = 60
"""Days that places usually have to answer (45 CFR 164.526(b)(2), HIPAA's right to amend)."""


@require_http_methods(["GET", "HEAD", "POST"])
@scoped
def wrong(request: Visit, slug: str, origin: int, name: str, key: str) -> HttpResponse:
    """Say what looks wrong with a record. What is noted already is shown instead of asked again."""
    line = line_of(request, slug, origin, name, key)
    noted = reading.beside(request.viewer).of(line.record).corrections
    if noted:
        return redirect("records:correction", pk=noted[0].pk)
    form = WrongForm(request.POST if request.method == "POST" else None)
    to = reading.answering(request.viewer, line)
    if request.method == "POST" and form.is_valid():
        who = speaker(request)
        made = services.doubt(viewer=request.viewer, line=line, speaker=who, to=to, **form.cleaned_data)
        return redirect("records:correction", pk=made.pk)
    context = {"nav": slug, "line": line, "form": form, "to": to, "back": came_from(request, line)}
    return render(request, "records/wrong.html", {**context, "others": _others(request, line)})


def _others(request: Visit, line: Line) -> list[Line]:
    """The newest record of each other place that states the same: each gets a letter of its own."""
    same = together_with(request.viewer, line.record)
    places = {one.record.source_id: one for one in reversed(same.lines)} if same else {}
    return [one for source, one in places.items() if source != line.record.source_id]


@require_safe
@scoped
def corrections(request: Visit) -> HttpResponse:
    """Everything the patient said looks wrong, with how each stands."""
    rows = [_row(one) for one in reading.corrections(request.viewer)]
    return render(request, "records/corrections.html", {"nav": "records", "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@scoped
def correction(request: Visit, pk: int) -> HttpResponse:
    """One of them: what was said, how it stands since when, and what to note next."""
    found, steps = _found(request, pk)
    form = StatusForm(request.POST if request.method == "POST" else None, _statuses())
    if request.method == "POST" and form.is_valid():
        services.note_status(viewer=request.viewer, pk=pk, **form.cleaned_data)
        messages.success(request, _("Noted."))
        return redirect("records:correction", pk=pk)
    context = {
        "nav": "records",
        "row": _row(found),
        "found": found,
        "line": _line(request, found),
        "clock": clock(found, timezone.localdate()),
        "steps": [_step(step) for step in steps],
        "form": form,
    }
    return render(request, "records/correction.html", context)


@require_safe
@scoped
def letter(request: Visit, pk: int) -> HttpResponse:
    """A letter that asks for the correction, ready to print."""
    found, _steps = _found(request, pk)
    line = _line(request, found)
    context = {
        "nav": "records",
        "found": found,
        "kind": _(BY_SLUG[found.kind].singular) if found.kind in BY_SLUG else "",
        "on": when(line.record.when) if line else "",
        "today": timezone.localdate(),
        "days": DAYS,
    }
    return render(request, "records/correction_letter.html", context)


def clock(found: Correction, today: date) -> str:
    """Until when an answer may be expected, once a letter was sent; nothing otherwise."""
    if found.status != Status.SENT or found.sent_on is None:
        return ""
    until = found.sent_on + timedelta(days=DAYS)
    told = {"days": DAYS, "date": times.day(until)}
    if today <= until:
        return _("Places usually have %(days)s days to answer: until %(date)s.") % told
    return (
        _(
            "The %(days)s days that places usually have ended on %(date)s."
            " You may send the letter again, or note that there was no answer."
        )
        % told
    )


def _found(request: Visit, pk: int) -> tuple[Correction, tuple[CorrectionStep, ...]]:
    with or_404(reading.NotThere):
        return reading.correction(request.viewer, pk)


def _line(request: Visit, found: Correction) -> Line | None:
    """The record itself, where it is still there."""
    try:
        return reading.named(request.viewer, found.origin_id, found.resource_type, found.fhir_id)
    except reading.NotThere:
        return None


def _row(found: Correction) -> dict[str, Any]:
    told = {"date": times.day(found.at), "who": found.speaker}
    return {
        "pk": found.pk,
        "title": found.title,
        "status": reading.status_words(found),
        "place": found.place,
        "noted": _("noted on %(date)s by %(who)s") % told,
        "settled": found.status in Correction.SETTLED,
    }


def _step(step: CorrectionStep) -> dict[str, str]:
    return {
        "status": _(STATUS_WORDS[Status(step.status)]),
        "day": times.day(step.day),
    }


def _statuses() -> list[tuple[str, str]]:
    later = sorted(STATUS_WORDS, key=lambda status: status == Status.NOTED)  # back to the start stands last
    return [(status.value, _(STATUS_WORDS[status])) for status in later]
