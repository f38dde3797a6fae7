"""The operations page in words: how each thing stands (fine, look at this, broken), its numbers second."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connect.models import Breaker
from ground import counting
from ground.crypto import keyring
from ground.models import Alarm, Job
from portal import keys
from portal.watching.alarms import firing
from portal.watching.measures import Measured, measure
from portal.watching.rules import RULES, Rule

_SHOWN = 50
_UNTIDY = 2 * 86_400.0  # seconds
_HOURS = timedelta(hours=24)
#: Which alarms belong to which line of the page.
_LINES = {
    "looking": ("no_beat",),
    "working": ("stuck_worker", "no_beat"),
    "waiting": ("queue_age",),
    "gateway": ("too_many",),
    "access": ("refresh_failures",),
    "persons": ("mismatch",),
    "guesses": ("brute_force",),
    "audit": ("audit_gap",),
    "seal": ("seal",),
    "quarantine": ("quarantine",),
    "disk": ("disk",),
    "ends": ("expiry",),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing: its name, its state in words, and a sentence of numbers."""

    name: str
    state: str
    tone: str
    numbers: str


def page() -> dict[str, Any]:
    """Everything the operations page shows, measured now."""
    now = measure()
    bad = {rule.name: rule for rule in RULES if rule.look(now)}
    return {
        "at": timezone.now(),
        "state": _overall(bad),
        "alarms": _alarms(bad, firing()),
        "lines": _lines(now, bad),
        "queues": [(queue.kind, queue.due, span(queue.oldest)) for queue in now.queues],
        "stuck": _stuck(),
        "stuck_more": max(0, now.stuck - _SHOWN),
        "calls": _calls(),
        "resting": list(Breaker.objects.filter(open_until__gt=timezone.now()).order_by("name")[:_SHOWN]),
        "keys": _keys(now),
    }


def span(seconds: float | None) -> str:
    """A length of time in words that need no arithmetic: "40 s", "12 min", "3 h", "5 days"."""
    if seconds is None:
        return _("never")
    if seconds < 120:
        return _("%(n)d s") % {"n": round(seconds)}
    if seconds < 2 * 3600:
        return _("%(n)d min") % {"n": round(seconds / 60)}
    if seconds < 48 * 3600:
        return _("%(n)d h") % {"n": round(seconds / 3600)}
    days = round(seconds / 86_400)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def _overall(bad: dict[str, Rule]) -> tuple[str, str]:
    if any(rule.is_grave for rule in bad.values()):
        return _("Something is broken"), "bad"
    return (_("Look at this"), "warn") if bad else (_("Everything is fine"), "good")


def _alarms(bad: dict[str, Rule], noted: dict[str, Alarm]) -> list[dict[str, Any]]:
    """What fires now, with what to do and since when it was noted."""
    return [
        {
            "title": rule.title,
            "do": rule.do,
            "since": noted[name].since if name in noted else None,
            "tone": "bad" if rule.is_grave else "warn",
        }
        for name, rule in bad.items()
    ]


def _lines(now: Measured, bad: dict[str, Rule]) -> list[Line]:
    told = {**_told_of_work(now), **_told_of_upstream(now), **_told_of_house(now)}
    return [_line(name, text, numbers, bad) for name, (text, numbers) in told.items()] + [_tidiness(now)]


def _line(name: str, text: str, numbers: str, bad: dict[str, Rule]) -> Line:
    rule = next((bad[each] for each in _LINES.get(name, ()) if each in bad), None)
    if rule is None:
        return Line(text, _("fine"), "good", numbers)
    state, tone = (_("broken"), "high") if rule.is_grave else (_("look at this"), "new")
    return Line(text, state, tone, numbers)


def _told_of_work(now: Measured) -> dict[str, tuple[str, str]]:
    due = sum(queue.due for queue in now.queues)
    return {
        "looking": (
            _("Looking for due work"),
            _("Beat’s last sweep: %(age)s ago. %(broker)s")
            % {"age": span(now.sweep), "broker": _broker(now.broker)}
            if now.sweep is not None
            else _("Beat never asked yet. %(broker)s") % {"broker": _broker(now.broker)},
        ),
        "working": (
            _("Workers"),
            _("A job last went through Redis and a worker %(age)s ago. %(working)d being worked on.")
            % {"age": span(now.canary), "working": now.working}
            if now.canary is not None
            else _("No job went through Redis and a worker yet."),
        ),
        "waiting": (
            _("Work that waits"),
            _("%(due)d due, the oldest for %(oldest)s. %(stuck)d stuck.")
            % {"due": due, "oldest": span(now.oldest), "stuck": now.stuck},
        ),
        "mail": (
            _("Mail to be sent"),
            _("%(n)d, the oldest written %(age)s ago.") % {"n": now.mails, "age": span(now.mail)}
            if now.mails
            else _("None waits."),
        ),
    }


def _broker(waiting: int | None) -> str:
    if waiting is None:
        return _("Redis does not answer.")
    return _("Redis answers, %(n)d messages wait in it.") % {"n": waiting}


