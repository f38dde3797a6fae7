"""The alarms: each a rule over measured values that says in numbers what is wrong, or nothing.

From security goal G27.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.watching.measures import Measured

_SWEEP_LATE = 90.0  # seconds; the sweep comes every ten
_CANARY_LATE = 100.0  # seconds; the canary sings every minute
_PILED_UP = 3  # messages that nobody takes out of Redis
_QUEUE_LATE = 300.0  # seconds
_MANY_429 = 10
_FAILED_TOKENS = 3
_MISMATCHES = 3
_FAILED_SIGN_INS = 100
_QUARANTINED = 50
_SEAL_LATE = 1800.0  # seconds; a seal is made every five minutes
_FULL = 0.85
_LEAST_FREE = 0.1
_DAY = 86_400.0  # seconds
_CERTIFICATE_ENDS = 14 * _DAY
_KEY_IS_OLD = 400 * _DAY


@dataclass(frozen=True, slots=True)
class Rule:
    """One alarm. `look` gives what was measured, when that is bad, and else nothing."""

    name: str
    title: Promise
    do: Promise
    look: Callable[[Measured], str]
    is_grave: bool = True


def _stuck_worker(now: Measured) -> str:
    late = _since(now.canary, now) > _CANARY_LATE
    beats = now.sweep is not None and now.sweep <= _SWEEP_LATE
    return f"canary={_seconds(now.canary)} broker={now.broker}" if late and (beats or _piled_up(now)) else ""


def _no_beat(now: Measured) -> str:
    late = _since(now.sweep, now) > _SWEEP_LATE
    return f"sweep={_seconds(now.sweep)} broker={now.broker}" if late and not _piled_up(now) else ""


def _queue_age(now: Measured) -> str:
    late = [queue for queue in now.queues if queue.oldest > _QUEUE_LATE]
    return " ".join(f"{queue.kind}={queue.oldest:.0f}s/{queue.due}" for queue in late)


def _storm(now: Measured) -> str:
    found = sum(amount for (_call, how), amount in now.upstream.items() if how == "429")
    return f"429s={found}" if found >= _MANY_429 else ""


def _refresh_failures(now: Measured) -> str:
    failed = now.tokens.get(("failed", ""), 0)
    return f"failed={failed}" if failed >= _FAILED_TOKENS else ""


def _mismatch(now: Measured) -> str:
    return f"mismatches={now.mismatches}" if now.mismatches >= _MISMATCHES else ""


def _brute_force(now: Measured) -> str:
    return f"failed={now.sign_ins_failed}" if now.sign_ins_failed >= _FAILED_SIGN_INS else ""


def _audit_gap(now: Measured) -> str:
    may = "the application may change looks" if now.looks_may_change else ""
    return f"changed={now.looks_changed}" if now.looks_changed else may


def _seal(now: Measured) -> str:
    if now.seal_broken:
        return f"findings={len(now.seal_broken)} first={now.seal_broken[0]}"[:200]
    late = now.unsealed_since is not None and now.unsealed_since > _SEAL_LATE
    return f"unsealed={now.unsealed} for={_seconds(now.unsealed_since)}" if late else ""


def _disk(now: Measured) -> str:
    if now.database_room and now.database > now.database_room * _FULL:
        return f"database={now.database / 10**9:.1f}GB of {now.database_room / 10**9:.0f}GB"
    return f"free={now.disk_free:.0%}" if now.disk_free < _LEAST_FREE else ""


def _expiry(now: Measured) -> str:
    if now.certificate is not None and now.certificate < _CERTIFICATE_ENDS:
        return f"certificate={now.certificate / _DAY:.0f}d"
    if now.keys_unknown:
        return f"values_without_key={now.keys_unknown}"
    return f"key_age={now.sealing / _DAY:.0f}d" if now.sealing and now.sealing > _KEY_IS_OLD else ""


def _quarantine(now: Measured) -> str:
    return f"quarantined={now.quarantined}" if now.quarantined >= _QUARANTINED else ""


def _piled_up(now: Measured) -> bool:
    return now.broker is not None and now.broker >= _PILED_UP


def _since(value: float | None, now: Measured) -> float:
    return now.installed if value is None else value


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.0f}s"


RULES = (
    Rule(
        "stuck_worker",
        _("No worker does any work"),
        _("Restart the workers. Work waits in the database and nothing is lost."),
        _stuck_worker,
    ),
    Rule(
        "no_beat",
        _("Nobody looks for due work"),
        _("See that beat runs, exactly one, and that Redis answers; then restart what does not."),
        _no_beat,
    ),
    Rule(
        "queue_age",
        _("Work has been waiting for over five minutes"),
        _("Start more workers; where it is one kind alone, see whether its upstream answers."),
        _queue_age,
        is_grave=False,
    ),
    Rule(
        "too_many",
        _("The gateway says that we ask too much"),
        _("Our budget halves itself. Lower ONEUP_REQUESTS_PER_MINUTE, or have the gateway raise the limit."),
        _storm,
        is_grave=False,
    ),
    Rule(
        "refresh_failures",
        _("Patients’ access cannot be renewed"),
        _("See that the gateway still takes our client id and secret; no patient can do anything about it."),
        _refresh_failures,
    ),
    Rule(
        "mismatch",
        _("Several returns or persons did not fit"),
        _("Somebody may be handing out links to connect. Nothing of it is shown; look at the log."),
        _mismatch,
    ),
    Rule(
        "brute_force",
        _("Many sign-ins fail"),
        _("Somebody guesses. Guesses are limited for each account; block where they come from in front."),
        _brute_force,
    ),
    Rule(
        "audit_gap",
        _("Looks at records were changed, or could be"),
        _("Find out who changed ground_look as its owner; run migrate, which takes the rights away again."),
        _audit_gap,
    ),
    Rule(
        "seal",
        _("The log of looks does not agree with its seal, or is not sealed"),
        _("Run manage.py seal verify: it says which looks. Where it only lags, see that the workers work."),
        _seal,
    ),
    Rule("disk", _("A disk is nearly full"), _("Make room, or give it more."), _disk),
    Rule(
        "expiry",
        _("A certificate or a key comes to its end"),
        _("Renew the certificate; rotate the key as docs/operating.md says."),
        _expiry,
        is_grave=False,
    ),
    Rule(
        "quarantine",
        _("Much of what places send cannot be kept"),
        _("See which place changed what it sends; the bytes are kept, and are read when a reader can."),
        _quarantine,
        is_grave=False,
    ),
)
