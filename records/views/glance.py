"""What who treats somebody must see first, laid out for the first page of a clinic about a patient."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ground.viewer import Viewer
from records import reading
from records.addresses import reverse
from records.fhir.kinds import BY_SLUG
from records.fhir.terms import CRITICALITIES
from records.reading import Facts, First
from records.views import layout
from records.views.packet_parts import Group, Section, left_out, row

SHOWN = 5
"""Facts of each kind; the others are on its own page."""


def sections(viewer: Viewer) -> list[Section]:
    """Allergies, medicines and conditions as one part each; of a kind without a record, why there is none.
    Inside the viewer's scope; the look is written.
    """
    found = reading.glance(viewer)
    why = reading.nothing(viewer, *(slug for slug, one in found.items() if not one.total))
    return [_section(slug, facts, layout.in_short(why.get(slug, ()))) for slug, facts in found.items()]


def _section(slug: First, facts: Facts, why: str) -> Section:
    heading, url = str(_(BY_SLUG[slug].heading)), reverse("records:kind", args=[slug])
    if not facts.total:
        return Section(slug, heading, [why] if why else [], layout.reassures_nobody(slug))
    shown = facts.rows[:SHOWN]
    rest = len(facts.rows) - len(shown)
    more = ngettext("And %(count)d more.", "And %(count)d more.", rest) % {"count": rest} if rest else ""
    words = " ".join(filter(None, (more, left_out(facts))))
    return Section(slug, heading, groups=[Group([_row(one) for one in shown], "", words, url)])


def _row(fact: reading.Together) -> dict[str, Any]:
    return row(fact, [_(CRITICALITIES["high"])] if reading.is_dangerous(fact) else [])
