"""Resources of invented people, as served, to train the product's compression dictionary on."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime

from sandbox.charts import VERSIONS
from sandbox.fhir_store import FhirStore
from sandbox.patients.crowd import population
from sandbox.patients.invented import invented_logins

_AT = datetime(2026, 5, 7, 8, 30, 12, 345000, tzinfo=UTC)
_SHARE = 4  # one sample in so many comes from the charts written by hand, while there are any
_FAR = 1_000_003  # keeps the crowd of the samples apart from the crowd a benchmark imports with the same seed


def training_samples(n: int, seed: int = 1) -> list[bytes]:
    """`n` resources in a mixed order, the same for one seed: some written by hand, most of the crowd."""
    rng = random.Random(seed)
    by_hand = list(_written_by_hand(seed))
    chosen = rng.sample(by_hand, min(len(by_hand), n // _SHARE))
    chosen += population(n - len(chosen), seed + _FAR)
    rng.shuffle(chosen)
    return chosen


def _written_by_hand(seed: int) -> Iterator[bytes]:
    """What every chart holds, big ones cut short, each resource served once."""
    stores = {version: FhirStore(version) for version in VERSIONS}
    for user, login in enumerate(invented_logins(seed, 60)[1:]):
        for chart in login.charts:
            store = stores[chart.fhir_version]
            patient_id = store.ingest(user, chart, at=_AT)
            yield from store.everything(user, patient_id, count=len(chart.resources) + 1).entries
