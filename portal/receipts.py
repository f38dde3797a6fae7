"""The receipt of an account that was closed, in words: what went, what is confirmed, what stays and why.

Whoever has its address may read it, so it names nobody, no place and nothing of anybody's health.
"""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connect.services import going, not_confirmed
from ground import times
from portal import closing
from portal.models import Closure
from records import store

Step = Closure.Step
Fact = dict[str, Any]


def receipt(closure: Closure) -> dict[str, Any]:
    """Title, lead, facts (see `components/facts.html`), and whether it may still change."""
    over = closure.ended_at is not None
    title = _("Your account is closed") if over else _("Your account is being closed")
    lead = (
        _("Everything on this receipt is done.")
        if over
        else _(
            "Nobody can sign in to it any more, and nothing is collected. The rest happens by itself, and you"
            " need not wait for it. Keep the address of this page: it shows how far it is."
        )
    )
    facts = [_signed_out(closure), _stopped(closure), *_there(closure), _records(closure), _person(closure)]
    return {"title": title, "lead": lead, "facts": [*facts, _stays(closure)], "open": not over}


def _signed_out(closure: Closure) -> Fact:
    when = times.day(closure.begun_at)
    return {"name": _("Signing in"), "value": _("Ended on %(day)s, on every device.") % {"day": when}}


def _stopped(closure: Closure) -> Fact:
    number = closure.removed.get("places", 0)
    text = ngettext("Stopped, for %(n)s place.", "Stopped, for %(n)s places.", number) % {"n": number}
    return {"name": _("Collecting records"), "value": text if number else _("Stopped.")}


def _there(closure: Closure) -> list[Fact]:
    return [
        _confirmed(
            closure, Step.PERMISSIONS, _("1upHealth’s way in to your places"), _("Taken back, confirmed.")
        ),
        _confirmed(closure, Step.COPIES, _("Copies at 1upHealth"), _("Deleted, confirmed.")),
        _confirmed(closure, Step.ACCOUNTS, _("Your account at 1upHealth"), _("Closed, confirmed.")),
    ]


def _confirmed(closure: Closure, step: str, name: str, yes: str) -> Fact:
    if closure.has_done(step):
        return {"name": name, "value": yes}
    return not_confirmed(name)


def _records(closure: Closure) -> Fact:
    counts = {name: closure.removed.get(name, 0) for name in store.Count().as_dict()}
    lines = going(store.Count(**counts))
    if not closure.has_done(Step.RECORDS):
        return {"name": _("Records here"), "lines": [*lines, _("We are not through yet.")]}
    return {"name": _("Records here"), "lines": [*lines, _("All deleted.")]}


def _person(closure: Closure) -> Fact:
    name = _("Name, address, password")
    if not closure.has_done(Step.USER):
        return {"name": name, "value": _("The password no longer works. The rest goes last."), "quiet": True}
    people = closure.removed.get("people", 0)
    text = ngettext(
        "Deleted, with all we knew of %(n)s person.", "Deleted, with all we knew of %(n)s people.", people
    )
    return {"name": name, "value": text % {"n": people} if people else _("Deleted.")}


def _stays(closure: Closure) -> Fact:
    lines = [
        _(
            "The list of who opened records and when, for six years, as the law asks. It holds numbers that"
            " lead to nobody any more, and no record."
        ),
        _("This receipt, for %(days)s days. It names nobody.") % {"days": closing.KEPT.days},
    ]
    if closure.staying:
        lines.append(_("The pages of whoever somebody else looks after too stay with that person."))
    return {"name": _("What stays, and why"), "lines": lines}
