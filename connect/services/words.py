"""How imports and connections stand, in words: what, since when, what now.

No state is silent, and none of them says "no records" when it means that something did not work.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connect.models import Connection, ImportRun
from ground import times

Phase = ImportRun.Phase
Outcome = ImportRun.Outcome
State = Connection.State

_LONG, _VERY_LONG = timedelta(minutes=10), timedelta(hours=1)


def moment(when: datetime) -> str:
    """A time as people say it, in the reader's own zone: "today, 9:05 a.m. EST"."""
    local, today = timezone.localtime(when), timezone.localdate()
    if local.date() == today:
        return _("today, %(time)s") % {"time": hour(when)}
    if local.date() == today - timedelta(days=1):
        return _("yesterday, %(time)s") % {"time": hour(when)}
    return times.moment(when)


def hour(when: datetime) -> str:
    """A time of the day in the reader's own zone: "2:10 p.m. EST"."""
    return times.hour(when)


def progress(run: ImportRun) -> dict[str, Any]:
    """What the progress element shows: text, value, max, over, url, link_text, data_url."""
    here = reverse("connect:progress", args=[run.public_id])
    url, link_text = _next_link(run, here)
    return {
        "data_url": here,
        "text": progress_text(run),
        "value": max(run.seen, run.new),
        "max": max(run.total, run.new) if run.total else None,
        "over": run.is_over or run.phase == Phase.QUESTION,
        "url": url,
        "link_text": link_text,
    }


def day(iso: str) -> str:
    """A date as people say it: "May 14, 1968"; what is no whole date stays as it was sent."""
    try:
        return times.day(date.fromisoformat(iso))
    except ValueError:
        return iso


def heading(run: ImportRun) -> tuple[str, str]:
    """The heading of an import's page and a quiet line below it.

    While it runs that is the place's name, since the words below change under it.
    """
    place = run.connection.place
    if not run.is_over:
        return place.name, place.where
    match run.outcome:
        case Outcome.DONE:
            return (_done_heading(run), place.name)
        case Outcome.DECLINED:
            return _("Nothing was shared"), place.name
        case Outcome.NOTHING | Outcome.UNREACHABLE:
            return _("Not connected"), place.name
        case Outcome.NOT_MINE:
            return _("Nothing was collected"), place.name
        case Outcome.STOPPED:
            return _("Stopped"), place.name
        case _:
            return _("This did not work"), place.name


def _done_heading(run: ImportRun) -> str:
    if run.error:
        return _("Not everything came")
    if not run.is_first:
        return _("Checked")
    return _("Your records are here") if run.listed else _("Nothing was sent")


def progress_text(run: ImportRun) -> str:
    """One or two sentences on where an import is."""
    place = {"place": run.connection.place.name}
    if run.is_over:
        return ended_text(run)
    if run.again_at is not None and run.again_at > timezone.now():
        return _(
            "The connection to %(place)s is not answering. We will try again at %(time)s. Nothing is lost."
        ) % {**place, "time": hour(run.again_at)}
    if run.phase == Phase.CONFIRMING:
        return _("We are checking with %(place)s that your sign-in worked.") % place
    if run.phase == Phase.QUESTION:
        return question_text(run.connection)
    return _collecting_text(run)


def question_text(connection: Connection) -> str:
    """That a place's word about the person differs, without a word of what it says."""
    text = _(
        "What %(place)s says about the person is not as you told us. Please have a look: before you answer,"
        " nothing is collected."
    )
    return text % {"place": connection.place.name}


def _collecting_text(run: ImportRun) -> str:
    place = {"place": run.connection.place.name}
    if not run.is_first:
        text = _("Checking %(place)s for anything new.") % place
        since = run.connection.collected_at
        return f"{text} {_('What you see is from %(time)s.') % {'time': moment(since)}}" if since else text
    if not run.seen and not run.new:
        first = _("We are collecting your records from %(place)s for the first time.") % place
        return f"{first} {_how_long(run)}"
    return f"{_so_far(run)} {_how_long(run, short=True)}"


def _how_long(run: ImportRun, *, short: bool = False) -> str:
    """What to expect of the wait. What was true in the first minutes is not said after an hour."""
    waited = timezone.now() - run.started_at
    if waited > _VERY_LONG:
        return _("Some places need a day to send everything. We keep looking, and will email you.")
    if waited > _LONG:
        return _("This place takes longer than most. You can leave; we will email you.")
    if short:
        return _("You can leave; we will email you.")
    return _("This usually takes a few minutes. You can leave; we will email you.")


