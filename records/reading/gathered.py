"""One page of one kind with a line for each fact: the same fact from several places, or told several times by
one, stands once. Grouped in the database, over the rows as they are; what is fetched is bounded by the page.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet

from ground.viewer import Viewer
from records import access
from records.fhir.kinds import Kind
from records.models import UNDATED
from records.reading.counts import menu_of, places
from records.reading.facts import with_fact
from records.reading.lists import PAGE, Listing, jumps, looked
from records.reading.sayings import Sayings, sayings
from records.reading.sifting import EVERYTHING, Sift, sifted
from records.reading.tallied import Tallied, tallied
from records.reading.together import Together, gathered_lines
from records.reading.unread import NEVER

_Key = tuple[int, str]


def gathered(viewer: Viewer, kind: Kind, page: int = 1, sift: Sift = EVERYTHING) -> Listing:
    """A page of the facts of a kind of which a record fits, by their newest record that does.

    A line shows all records of its fact, also those that do not fit: a choice must not hide that places
    differ. A page beyond the last is the last. The number of queries is always the same.
    """
    rows = with_fact(access.visible_to(viewer).filter(kind=kind.slug), kind.slug)
    found, connected = tallied(viewer), places(viewer)
    fitting = _newest_first(sifted(rows, sift))
    counts = sorted(Counter(newest.year for newest, _ in fitting).items(), reverse=True)
    total = len(fitting)
    page = max(1, min(page, -(-total // PAGE)))
    keys = [key for _, key in fitting[(page - 1) * PAGE : page * PAGE]]
    names = {one.pk: one.name for one in connected}
    shown = gathered_lines(rows.filter(fact__in=[fact for _, fact in keys]), names, found.upto)
    shown = _with_words(viewer, kind.slug, shown)
    listing = Listing(
        *(_ordered(shown, keys), page, total, jumps(counts, page), menu_of(viewer, found), connected),
        sift=sift,
        everything=sum(count for _, count in found.per_year((kind.slug,), None)),
        undated=dict(found.per_year((kind.slug,), None)).get(UNDATED.year, 0),
        grouped=kind.slug,
        facts=_facts(rows).count() if sift.active else total,
        senders=_senders(found, kind),
    )
    looked(viewer, "list", listing, kind.slug)
    return listing


def _with_words(viewer: Viewer, slug: str, shown: Sequence[Together]) -> tuple[Together, ...]:
    """Each with what the patient says of it. One query."""
    said = sayings(viewer, slug)
    return tuple(replace(one, said=_said(one, said)) for one in shown)


def _said(one: Together, said: Sayings) -> str:
    last = said.of(*(line.record for line in one.lines))
    return last.full if last else ""


def newest_facts(
    viewer: Viewer, slug: str, names: Mapping[int, str], most: int
) -> tuple[tuple[Together, ...], int]:
    """The newest so many facts of a kind, and how many there are. Four queries, and no look."""
    rows = with_fact(access.visible_to(viewer).filter(kind=slug), slug)
    facts = _facts(rows)
    keys = list(facts.order_by("-newest", "fact").values_list("patient_id", "fact")[:most])
    shown = gathered_lines(rows.filter(fact__in=[fact for _, fact in keys]), names, NEVER)
    return _ordered(_with_words(viewer, slug, shown), keys), facts.count()


def _facts(rows: "QuerySet[Any]") -> "QuerySet[Any, Any]":
    each: QuerySet[Any, Any] = rows.order_by().values("patient_id", "fact")
    newest: QuerySet[Any, Any] = each.annotate(newest=Max("clinical_at"))
    return newest


def _newest_first(rows: "QuerySet[Any]") -> list[tuple[datetime, _Key]]:
    """Every fact by its newest record. One pass over the rows, for the years and the page alike."""
    found = _facts(rows).values_list("newest", "patient_id", "fact")
    each = sorted((newest, (patient_id, fact)) for newest, patient_id, fact in found)
    return each[::-1]


def _ordered(shown: Sequence[Together], keys: Sequence[_Key]) -> tuple[Together, ...]:
    """As the page has them; a line of another patient's with the same fact is not on it."""
    found = {(one.first.record.patient_id, one.first.record.fact): one for one in shown}  # type: ignore[attr-defined]
    return tuple(found[key] for key in keys if key in found)


def _senders(found: Tallied, kind: Kind) -> int:
    """How many places sent records of a kind."""
    return len({source for slug, source, _, count in found.counts if slug == kind.slug and count})
