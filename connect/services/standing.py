"""How a connection stands: a word or two, its tone, and a sentence that says what, since when, what now."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connect.models import Connection, ImportRun
from connect.services import asked, forecasts, words
from connect.services.sent import Sent

State = Connection.State


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a connection: when we look again, that its place has trouble, what it sent."""

    due: datetime | None = None
    trouble: str = ""
    sent: Sent | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """`tone`: see `components/tag.html`. `needs_you`: nothing goes on before the patient does something."""

    word: str
    tone: str
    text: str
    needs_you: bool = False


def standing(connection: Connection, run: ImportRun | None, beside: Beside) -> Standing:
    """How a connection stands; `run` is its latest import. The text of one that goes on is its progress."""
    place = {"place": connection.place.name}
    match connection.state:
        case State.CONFIRMING:
            text = _("We are checking with %(place)s that your sign-in worked.")
            return Standing(_("Checking"), "plain", text % place)
        case State.COLLECTING:
            return Standing(_("Checking") if connection.collected_at else _("Collecting"), "plain", "")
        case State.QUESTION:
            return Standing(_("Needs your answer"), "new", words.question_text(connection), needs_you=True)
        case State.LAPSED:
            return Standing(_("Sign in again"), "new", _lapsed(connection), needs_you=True)
        case State.REFUSED:
            text = words.not_mine_text(connection, run.error if run else "")
            return Standing(_("Not yours"), "quiet", text)
        case State.ENDED:
            return Standing(_("Stopped"), "quiet", _ended(connection))
    return _connected(connection, run, beside)


def of_others(connection: Connection) -> str:
    """That the place sent somebody else beside; empty where it did not."""
    if not connection.others:
        return ""
    text = ngettext(
        "%(place)s also sent records of somebody with another name or birth date. We did not collect those.",
        "%(place)s also sent records of %(count)s people with another name or birth date."
        " We did not collect those.",
        connection.others,
    )
    return text % {"place": connection.place.name, "count": connection.others}


def _lapsed(connection: Connection) -> str:
    if connection.ask_answer in ("user", "not_connected"):
        return asked.text(connection)
    text = _("%(place)s needs you to sign in again to keep this up to date. Your earlier records stay here.")
    return text % {"place": connection.place.name}


def _ended(connection: Connection) -> str:
    if connection.ended_at is None:
        return _("We collect nothing more. What we collected before stays here.")
    text = _("Since %(time)s we collect nothing more. What we collected before stays here.")
    return text % {"time": words.moment(connection.ended_at)}


def _connected(connection: Connection, run: ImportRun | None, beside: Beside) -> Standing:
    if connection.last_error and run is not None:
        next_try = forecasts.retry(beside.due) if beside.due else ""
        return Standing(_("Not complete"), "high", f"{words.ended_text(run)} {next_try}".strip())
    time = {"time": words.moment(connection.collected_at or connection.created_at)}
    if beside.sent is not None and not beside.sent.total:
        text = _("They answered, but sent no records. They may hold records that they do not send.")
        checked = _("Last checked %(time)s.") % time
        return Standing(_("None sent"), "quiet", f"{text} {checked}")
    if connection.new_records:
        text = ngettext(
            "%(count)s record came. Last checked %(time)s.",
            "%(count)s records came. Last checked %(time)s.",
            connection.new_records,
        ) % {**time, "count": connection.new_records}
    else:
        text = _("Nothing new. Last checked %(time)s.") % time
    soon = forecasts.soon(connection)
    more = (text, soon, asked.text(connection), of_others(connection))
    said = " ".join(each for each in more if each)
    return Standing(_("Sign in soon"), "new", said) if soon else Standing(_("Up to date"), "good", said)
