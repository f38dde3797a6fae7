"""What a grant says, in words: for the patient who gives it and for the staff who look by it."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ground import times
from records.fhir.kinds import KINDS
from records.models import Terms


@dataclass(frozen=True, slots=True)
class Scope:
    """One sentence each: which records, and which not; `until` is the last day."""

    shown: str
    held_back: str
    until: str


def scope_of(grant: Terms, *, mine: bool = False) -> Scope:
    """A grant in words; `mine`: for who gives it. Names no place: who looks by it is told those on the pages
    themselves.
    """
    shown = " ".join(filter(None, (_kinds(grant), _places(grant), _dates(grant))))
    return Scope(shown, _held_back(grant, mine=mine), times.day(grant.ends_at - timedelta(seconds=1)))


def _kinds(grant: Terms) -> str:
    if grant.every_kind:
        return _("All kinds of records.")
    headings = ", ".join(_(kind.heading) for kind in KINDS if kind.slug in grant.kinds)
    return _("Only these kinds: %(kinds)s.") % {"kinds": headings}


def _left_out(grant: Terms) -> list[str]:
    """The kinds a grant leaves out, where naming them is shorter than naming those it shows."""
    left = [_(kind.heading) for kind in KINDS if not grant.every_kind and kind.slug not in grant.kinds]
    return left if len(left) <= len(KINDS) // 2 else []


def _places(grant: Terms) -> str:
    if grant.every_place:
        return ""
    many = len(grant.places)
    return ngettext("From one chosen place.", "From %(many)s chosen places.", many) % {"many": many}


def _dates(grant: Terms) -> str:
    told = {
        "since": grant.since and times.day(grant.since.date()),
        "until": grant.until and times.day((grant.until - timedelta(days=1)).date()),
    }
    if grant.since and grant.until:
        return _("Dated from %(since)s to %(until)s.") % told
    if grant.since:
        return _("Dated from %(since)s on.") % told
    return _("Dated until %(until)s.") % told if grant.until else ""


def _held_back(grant: Terms, *, mine: bool) -> str:
    dated = grant.since is not None or grant.until is not None
    own = _("what you say yourself") if mine else _("what the patient says themselves")
    parts = [
        *_left_out(grant),
        "" if grant.sensitive else _("what places marked as sensitive"),
        "" if grant.words else own,
        _("what has no date") if dated and not grant.undated else "",
    ]
    left = [one for one in parts if one]
    return _("Not shared: %(parts)s.") % {"parts": ", ".join(left)} if left else ""
