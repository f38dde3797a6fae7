"""How many there are, in words: of a list of records, and of a list of facts that several of them state."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from records.reading import Listing

_FACTS: dict[str, Callable[[int], str]] = {
    "medicines": lambda many: ngettext("%(many)s medicine", "%(many)s medicines", many),
    "allergies": lambda many: ngettext("%(many)s allergy", "%(many)s allergies", many),
    "conditions": lambda many: ngettext("%(many)s condition", "%(many)s conditions", many),
    "vaccines": lambda many: ngettext("%(many)s vaccine", "%(many)s vaccines", many),
    "procedures": lambda many: ngettext("%(many)s procedure", "%(many)s procedures", many),
}


def counted(found: Listing) -> str:
    """The sentence above a list; nothing where the pager's own says it."""
    told = {"start": found.start, "end": found.end, "total": found.total, "all": found.everything}
    if found.grouped and found.facts != found.everything:
        return _chosen_facts(found) if found.sift.active else _all_facts(found)
    if not found.sift.active:
        return ""
    return (
        _("%(start)s to %(end)s of %(total)s that fit your choice, newest first. There are %(all)s in all.")
        % told
    )


def facts(slug: str, many: int) -> str:
    """So many facts of a kind: "12 medicines"."""
    return _FACTS[slug](many) % {"many": many}


def records_of(records: int, places: int) -> str:
    """So many records: "17 records of 2 places"."""
    told = ngettext("%(many)s record", "%(many)s records", records) % {"many": records}
    where = ngettext("%(many)s place", "%(many)s places", places) % {"many": places}
    return _("%(records)s of %(places)s") % {"records": told, "places": where}


def _all_facts(found: Listing) -> str:
    told = {
        "start": found.start,
        "end": found.end,
        "facts": facts(found.grouped, found.total),
        "records": records_of(found.everything, found.senders),
    }
    if found.total > len(found.rows):
        return _("%(start)s to %(end)s of %(facts)s, from %(records)s, newest first") % told
    return _("%(facts)s, from %(records)s, newest first") % told


def _chosen_facts(found: Listing) -> str:
    told = {
        "start": found.start,
        "end": found.end,
        "facts": facts(found.grouped, found.total),
        "all": found.facts,
        "records": records_of(found.everything, found.senders),
    }
    return (
        _(
            "%(start)s to %(end)s of %(facts)s that fit your choice, newest first."
            " There are %(all)s in all, from %(records)s."
        )
        % told
    )
