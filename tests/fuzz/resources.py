"""Hostile resources through the real page cutter into the real store, and out again through the pages.

A neighbour is lost when it is not in the store exactly once with its exact bytes; a hostile resource is
unaccounted for when it is neither in the store nor in quarantine with a reason.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.test import Client
from django.urls import reverse

from connect.oneup import bundles
from ground import scope
from ground.viewer import job_viewer
from records import bodies, store
from records.fhir import kinds, parsing
from records.models import Quarantined, Record, Source
from records.reading.told import narrative
from tests import factories as make
from tests.fuzz import charts
from tests.fuzz.charts import Page

_WITH_FILES = {"DocumentReference", "DiagnosticReport", "Media", "Binary"}
_FILES = 6  # of a chart: each is opened in a process of its own
_LISTS = ("", "?page=2", "?q=a", "?page=-1")


@dataclass
class Result:
    """What came of a run. `problems` are a few sentences for whoever mends them."""

    hostile: int = 0
    neighbours: int = 0
    stored: int = 0
    pages_read: int = 0
    errors: int = 0
    lost: int = 0
    unaccounted: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def trouble(self, words: str) -> None:
        """Note a sentence; the first hundred say enough."""
        if len(self.problems) < 100:
            self.problems.append(words)


def run(seed: int, numbers: range, *, looks: int = 30) -> Iterator[Result]:
    """Run these numbers, chart by chart, each a patient of their own; the result so far after each chart.

    `looks`: how many records of a chart are opened one by one beside its lists.
    """
    result, size = Result(), charts.HOSTILE_ON_A_PAGE * charts.PAGES_OF_A_CHART
    for turn, start in enumerate(range(numbers.start, numbers.stop, size)):
        some = range(start, min(start + size, numbers.stop))
        version = charts.VERSIONS[turn % len(charts.VERSIONS)]
        _chart(
            result, version, list(charts.pages(seed, some, version)), random.Random(f"{seed}+{start}"), looks
        )
        yield result


def _chart(result: Result, version: str, pages: list[Page], rng: random.Random, looks: int) -> None:
    user = make.user(f"fuzz{rng.getrandbits(64)}@example.org")
    patient = make.patient(user)
    place = make.source(patient)
    for page in pages:
        _kept(result, place, version, page)
    _settled(result, place)
    _accounted(result, place, pages)
    _read(result, place, version)
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    client.force_login(user)
    _shown(result, client, _addresses(place, rng, looks))


def _kept(result: Result, place: Source, version: str, page: Page) -> None:
    """One page as an import keeps it. What fails costs all its neighbours, and is counted as that later."""
    result.hostile += len(page.hostiles)
    result.neighbours += len(page.neighbours)
    try:
        found = bundles.cut(page.body)
        with scope.open(job_viewer(place.patient_id)):
            store.keep(
                patient_id=place.patient_id,
                source_id=place.pk,
                origin=make.origin(version),
                upstream_patient="rosa-1",
                resources=found.resources,
                rejected=found.rejected,
            )
    except Exception as error:  # noqa: BLE001  (whatever it is, it is what we look for)
        result.trouble(
            f"a page was not kept: {type(error).__name__} {error} {[one.damage for one in page.hostiles]}"
        )


def _settled(result: Result, place: Source) -> None:
    """What a complete pass ends with: names for what had none, and what was received of each kind."""
    try:
        make.settled(place)
    except Exception as error:  # noqa: BLE001  (whatever it is, it is what we look for)
        result.errors += 1
        result.trouble(f"a pass did not settle: {type(error).__name__} {error}")


def _accounted(result: Result, place: Source, pages: list[Page]) -> None:
    with scope.open(job_viewer(place.patient_id)):
        mine: dict[str, Any] = {"patient_id": place.patient_id}
        kept = Counter(_body(*row) for row in Record.objects.filter(**mine).values_list("dictionary", "body"))
        rows = Quarantined.objects.filter(**mine).values_list("reason", "dictionary", "body")
        refused = {_body(*row): reason for reason, *row in rows}
    result.stored += kept.total()
    result.reasons.update(refused.values())
    for page in pages:
        _neighbours(result, page, kept, refused)
        for one in page.hostiles:
            reasons = [refused.get(one.raw), refused.get(one.whole)]
            if not kept[one.raw] and not any(reasons):
                result.unaccounted += 1
                result.trouble(f"unaccounted for: {one.damage} {one.whole[:300]!r}")


def _neighbours(result: Result, page: Page, kept: Counter[bytes], refused: dict[bytes, str]) -> None:
    lost = [one for one in page.neighbours if kept[one] != 1 or one in refused]
    result.lost += len(lost)
    for one in lost:
        result.trouble(f"a lost neighbour, here {kept[one]} times: {one[:120]!r}")


def _body(dictionary: int, body: bytes) -> bytes:
    return bodies.unpack(dictionary, bytes(body))


def _read(result: Result, place: Source, version: str) -> None:
    """Every record through every reader, and whatever a reader gave up on."""
    with scope.open(job_viewer(place.patient_id)):
        rows = Record.objects.filter(patient_id=place.patient_id).values_list(
            "dictionary", "body", "extract_version"
        )
        found = list(rows)
    for dictionary, body, extracted in found:
        raw = _body(dictionary, body)
        try:
            row = kinds.read(parsing.parse(raw), version)
            narrative(row.narrative)
        except Exception as error:  # noqa: BLE001  (whatever it is, it is what we look for)
            result.errors += 1
            result.trouble(f"a reader raised {type(error).__name__} {error}: {raw[:300]!r}")
        if not extracted:
            result.trouble(f"a record without a head: {raw[:300]!r}")


def _addresses(place: Source, rng: random.Random, looks: int) -> list[str]:
    """Every list, and some of the records with their originals."""
    with scope.open(job_viewer(place.patient_id)):
        rows = Record.objects.filter(patient_id=place.patient_id, fhir_id__startswith="n-")
        others = Record.objects.filter(patient_id=place.patient_id).difference(rows)
        keys = sorted(others.values_list("kind", "origin_id", "resource_type", "fhir_id"))
    address = partial(reverse, "records:one")
    some = [address(args=row) for row in rng.sample(keys, min(looks, len(keys)))]
    lists = [reverse("records:kind", args=[kind.slug]) + rng.choice(_LISTS) for kind in kinds.KINDS]
    files = [address(args=row) + "file/0/" for row in keys if row[2] in _WITH_FILES][:_FILES]
    more = [one + rng.choice(("?words=1", "original/", "original/download/")) for one in some[::3]]
    return ["/", reverse("records:overview"), *lists, *some, *more, *files]


def _shown(result: Result, client: Client, addresses: list[str]) -> None:
    for address in addresses:
        answer = client.get(address)
        result.pages_read += 1
        if answer.status_code >= 500:
            result.errors += 1
            error = (answer.exc_info or (None, None))[1]
            result.trouble(f"{answer.status_code} for {address[:200]}: {type(error).__name__} {error}")
        elif answer.status_code != 200 and "/file/" not in address:
            result.trouble(f"{answer.status_code} for {address[:200]}")
