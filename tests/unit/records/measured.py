"""What reading a file costs, told by a process that has taken little itself. Knows no Django."""

import resource
import time
from collections.abc import Callable
from typing import Any

from records.papers import CannotShow


def measured(work: Callable[..., Any], *words: Any) -> tuple[Any, float, int]:
    """What the work makes of its words, or nothing; its seconds; and the largest child so far, in KiB."""
    began = time.monotonic()
    try:
        found = work(*words)
    except CannotShow:
        found = None
    return found, time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
