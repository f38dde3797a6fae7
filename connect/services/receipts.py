"""What was stopped or deleted, in words: what is done here, what is confirmed there, what stays and why."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connect.models import Parting
from connect.services import words
from ground import times
from records import store

What, Phase, Ended = Parting.What, Parting.Phase, Parting.Ended
Fact = dict[str, Any]


def receipts(patient_id: int) -> list[dict[str, str]]:
    """Inside the viewer's scope: everything this patient stopped or deleted, the newest first."""
    mine = Parting.objects.of(patient_id).select_related("place").order_by("-pk")
    return [
        {
            "name": each.place.name,
            "text": _title(each),
            "when": words.moment(each.stopped_at),
            "url": reverse("connect:receipt", args=[each.public_id]),
        }
        for each in mine
    ]


def receipt(parting: Parting) -> dict[str, Any]:
    """One receipt: title, lead, facts (see `components/facts.html`), and whether it may still change."""
    deleting = parting.what == What.DELETE
    facts = [_here(parting), *([_taken(parting)] if deleting else []), _key_there(parting)]
    if deleting:
        facts += [_erased_there(parting), _stays_after_deleting()]
    else:
        facts.append({"name": _("Your records"), "value": _("All of them stay here, and you can read them.")})
    return {"title": _title(parting), "lead": _lead(parting), "facts": facts, "open": not parting.is_over}


def not_confirmed(name: str) -> Fact:
    """A fact that 1upHealth has not confirmed yet."""
    return {"name": name, "value": _("Not confirmed yet. We keep trying until it is."), "quiet": True}


def going(count: store.Count) -> list[str]:
    """What a count says goes, a line for each; what there is none of is left out."""
    lines = [
        (count.records, ngettext("%(n)s record", "%(n)s records", count.records)),
        (
            count.versions,
            ngettext("%(n)s earlier version of them", "%(n)s earlier versions of them", count.versions),
        ),
        (
            count.unread,
            ngettext("%(n)s item we could not read", "%(n)s items we could not read", count.unread),
        ),
        (
            count.words,
            ngettext("%(n)s note of your own about them", "%(n)s notes of your own about them", count.words),
        ),
        (
            count.takeouts,
            ngettext(
                "%(n)s file made for you to take away",
                "%(n)s files made for you to take away",
                count.takeouts,
            ),
        ),
    ]
    return [text % {"n": number} for number, text in lines if number]


def _title(parting: Parting) -> str:
    return _("Records deleted") if parting.what == What.DELETE else _("Updates stopped")


def _lead(parting: Parting) -> str:
    place = {"place": parting.place.name}
    if parting.ended == Ended.CONNECTED:
        return _("You connected %(place)s again since, so this holds no longer.") % place
    if parting.ended == Ended.JOINED:
        return _("You asked for more since: see the newer receipt for %(place)s.") % place
    if parting.ended == Ended.CONFIRMED:
        return _("Everything on this receipt is done and confirmed.")
    if parting.what == What.DELETE:
        return (
            _(
                "None of it is shown any more. We are taking it away, and you need not wait for it. You can"
                " connect %(place)s again when this is done."
            )
            % place
        )
    return (
        _("Nothing more is collected from %(place)s. One part is not confirmed yet; we keep trying.") % place
    )


def _here(parting: Parting) -> Fact:
    text = _("Stopped on %(time)s. Nothing is collected since then.")
    return {"name": _("Here"), "value": text % {"time": times.moment(parting.stopped_at)}}


def _taken(parting: Parting) -> Fact:
    lines = going(store.Count(**parting.removed)) or [_("Nothing of it was here.")]
    if parting.removed_at is None:
        lines = [*lines, _("We are not through yet.")]
    else:
        lines = [*lines, _("Finished on %(time)s.") % {"time": times.moment(parting.removed_at)}]
    return {"name": _("Deleted here"), "lines": lines}


def _key_there(parting: Parting) -> Fact:
    """1upHealth holds the key; the place lists it among its apps, which we can neither see nor change."""
    name = _("1upHealth’s way in")
    if parting.revoked_at is not None:
        text = _(
            "Confirmed on %(time)s: 1upHealth, which fetches for us, can no longer sign in there for you."
        )
        return {"name": name, "value": text % {"time": times.moment(parting.revoked_at)}}
    if parting.is_over:
        return {"name": name, "value": _("Not taken back."), "quiet": True}
    return not_confirmed(name)


def _erased_there(parting: Parting) -> Fact:
    name = _("Copies at 1upHealth")
    if parting.ended == Ended.CONFIRMED:
        if not parting.erased:
            return {"name": name, "value": _("There were none of yours.")}
        text = _("Deleted, confirmed on %(time)s.")
        return {"name": name, "value": text % {"time": times.moment(parting.ended_at or parting.stopped_at)}}
    return not_confirmed(name)


def _stays_after_deleting() -> Fact:
    return {
        "name": _("What stays, and why"),
        "lines": [
            _("What the place itself holds about you: ask them, if you want something changed there."),
            _("The list of who opened records here and when, for six years, as the law asks."),
            _("This receipt, for 90 days after it is complete."),
        ],
    }
