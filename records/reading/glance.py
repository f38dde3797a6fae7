"""What who treats somebody must see first: allergies, medicines and conditions that no place calls ended."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, get_args

from ground import audit
from ground.viewer import Viewer
from records import access
from records.fhir import parsing
from records.fhir.stated import stated
from records.models import Record
from records.reading.finding import raw
from records.reading.packet import Facts, current_facts
from records.reading.together import Together

First = Literal["allergies", "medicines", "conditions"]
FIRST: tuple[First, ...] = get_args(First)
_OVER = frozenset({"inactive", "resolved", "refuted"})
"""Statuses of allergies that stand last, and are not left out: somebody may have to ask about them."""


def glance(viewer: Viewer) -> Mapping[First, Facts]:
    """Each of the three kinds, the newest first; of allergies the dangerous before, what is over last.
    Inside a scope; writes the look. The number of queries is always the same.
    """
    names = dict(access.places_of(viewer).values_list("pk", "name"))
    found: dict[First, Facts] = {slug: current_facts(viewer, slug, names) for slug in FIRST}
    found["allergies"] = _dangerous_first(found["allergies"])
    for patient_id in viewer.patients:
        audit.looked(viewer, patient_id, "glance", rows=sum(len(one.rows) for one in found.values()))
    return found


def is_dangerous(fact: Together) -> bool:
    """Whether a record of an allergy says that the next reaction may be dangerous."""
    return any(_danger(line.record) == "high" for line in fact.lines)


def _dangerous_first(facts: Facts) -> Facts:
    rows = sorted(facts.rows, key=lambda one: (_is_over(one), not is_dangerous(one)))
    return replace(facts, rows=tuple(rows))


def _is_over(fact: Together) -> bool:
    return all(line.record.status in _OVER for line in fact.lines)


def _danger(record: Record) -> str:
    return stated(parsing.parse(raw(record))).danger
