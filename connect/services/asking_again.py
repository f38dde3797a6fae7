"""When a gateway is asked again for what it did not confirm: as it says, else ever more seldom."""

import logging

from connect.gateway import GatewayError, SignInAgain, TryLater
from ground.models import Job

log = logging.getLogger(__name__)

_WAITS = (5, 15, 60, 300, 900)  # seconds
_REFUSED_WAIT = 3600.0  # seconds; asking the same way may help after somebody looked into it


def wait_after(trouble: GatewayError, troubles: int, job: Job) -> float:
    """Seconds, after so many troubles before this one. What was refused is logged for operators."""
    usual = float(_WAITS[min(troubles, len(_WAITS) - 1)])
    if isinstance(trouble, TryLater):
        return usual if trouble.retry_after is None else max(trouble.retry_after, 0.5)
    if isinstance(trouble, SignInAgain):
        return usual
    told = {"job": job.pk, "kind": job.kind, "call": trouble.call, "status": trouble.status}
    log.error("gateway refused", extra=told)
    return _REFUSED_WAIT