def _so_far(run: ImportRun) -> str:
    value = max(run.seen, run.new)
    if run.phase == Phase.WAITING or not run.total or run.total <= value:
        return ngettext(
            "%(count)s record so far. %(place)s may still be sending.",
            "%(count)s records so far. %(place)s may still be sending.",
            value,
        ) % {"count": value, "place": run.connection.place.name}
    told = {"count": _number(value), "total": _number(run.total)}
    return _("%(count)s of about %(total)s records.") % told


def _number(value: int) -> str:
    """As people write it: "1,150"."""
    return number_format(value, use_l10n=True, force_grouping=True)


def ended_text(run: ImportRun) -> str:
    """What an import came to."""
    place = {"place": run.connection.place.name}
    match run.outcome:
        case Outcome.DONE:
            return _done_text(run)
        case Outcome.DECLINED:
            return _("%(place)s says that you did not agree, so nothing was shared.") % place
        case Outcome.NOTHING:
            return _("We have not heard from %(place)s that your sign-in worked.") % place
        case Outcome.UNREACHABLE:
            return _("A connection to %(place)s did not come about.") % place
        case Outcome.NOT_MINE:
            return not_mine_text(run.connection, run.error)
        case Outcome.STOPPED:
            return _("Collecting from %(place)s was stopped.") % place
        case _:
            return failed_text(run.connection, run.error, run.ended_at)


def not_mine_text(connection: Connection, error: str) -> str:
    """Why nothing was collected from a place that holds somebody else's records; `error` as a run has it."""
    place = {"place": connection.place.name}
    if error == "not_mine":
        return _("You told us that what %(place)s holds is somebody else's. We collected nothing.") % place
    if error == "looked_after":
        text = _(
            "You told us that what %(place)s holds is of somebody you look after. It is not collected here."
        )
        return text % place
    if error == "no_answer":
        return _("We asked whose records %(place)s holds, and heard nothing for a week.") % place
    return _("%(place)s sent someone else's name. We collected nothing under it.") % place


def _done_text(run: ImportRun) -> str:
    place = run.connection.place.name
    if run.error:
        return failed_text(run.connection, run.error, run.ended_at)
    if run.listed:
        return ngettext(
            "Done. %(count)s new record from %(place)s is here.",
            "Done. %(count)s new records from %(place)s are here.",
            run.listed,
        ) % {"count": run.listed, "place": place}
    if run.is_first:
        return _("%(place)s answered, but sent no records. They may hold records that they do not send.") % {
            "place": place
        }
    if run.changed:
        return ngettext(
            "Nothing new. %(count)s record was brought up to date.",
            "Nothing new. %(count)s records were brought up to date.",
            run.changed,
        ) % {"count": run.changed}
    return _("Nothing new. Last checked %(time)s.") % {"time": moment(run.ended_at or timezone.now())}


def failed_text(connection: Connection, error: str, at: datetime | None = None) -> str:
    """What went wrong, `at` when, and what stays."""
    place = {"place": connection.place.name}
    match error:
        case "no_answer" if at is not None:
            text = _("We could not reach %(place)s (%(time)s).") % {**place, "time": moment(at)}
        case "no_answer":
            text = _("We could not reach %(place)s.") % place
        case "unreadable" | "circle" | "short":
            text = _("We could not read all of what %(place)s sent.") % place
        case "refused":
            text = _("The connection to %(place)s did not hand over all records.") % place
        case "timed_out":
            return _("%(place)s did not finish sending. What came is here.") % place
        case _:
            text = _("Something went wrong on our side while we collected from %(place)s.") % place
    if connection.collected_at:
        kept = _("Your records up to %(time)s are here.") % {"time": moment(connection.collected_at)}
        return f"{text} {kept}"
    return f"{text} {_('You can try again.')}"


def _next_link(run: ImportRun, here: str) -> tuple[str, str]:
    """Where to go from a progress line, and the words of the link."""
    if run.phase == Phase.QUESTION:
        return reverse("connect:question", args=[run.connection.public_id]), _("Answer the question")
    if not run.is_over:
        return here, _("Check again")
    if run.outcome == Outcome.DONE and (run.listed or not run.is_first):
        return reverse("records:overview"), _("Show the records")
    return here, _("See what happened")
