"""What has been ingested, in one FHIR version, and the queries a FHIR server answers over it.

From docs/oneup.md (FHIR API). Every resource belongs to a holding: what one user has from one Patient of
one place. A holding is never changed; a new ingest puts another in its place, so a reader in another
thread sees the old chart or the new one, never half.

Ids are minted: 12 hex digits of the Patient, and for everything else those and 12 more, made of user,
place, version and the id inside the chart. So they are the same on every start, and never the same for
two users or two places.
"""

import hashlib
import re
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from sandbox.charts import VERSIONS, Chart, Cut, cut, join
from sandbox.fhir_search import Page, Predicate, Stored, cursor_after, date_test, predicates, read_cursor

FIRST_VERSION = 9_000_000_000_000

_REFERENCE = re.compile(rb'"(reference|url)":"([A-Z][A-Za-z]+)/([A-Za-z0-9.\-]{1,64})(?=["/])')

Key = tuple[str, str]


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


@dataclass(eq=False)
class Holding:
    """One user's chart from one place: resources by key, keys in the order `$everything` serves them."""

    user: int
    patient_id: str
    chart: Chart
    resources: dict[Key, Stored]
    gone: dict[Key, int]  # resources the source dropped, and their last version
    keys: list[Key] = field(default_factory=list)
    _last_filter: tuple[tuple[object, ...], list[Key]] | None = None

    def __post_init__(self) -> None:
        self.keys = sorted(self.resources)

    def of_type(self, resource_type: str) -> list[Key]:
        """Keys of one type, in order of id."""
        return self.keys[
            bisect_left(self.keys, (resource_type, "")) : bisect_left(self.keys, (resource_type + "\0", ""))
        ]

    def filtered(self, since: str | None, types: frozenset[str] | None) -> list[Key]:
        """Keys `_since` and `_type` leave; the last answer is kept, since the next page asks the same."""
        if since is None and types is None:
            return self.keys
        question = (since, types)
        if self._last_filter is None or self._last_filter[0] != question:
            self._last_filter = (question, self._filter(since, types))
        return self._last_filter[1]

    def _filter(self, since: str | None, types: frozenset[str] | None) -> list[Key]:
        recent = date_test(f"ge{since}") if since else (lambda _: True)
        wanted = self.keys if types is None else [key for name in sorted(types) for key in self.of_type(name)]
        return [key for key in wanted if recent(self.resources[key].at)]


class FhirStore:
    """The resources of one FHIR version ("dstu2", "stu3" or "r4") of all users."""

    def __init__(self, fhir_version: str) -> None:
        if fhir_version not in VERSIONS:
            raise ValueError(f"no such FHIR version: {fhir_version}")
        self.fhir_version = fhir_version
        self._holdings: dict[int, dict[str, Holding]] = {}  # by user, then by Patient id, in that order
        self._lock = threading.Lock()

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
                fresh = _take_over(user, patient_id, chart, held, _to_millisecond(at))
                self._replace(user, {**self._holdings.get(user, {}), patient_id: fresh})
            return patient_id

    def patients(self, user: int, *, system_id: int | None = None) -> list[HeldPatient]:
        """The Patient of each chart a user has, in order of id; of one place if asked."""
        return [
            HeldPatient(h.patient_id, h.chart.system_id, h.resources["Patient", h.patient_id].body)
            for h in self._of(user)
            if system_id in (None, h.chart.system_id)
        ]

    def read(self, user: int, resource_type: str, identifier: str) -> bytes:
        """One resource as served; raises NotFound or Gone."""
        key = (resource_type, identifier)
        for held in self._of(user):
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
        since: str | None = None,
        types: Iterable[str] | None = None,
    ) -> Page:
        """One page of a Patient's chart: types in alphabetical order, then ids; `total` of all pages.

        `after` is the last page's `next_cursor`, `since` a FHIR date (changed at or after it), `types`
        names of resource types. Raises NotFound, and fhir_search.BadParameter for a date or a cursor that
        cannot be read.
        """
        held = self._holdings.get(user, {}).get(patient_id)
        if held is None:
            raise NotFound("no such Patient")
        keys = held.filtered(since, frozenset(types) if types is not None else None)
        start = bisect_right(keys, read_cursor(after)) if after else 0
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
        asked = predicates(parameters)
        return paged(list(self._matching(user, resource_type, asked)), count=count, after=after, skip=skip)

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

    def _replace(self, user: int, holdings: dict[str, Holding]) -> None:
        """Put other holdings in the place of a user's, in one step, since readers do not lock."""
        self._holdings[user] = dict(sorted(holdings.items()))

    def _matching(self, user: int, resource_type: str, asked: Sequence[Predicate]) -> Iterator[Stored]:
        for held in self._of(user):
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


def mint_patient_id(user: int, chart: Chart, local_id: str) -> str:
    """The id a chart's Patient gets: 12 hex digits, the same on every start."""
    return _hash(f"{user}/{chart.system_id}/{chart.fhir_version}/{local_id}")


def _take_over(user: int, patient_id: str, chart: Chart, held: Holding | None, at: datetime) -> Holding:
    parts = _cuts(chart)
    ids = {(part.resource_type, part.id): _hash(f"{part.resource_type}/{part.id}") for part in parts}
    minted = {key: patient_id + tail for key, tail in ids.items()}
    minted["Patient", parts[0].id] = patient_id
    if len(minted) != len(parts):
        raise ValueError("two resources of a chart have the same type and id")
    before = held.resources if held else {}
    lost = dict(held.gone) if held else {}
    resources: dict[Key, Stored] = {}
    parts.reverse()
    while parts:  # emptied while the other grows, so that a big chart is in memory once
        fresh = _renamed(parts.pop(), minted)
        key = (fresh.resource_type, fresh.id)
        resources[key] = _stored(fresh, chart, before.get(key), lost.pop(key, FIRST_VERSION - 1), at)
    lost.update({key: stored.version for key, stored in before.items() if key not in resources})
    return Holding(user, patient_id, chart, resources, lost)


def _cuts(chart: Chart) -> list[Cut]:
    return [cut(chart.patient), *(cut(resource) for resource in chart.resources)]


def _renamed(part: Cut, minted: dict[Key, str]) -> Cut:
    """The resource under its minted id, with its references to others of the chart."""

    def rename(match: re.Match[bytes]) -> bytes:
        target = minted.get((match[2].decode(), match[3].decode()))
        return b'"%s":"%s/%s' % (match[1], match[2], target.encode()) if target else match[0]

    key = (part.resource_type, part.id)
    return part._replace(id=minted[key], rest=_REFERENCE.sub(rename, part.rest))


def _stored(fresh: Cut, chart: Chart, before: Stored | None, last_version: int, at: datetime) -> Stored:
    """The resource as served: the same as before when its content is, else a new version."""
    content = hashlib.sha256(join(fresh)).hexdigest()
    if before is not None and before.digest == content:
        return before
    version = (before.version if before else last_version) + 1
    body = join(fresh, _bookkeeping(chart, version, at))
    return Stored(fresh.resource_type, fresh.id, body, content, version, at)


def _bookkeeping(chart: Chart, version: int, at: datetime) -> bytes:
    """Members of meta. DSTU2 has no `source` (docs/oneup.md, which system a resource came from)."""
    when = at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
    text = f'"versionId":"{version}","lastUpdated":"{when}"'
    if chart.fhir_version != "dstu2":
        text += f',"source":"1up-external-system:{chart.system_id}"'
    return text.encode()


def _to_millisecond(at: datetime) -> datetime:
    """What meta.lastUpdated can say; raises ValueError for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError("the time of an ingest needs a zone")
    at = at.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
