"""A holding: what one user has from one Patient of one place, in one FHIR version.

A holding is never changed; a new ingest puts another in its place, so a reader in another thread sees the
old chart or the new one, never half.

Ids are minted: 12 hex digits of the Patient, and for everything else those and 12 more, made of user,
place, version and the id inside the chart. So they are the same on every start, and never the same for
two users or two places.

Inside a chart a reference reads `Type/id`. An attachment's address may read `~/Binary/id` instead: it is
served as a full address of this server, for which a holding is told the store's own (`root`).
"""

import hashlib
import re
from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sandbox.charts import Chart, Cut, cut, join
from sandbox.fhir_search import Narrowing, Stored, about, date_test

FIRST_VERSION = 9_000_000_000_000
REFERENCE = re.compile(rb'"(reference|url)":"(~/)?([A-Z][A-Za-z]+)/([A-Za-z0-9.\-]{1,64})(?=["/])')

Key = tuple[str, str]


@dataclass(eq=False)
class Holding:
    """One user's chart from one place: resources by key, keys in the order `$everything` serves them."""

    user: int
    patient_id: str
    chart: Chart
    resources: dict[Key, Stored]
    gone: dict[Key, int]  # resources the source dropped, and their last version
    written: dict[Key, Stored] = field(default_factory=dict)  # those of `resources` that the user sent
    keys: list[Key] = field(default_factory=list)
    _last_filter: tuple[Narrowing, list[Key]] | None = None

    def __post_init__(self) -> None:
        self.keys = sorted(self.resources)

    def of_type(self, resource_type: str) -> list[Key]:
        """Keys of one type, in order of id."""
        return self.keys[
            bisect_left(self.keys, (resource_type, "")) : bisect_left(self.keys, (resource_type + "\0", ""))
        ]

    def filtered(self, by: Narrowing) -> list[Key]:
        """Keys that are left; the last answer is kept, since the next page asks the same."""
        if by == Narrowing():
            return self.keys
        if self._last_filter is None or self._last_filter[0] != by:
            self._last_filter = (by, self._filter(by))
        return self._last_filter[1]

    def _filter(self, by: Narrowing) -> list[Key]:
        recent = date_test(f"ge{by.since}") if by.since else (lambda _: True)
        timely = about(by.start, by.end) if by.start or by.end else (lambda _: True)
        types = (
            self.keys
            if by.types is None
            else [key for name in sorted(by.types) for key in self.of_type(name)]
        )
        return [key for key in types if recent(self.resources[key].at) and timely(self.resources[key])]


def mint_patient_id(user: int, chart: Chart, local_id: str) -> str:
    """The id a chart's Patient gets: 12 hex digits, the same on every start."""
    return _hash(f"{user}/{chart.system_id}/{chart.fhir_version}/{local_id}")


def take_over(
    user: int, patient_id: str, chart: Chart, held: Holding | None, at: datetime, root: str
) -> Holding:
    """The holding after a place sent this chart: `held` was there before, `at` is when it came."""
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
        fresh = _renamed(parts.pop(), minted, root)
        key = (fresh.resource_type, fresh.id)
        resources[key] = _stored(fresh, chart, before.get(key), lost.pop(key, FIRST_VERSION - 1), at)
    sent = held.written if held else {}
    resources |= sent
    lost.update({key: stored.version for key, stored in before.items() if key not in resources})
    return Holding(user, patient_id, chart, resources, lost, sent)


def written(
    user: int, sent: Cut, name: str, fhir_version: str, owner: Holding | None, at: datetime
) -> Holding:
    """The owner's holding with one resource more, whose id is made of `name`; a new one without an owner."""
    fresh = sent._replace(id=_hash(f"{user}/{fhir_version}/written/{name}"))
    key, own = (fresh.resource_type, fresh.id), Chart(0, fhir_version, b"", ())
    stored = _stored(fresh, own, None, FIRST_VERSION - 1, at)
    if owner is None:
        return Holding(user, fresh.id, own, {key: stored}, {}, {key: stored})
    resources, sent_ones = {**owner.resources, key: stored}, {**owner.written, key: stored}
    return Holding(user, owner.patient_id, owner.chart, resources, owner.gone, sent_ones)


def _cuts(chart: Chart) -> list[Cut]:
    return [cut(chart.patient), *(cut(resource) for resource in chart.resources)]


def _renamed(part: Cut, minted: dict[Key, str], root: str) -> Cut:
    """The resource under its minted id, with its references to others of the chart."""

    def rename(match: re.Match[bytes]) -> bytes:
        target = minted.get((match[3].decode(), match[4].decode()))
        here = root.encode() if match[2] else b""
        return b'"%s":"%s%s/%s' % (match[1], here, match[3], target.encode()) if target else match[0]

    key = (part.resource_type, part.id)
    return part._replace(id=minted[key], rest=REFERENCE.sub(rename, part.rest))


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
    if chart.fhir_version != "dstu2" and chart.system_id:
        text += f',"source":"1up-external-system:{chart.system_id}"'
    return text.encode()


def to_millisecond(at: datetime) -> datetime:
    """What meta.lastUpdated can say; raises ValueError for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError("the time of an ingest needs a zone")
    at = at.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
