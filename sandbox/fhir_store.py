"""What has been ingested, in one FHIR version, and the queries a FHIR server answers over it.

From docs/oneup.md (FHIR API). Every resource belongs to a holding (`sandbox/fhir_holding.py`).
"""

import threading
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sandbox.charts import VERSIONS, Chart, cut
from sandbox.fhir_holding import (
    REFERENCE,
    Holding,
    mint_patient_id,
    take_over,
    to_millisecond,
    written,
)
from sandbox.fhir_search import Narrowing, Page, Predicate, Stored, cursor_after, predicates, read_cursor
from sandbox.sharing import Grant


class NotFound(LookupError):
    """This user has no such resource; a server answers 404."""


class Gone(LookupError):
    """This user had the resource and its source no longer has it; a server answers 410."""


class HeldPatient(NamedTuple):
    """A Patient resource of a user, and the place (directory id) it came from."""

    patient_id: str
    system_id: int
    body: bytes


class Truth(NamedTuple):
    """One resource a user must have, and the digest of its content (charts.digest of what is served)."""

    fhir_version: str
    resource_type: str
    id: str
    digest: str


class FhirStore:
    """The resources of one FHIR version ("dstu2", "stu3" or "r4") of all users."""

    def __init__(self, fhir_version: str, root: str = "", grants: Collection[Grant] = ()) -> None:
        """`root`: the store's own address with a slash at its end, for links that name their server;
        `grants`: who lets whom see what, asked at each read.
        """
        if fhir_version not in VERSIONS:
            raise ValueError(f"no such FHIR version: {fhir_version}")
        self.fhir_version = fhir_version
        self._root = root
        self._grants = grants
        self._holdings: dict[int, dict[str, Holding]] = {}  # by user, then by Patient id, in that order
        self._lock = threading.Lock()
        self._sent = 0  # resources that users sent themselves

    def ingest(self, user: int, chart: Chart, *, at: datetime) -> str:
        """Take over a chart; the id its Patient has here. `at` becomes meta.lastUpdated of what changed.

        The very same `Chart` object again costs nothing; an equal one is read and compared. A chart of 50,000
        resources takes seconds: call it from a thread. Raises ValueError for another version, for a resource
        without an id, and for two resources with one key.
        """
        if chart.fhir_version != self.fhir_version:
            raise ValueError(f"a {chart.fhir_version} chart does not fit into the {self.fhir_version} store")
        with self._lock:
            patient = cut(chart.patient)
            patient_id = mint_patient_id(user, chart, patient.id)
            held = self._holdings.get(user, {}).get(patient_id)
            if held is None or held.chart is not chart:
                fresh = take_over(user, patient_id, chart, held, to_millisecond(at), self._root)
                self._replace(user, {**self._holdings.get(user, {}), patient_id: fresh})
            return patient_id

    def patients(self, user: int, *, system_id: int | None = None) -> list[HeldPatient]:
        """The Patient of each chart a user has, in order of id; of one place if asked."""
        return [
            HeldPatient(h.patient_id, h.chart.system_id, h.resources["Patient", h.patient_id].body)
            for h in self._of(user)
            if system_id in (None, h.chart.system_id) and ("Patient", h.patient_id) in h.resources
        ]

    def read(self, user: int, resource_type: str, identifier: str) -> bytes:
        """One resource as served; raises NotFound or Gone."""
        key = (resource_type, identifier)
        for held in self._seen(user):
            if key in held.resources:
                return held.resources[key].body
            if key in held.gone:
                raise Gone("the source no longer has it")
        raise NotFound("no such resource")

    def everything(
        self,
        user: int,
        patient_id: str,
        *,
        count: int = 10,
        after: str | None = None,
        skip: int = 0,
        by: Narrowing | None = None,
    ) -> Page:
        """One page of a Patient's chart: types in alphabetical order, then ids; `total` of all pages.

        `after` is the last page's `next_cursor`; without it `skip` resources are passed over. Raises
        NotFound, and fhir_search.BadParameter for a date or a cursor that cannot be read.
        """
        held = next((each for each in self._seen(user) if each.patient_id == patient_id), None)
        if held is None or ("Patient", patient_id) not in held.resources:
            raise NotFound("no such Patient")
        keys = held.filtered(by or Narrowing())
        start = bisect_right(keys, read_cursor(after)) if after else skip
        taken = [held.resources[key] for key in keys[start : start + count]]
        return page_of(taken, total=len(keys), more=start + count < len(keys))

    def search(
        self,
        user: int,
        resource_type: str,
        *,
        parameters: Iterable[tuple[str, str]] = (),
        count: int = 10,
        after: str | None = None,
        skip: int = 0,
    ) -> Page:
        """One page of all a user has of one type, in order of id.

        `parameters` are name and value as in the query (`_id`, `_lastUpdated`, see
        fhir_search.PARAMETERS); paging is by cursor or by `skip`. Raises fhir_search.BadParameter.
        """
        asked = predicates(resource_type, parameters)
        return paged(list(self._matching(user, resource_type, asked)), count=count, after=after, skip=skip)

    def all_of(self, user: int) -> Iterator[Stored]:
        """Every resource a user has, chart by chart, in the order `$everything` serves them."""
        for held in self._of(user):
            yield from (held.resources[key] for key in held.keys)

    def held(self, user: int, patient_id: str) -> Iterator[Stored]:
        """Every resource of one chart of a user's own."""
        chart = self._holdings[user][patient_id]
        yield from (chart.resources[key] for key in chart.keys)

    def write(self, user: int, resource: bytes, *, at: datetime) -> bytes:
        """Keep a resource that the user sends; as served, under an id of ours.

        It joins the chart of the user's Patient it refers to, and stays there when the place sends that chart
        again. Raises ValueError for what has no type.
        """
        with self._lock:
            sent = cut(resource)
            links = {match[4].decode() for match in REFERENCE.finditer(sent.rest) if match[3] == b"Patient"}
            owner = next((held for held in self._of(user) if held.patient_id in links), None)
            self._sent += 1
            fresh = written(user, sent, str(self._sent), self.fhir_version, owner, to_millisecond(at))
            self._replace(user, {**self._holdings.get(user, {}), fresh.patient_id: fresh})
            return next(reversed(fresh.written.values())).body

    def held_by(self, user: int) -> list[str]:
        """What `forget` may be told of a user: each chart, and each resource that stands alone."""
        return [held.patient_id for held in self._of(user)]

    def forget(self, user: int, patient_id: str | None = None) -> int:
        """Drop one Patient's chart, or all of a user, with history; how many resources went."""
        with self._lock:
            doomed = [held for held in self._of(user) if patient_id in (None, held.patient_id)]
            self._replace(user, {held.patient_id: held for held in self._of(user) if held not in doomed})
            return sum(len(held.resources) for held in doomed)

    def clear(self) -> None:
        """Forget everything of everybody."""
        with self._lock:
            self._holdings = {}

    def truth(self, user: int) -> Iterator[Truth]:
        """What a user must have after a complete import, for a ledger."""
        for held in self._of(user):
            for stored in (held.resources[key] for key in held.keys):
                yield Truth(self.fhir_version, stored.resource_type, stored.id, stored.digest)

    def _of(self, user: int) -> list[Holding]:
        return list(self._holdings.get(user, {}).values())

    def _seen(self, user: int) -> list[Holding]:
        """What a user may read: their own, and what others let them see, in order of the Patient's id."""
        shared = [
            self._holdings.get(each.owner, {}).get(each.patient_id)
            for each in tuple(self._grants)
            if (each.grantee, each.fhir_version) == (user, self.fhir_version)
        ]
        found = [*self._of(user), *(held for held in shared if held is not None)]
        return sorted(found, key=lambda held: held.patient_id) if shared else found

    def _replace(self, user: int, holdings: dict[str, Holding]) -> None:
        """Put other holdings in the place of a user's, in one step, since readers do not lock."""
        self._holdings[user] = dict(sorted(holdings.items()))

    def _matching(self, user: int, resource_type: str, asked: Sequence[Predicate]) -> Iterator[Stored]:
        for held in self._seen(user):
            for key in held.of_type(resource_type):
                stored = held.resources[key]
                if all(predicate(stored) for predicate in asked):
                    yield stored


def paged(found: Sequence[Stored], *, count: int, after: str | None = None, skip: int = 0) -> Page:
    """One page of these resources, which must be in order of type and id."""
    start = skip
    if after:
        start = bisect_right(found, read_cursor(after), key=lambda stored: (stored.resource_type, stored.id))
    taken = found[start : start + count]
    return page_of(taken, total=len(found), more=start + count < len(found))


def page_of(taken: Sequence[Stored], *, total: int, more: bool) -> Page:
    """A page of what was taken; with a cursor when there is more."""
    return Page(total, [stored.body for stored in taken], cursor_after(taken[-1]) if more and taken else None)