def _told_of_upstream(now: Measured) -> dict[str, tuple[str, str]]:
    calls = sum(now.upstream.values())
    failed = sum(amount for (_call, how), amount in now.upstream.items() if how in ("5xx", "no answer"))
    storm = sum(amount for (_call, how), amount in now.upstream.items() if how == "429")
    return {
        "gateway": (
            _("The gateway, in the last half hour"),
            _("%(n)d calls, %(failed)d failed, %(storm)d times too many. %(open)d hosts or places rest.")
            % {"n": calls, "failed": failed, "storm": storm, "open": now.breakers},
        ),
        "access": (
            _("New tokens, in the last half hour"),
            _("%(refreshed)d refreshed, %(codes)d by a code, %(failed)d failed.")
            % {
                "refreshed": now.tokens.get(("refreshed", ""), 0),
                "codes": now.tokens.get(("by a code", ""), 0),
                "failed": now.tokens.get(("failed", ""), 0),
            },
        ),
        "quarantine": (
            _("Sent and not to be kept, in the last half hour"),
            _("%(n)d new in quarantine.") % {"n": now.quarantined},
        ),
    }


def _told_of_house(now: Measured) -> dict[str, tuple[str, str]]:
    room = filesizeformat(now.database_room) if now.database_room else _("an unknown amount")
    return {
        "persons": (
            _("Returns and persons that did not fit, in the last half hour"),
            _("%(n)d in all.") % {"n": now.mismatches},
        ),
        "guesses": (
            _("Sign-ins that failed, in the last half hour"),
            _("%(n)d in all.") % {"n": now.sign_ins_failed},
        ),
        "audit": (
            _("The log of looks"),
            _("%(n)d lines changed or deleted since the database’s statistics began.")
            % {"n": now.looks_changed},
        ),
        "seal": (_("The seal over the log of looks"), _sealed(now)),
        "disk": (
            _("Disk"),
            _("The database holds %(size)s of %(room)s; %(free)d %% of this machine’s own disk is free.")
            % {"size": filesizeformat(now.database), "room": room, "free": round(100 * now.disk_free)},
        ),
        "ends": (_("Certificate and sealing key"), _ends(now)),
        "reread": (_("Reading records again"), _reread(now)),
    }


def _sealed(now: Measured) -> str:
    if now.seal_broken:
        return _("%(n)d places where they do not agree.") % {"n": len(now.seal_broken)}
    if not now.unsealed:
        return _("Every look is sealed, and agrees with its seal.")
    told = {"n": now.unsealed, "age": span(now.unsealed_since)}
    return _("%(n)d looks wait to be sealed, the oldest for %(age)s; the others agree.") % told


def _tidiness(now: Measured) -> Line:
    text, numbers = _("Housekeeping"), _("Old rows were last forgotten: %(age)s ago.")
    if now.housekeeping is None:
        return Line(text, _("look at this"), "new", _("Old rows were never forgotten yet."))
    numbers %= {"age": span(now.housekeeping)}
    if now.housekeeping > _UNTIDY:
        return Line(text, _("look at this"), "new", numbers)
    return Line(text, _("fine"), "good", numbers)


def _ends(now: Measured) -> str:
    words = [_("The sealing key has been in use for %(age)s.") % {"age": span(now.sealing)}]
    if now.certificate is not None:
        words.append(_("The certificate ends in %(age)s.") % {"age": span(max(0.0, now.certificate))})
    if now.keys_unknown:
        text = _("%(n)d values are sealed with a key that is not there.")
        words.append(text % {"n": now.keys_unknown})
    return " ".join(words)


def _reread(now: Measured) -> str:
    if now.reread is None:
        return _("Nothing to do: everybody’s records were read by the reader of today.")
    return _("Under way: patient %(reached)d of %(last)d.") % {
        "reached": now.reread[0],
        "last": now.reread[1],
    }


def _stuck() -> list[dict[str, Any]]:
    rows = Job.objects.filter(state=Job.State.STUCK).order_by("-ended_at")[:_SHOWN]
    return [{"pk": row.pk, "kind": row.kind, "why": _why(row), "since": row.ended_at} for row in rows]


def _why(job: Job) -> str:
    if job.note:
        return _("Failed five times, the last time with %(error)s.") % {"error": job.note}
    return _("Its worker ended five times in the middle of it.")


def _calls() -> list[dict[str, Any]]:
    """Each call of the last day, and of this hour and the one before."""
    day, lately = counting.lately("upstream", within=_HOURS), counting.lately("upstream", within=_HOURS / 24)
    found = []
    for call in sorted({call for call, _how in day}):
        of_day, of_hour = _of(day, call), _of(lately, call)
        found.append({"call": call, "hour": of_hour, "day": of_day})
    return found


def _of(counts: dict[tuple[str, str], int], call: str) -> dict[str, int]:
    mine = {how: amount for (name, how), amount in counts.items() if name == call}
    failed = sum(amount for how, amount in mine.items() if how not in ("ok", "429"))
    return {"all": sum(mine.values()), "failed": failed, "storm": mine.get("429", 0)}


def _keys(now: Measured) -> dict[str, Any]:
    """Each key with what it sealed, and when that was counted."""
    may_go = keys.droppable()
    rows = [
        {
            "id": name,
            "columns": sorted(columns.items()),
            "state": _key_state(name, may_go, bool(now.keys_unknown) and name in keys.unknown(now.keys)),
        }
        for name, columns in sorted(now.keys.items())
    ]
    at: datetime | None = counting.last(keys.SURVEY)
    return {"rows": rows, "at": at}


def _key_state(name: str, may_go: list[str], is_unknown: bool) -> tuple[str, str]:
    if name == keyring().sealing_id:
        return _("seals"), "good"
    if is_unknown:
        return _("not there"), "high"
    return (_("may be dropped"), "plain") if name in may_go else (_("still needed"), "quiet")
