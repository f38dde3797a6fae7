"""What happened at a connection, in words, newest first, a group for each day."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connect.models import Connection, Happening
from connect.services import words
from ground import times
from records.fhir.kinds import KINDS

SHOWN = 20
_ALL = 2000
What = Happening.What
#: In which order things can happen: signing in, being asked, the transfer, what it came to, the end.
_STEPS = (
    *(What.SELECTED, What.RETURNED, What.DECLINED, What.UNREACHABLE, What.UNHEARD),
    *(What.DOUBTED, What.MINE, What.NOT_MINE, What.ASKED, What.ASK_REFUSED),
    *(What.STARTED, What.FAILED, What.FINISHED, What.TIMED_OUT),
    *(What.CAME, What.UPDATED, What.NOTHING_NEW, What.NONE_SENT, What.INCOMPLETE, What.GAVE_UP),
    *(What.LAPSED, What.STOPPED),
)
#: What a look that brings nothing is made of.
_QUIET = frozenset({What.SELECTED, What.STARTED, What.FINISHED, What.NOTHING_NEW, What.ASKED})


def history(connection: Connection, *, everything: bool = False) -> dict[str, Any]:
    """Inside the scope: `days`, each with `day` and `lines` (`time`, `text`); `more`: how many are not shown.

    Days on which we looked and nothing was new stand together.
    """
    mine = Happening.objects.of(connection.patient_id).filter(connection=connection)
    newest = mine.order_by("-at", "-pk")[: _ALL if everything else SHOWN]
    found = sorted(newest, key=_place_in_time, reverse=True)
    more = 0 if len(found) < SHOWN or everything else mine.count() - len(found)
    days = [(day, list(each)) for day, each in groupby(found, _day_of)]
    return {"days": list(_folded(days, connection)), "more": more}


def _place_in_time(happening: Happening) -> tuple[datetime, int, datetime, int]:
    """Of one minute what must have come before: the gateway's clock and ours need not agree to a second."""
    minute = happening.at.replace(second=0, microsecond=0)
    return minute, _STEPS.index(happening.what), happening.at, happening.pk


def _folded(days: Iterable[tuple[date, list[Happening]]], connection: Connection) -> Iterable[dict[str, Any]]:
    for is_quiet, some in groupby(days, lambda each: _is_quiet(each[1])):
        several = list(some)
        if is_quiet and len(several) > 1:
            yield _quiet_days(several)
        else:
            for day, found in several:
                yield {"day": _day(day), "lines": [_line(each, connection) for each in found]}


def _is_quiet(found: list[Happening]) -> bool:
    what = {each.what for each in found}
    return What.NOTHING_NEW in what and what <= _QUIET


def _quiet_days(several: list[tuple[date, list[Happening]]]) -> dict[str, Any]:
    last, first = several[0][0], several[-1][0]
    text = ngettext(
        "We looked on %(count)s day. Nothing was new.",
        "We looked on %(count)s days. Nothing was new.",
        len(several),
    ) % {"count": len(several)}
    day = _("%(first)s to %(last)s") % {"first": _day(first), "last": _day(last)}
    return {"day": day, "lines": [{"time": "", "text": text}]}


def _line(happening: Happening, connection: Connection) -> dict[str, str]:
    return {"time": times.hour(happening.at), "text": _text(happening, connection)}


def _text(happening: Happening, connection: Connection) -> str:
    if happening.what in (What.CAME, What.UPDATED, What.INCOMPLETE):
        return _counted(happening)
    if happening.what == What.FAILED:
        return _failed(happening, connection)
    if happening.what == What.ASK_REFUSED:
        return _not_asked(happening.note) % {"place": connection.place.name}
    if happening.what == What.NOT_MINE:
        return words.not_mine_text(connection, happening.note)
    return str(_said().get(happening.what, "")) % {"place": connection.place.name}


def _said() -> dict[str, str]:
    return {
        What.SELECTED: _("%(place)s was chosen for signing in."),
        What.RETURNED: _("You signed in at %(place)s and agreed."),
        What.DECLINED: _("%(place)s says that you did not agree."),
        What.UNREACHABLE: _("A connection to %(place)s did not come about."),
        What.STARTED: _("%(place)s began to send to 1upHealth, which fetches for us."),
        What.FINISHED: _("%(place)s had sent everything to 1upHealth, where we fetch it."),
        What.TIMED_OUT: _("%(place)s did not finish sending in time."),
        What.NOTHING_NEW: _("We looked. Nothing was new."),
        What.NONE_SENT: _("%(place)s answered, but sent no records."),
        What.GAVE_UP: _("We could not fetch the records. What was here before stays."),
        What.UNHEARD: _("We heard nothing from %(place)s about your sign-in."),
        What.DOUBTED: _("What %(place)s says about you was not as you told us, so we asked you first."),
        What.MINE: _("You told us that these records are yours."),
        What.ASKED: _("We asked %(place)s to send what is new."),
        What.LAPSED: _("Your sign-in at %(place)s was no longer good."),
        What.STOPPED: _("Collecting was stopped."),
    }


def _not_asked(note: str) -> str:
    """`note`: as in `Connection.ask_answer`."""
    match note:
        case "too_soon":
            return _("%(place)s had been asked for what is new a short while before.")
        case "trouble":
            return _("%(place)s did not answer when we asked for what is new.")
        case "no_sign_in" | "not_connected" | "user":
            return _("%(place)s sends nothing new before you sign in there again.")
    return _("%(place)s could not be asked for what is new. What came by itself was read.")


def _counted(happening: Happening) -> str:
    count = {"count": happening.count}
    match happening.what:
        case What.CAME:
            return (
                ngettext("%(count)s new record came.", "%(count)s new records came.", happening.count) % count
            )
        case What.UPDATED:
            text = ngettext(
                "%(count)s record was brought up to date.",
                "%(count)s records were brought up to date.",
                happening.count,
            )
            return text % count
    text = ngettext(
        "Not everything came: %(count)s new record, and we try again.",
        "Not everything came: %(count)s new records, and we try again.",
        happening.count,
    )
    return text % count


def _failed(happening: Happening, connection: Connection) -> str:
    kinds = [_(kind.heading) for kind in KINDS if set(kind.types) & set(happening.kinds)]
    place = {"place": connection.place.name}
    if not kinds:
        return _("%(place)s did not hand over a part of the records.") % place
    return _("%(place)s did not hand over: %(kinds)s.") % {**place, "kinds": get_text_list(kinds, _("and"))}


def _day_of(happening: Happening) -> date:
    return timezone.localtime(happening.at).date()


def _day(day: date) -> str:
    return _("Today") if day == timezone.localdate() else times.day(day)
