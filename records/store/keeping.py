"""Keeping a page of resources: unchanged ones cost a look-up, changed ones leave their old body behind."""

from collections.abc import Sequence
from dataclasses import dataclass

from records.models import Origin


class StoreTrouble(Exception):
    """The database did not take what it was given. Its own text holds values and is not passed on."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a batch, counted after doubles inside it were removed."""

    new: int = 0
    changed: int = 0
    same: int = 0
    quarantined: int = 0


def keep(
    *,
    patient_id: int,
    source_id: int,
    origin: Origin,
    upstream_patient: str,
    resources: Sequence[bytes],
    rejected: Sequence[tuple[str, bytes]] = (),
) -> Kept:
    """Keep resources of one patient from one place; `rejected` are (reason word, bytes) that were cut badly.

    The exact bytes of each. Raises StoreTrouble, and then nothing of the batch is kept.
    """
    raise NotImplementedError
