"""Who may see everything of a place: grants that leave nothing out, for whoever repeats them elsewhere.

A gateway knows one yes for all that a place sent of somebody, and nothing finer (docs/oneup.md §13): a grant
that hides a kind, a time or what is marked as sensitive is no such yes (decision 0039).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ground import jobs
from records.models import Grant, Source, Terms

CHANGED = "mirroring"
"""The job that is put when what a patient shares with clinics may have changed; its subject: the patient."""


@dataclass(frozen=True, slots=True)
class Whole:
    """That a clinic may see all of these places (sources) until `ends_at`, as the patient last agreed at
    `agreed_at`.
    """

    clinic_id: int
    sources: frozenset[int]
    agreed_at: datetime
    ends_at: datetime


def leaves_nothing_out(grant: Terms) -> bool:
    """Whether a clinic's grant shows all that the places it covers have sent and will send."""
    every = grant.every_kind and grant.sensitive and grant.since is None and grant.until is None
    return grant.recipient == Terms.Recipient.CLINIC and every


def shared(patient_id: int) -> tuple[Whole, ...]:
    """What holds now, by the clock of the database. Inside the patient's scope."""
    return tuple(_wholes(patient_id))


def changed(patient_id: int) -> None:
    """Have it looked at anew, after the transaction around."""
    jobs.put(CHANGED, subject=patient_id, patient_id=patient_id)


def _wholes(patient_id: int) -> Iterator[Whole]:
    mine = Source.objects.filter(patient_id=patient_id, gate=Source.Gate.OPEN)
    open_ones = frozenset(mine.values_list("pk", flat=True))
    for grant in Grant.objects.of(patient_id).good().order_by("pk"):
        if leaves_nothing_out(grant) and grant.clinic_id is not None and grant.confirmed_at is not None:
            sources = open_ones if grant.every_place else open_ones & frozenset(grant.places)
            yield Whole(grant.clinic_id, sources, grant.confirmed_at, grant.ends_at)
