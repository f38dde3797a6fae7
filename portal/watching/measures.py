"""Measuring: one value for everything an alarm or the operations page looks at, asked anew each time."""

import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from celery import current_app
from cryptography import x509
from django.conf import settings
from django.db import connection
from django.db.models import Count, Max, Min, Q
from django.db.models.functions import Now
from django.utils import timezone

from connect.models import Breaker
from ground import counting, sealing
from ground.models import Heartbeat, Job
from portal import keys, rereading
from portal.models import Patient

#: Heartbeats: the sweep's, the canary's, the daily housekeeping's, the seal's.
SWEEP, CANARY, HOUSEKEEPING, SEALED = "sweep", "canary", "housekeeping", "seal"

_LOOKS = """
    select coalesce(sum(n_tup_upd + n_tup_del), 0) from pg_stat_user_tables where relname = 'ground_look'
"""
_INSTALLED = """
    select coalesce(extract(epoch from now() - min(applied)), 0) from django_migrations
    where app = 'ground' and name = '0003_operating'
"""
_MAY_CHANGE_LOOKS = """
    select has_table_privilege('ground_look', 'UPDATE') or has_table_privilege('ground_look', 'DELETE')
        or has_table_privilege('ground_look', 'TRUNCATE')
"""


@dataclass(frozen=True, slots=True)
class Queue:
    """The due jobs of one kind that nobody works on, and for how many seconds the oldest has been due."""

    kind: str
    due: int
    oldest: float


@dataclass(frozen=True, slots=True)
class Measured:
    """How everything is right now. Ages in seconds, None where it never happened or is not known.

    What is counted (`upstream` and the rest) is of the last half hour. `installed`: for how long there is
    anything to watch here; what never happened can be late by no more.
    """

    installed: float = 0.0
    sweep: float | None = None
    canary: float | None = None
    housekeeping: float | None = None
    broker: int | None = None
    queues: tuple[Queue, ...] = ()
    working: int = 0
    stuck: int = 0
    mail: float | None = None
    mails: int = 0
    upstream: dict[tuple[str, str], int] = field(default_factory=dict)
    breakers: int = 0
    tokens: dict[tuple[str, str], int] = field(default_factory=dict)
    mismatches: int = 0
    sign_ins_failed: int = 0
    quarantined: int = 0
    looks_changed: int = 0
    looks_may_change: bool = False
    unsealed: int = 0
    unsealed_since: float | None = None
    seal_broken: tuple[str, ...] = ()
    database: int = 0
    database_room: int = 0
    disk_free: float = 1.0
    certificate: float | None = None
    sealing: float | None = None
    keys: dict[str, dict[str, int]] = field(default_factory=dict)
    keys_unknown: int = 0
    reread: tuple[int, int] | None = None

    @property
    def oldest(self) -> float:
        """For how long the oldest job has been due."""
        return max((queue.oldest for queue in self.queues), default=0.0)


def measure() -> Measured:
    """Ask everything now; half a second at most is spent on Redis."""
    mails = Job.objects.filter(kind="mail", state=Job.State.WAITING)
    mails_found = mails.aggregate(amount=Count("pk"), oldest=Min("created_at"))
    found, (unsealed, unsealed_since) = keys.surveyed(), sealing.waiting()
    return Measured(
        installed=max(0.0, float(_asked(_INSTALLED))),
        sweep=age(counting.last(SWEEP)),
        canary=age(counting.last(CANARY)),
        housekeeping=age(counting.last(HOUSEKEEPING)),
        broker=_broker(),
        queues=_queues(),
        working=Job.objects.filter(
            state=Job.State.WAITING, due_at__lte=Now(), leased_until__gt=Now()
        ).count(),
        stuck=Job.objects.filter(state=Job.State.STUCK).count(),
        mail=age(mails_found["oldest"]),
        mails=mails_found["amount"],
        upstream=counting.lately("upstream"),
        breakers=Breaker.objects.filter(open_until__gt=timezone.now()).count(),
        tokens=counting.lately("tokens"),
        mismatches=_sum("mismatch"),
        sign_ins_failed=_sum("sign in"),
        quarantined=_sum("quarantine"),
        looks_changed=int(_asked(_LOOKS)),
        looks_may_change=bool(_asked(_MAY_CHANGE_LOOKS)),
        unsealed=unsealed,
        unsealed_since=age(unsealed_since),
        seal_broken=_seal_broken(),
        database=int(_asked("select pg_database_size(current_database())")),
        database_room=settings.DATABASE_GIGABYTES * 10**9,
        disk_free=_disk_free(),
        certificate=_certificate(),
        sealing=age(keys.sealing_since()),
        keys=found,
        keys_unknown=sum(sum(found[name].values()) for name in keys.unknown(found)),
        reread=_reread(),
    )


def age(at: datetime | None) -> float | None:
    """Seconds since then; never below zero, whatever clocks say."""
    return None if at is None else max(0.0, (timezone.now() - at).total_seconds())


def _queues() -> tuple[Queue, ...]:
    free = Q(leased_until=None) | Q(leased_until__lt=Now())
    due = Job.objects.filter(free, state=Job.State.WAITING, due_at__lte=Now())
    rows = due.order_by().values("kind").annotate(amount=Count("pk"), oldest=Min("due_at")).order_by("kind")
    return tuple(Queue(row["kind"], row["amount"], age(row["oldest"]) or 0.0) for row in rows)


def _broker() -> int | None:
    """How many messages wait in Redis; None when it does not answer."""
    try:
        with current_app.connection_for_read(connect_timeout=0.5, transport_options=_QUICK) as link:
            link.ensure_connection(max_retries=1, timeout=0.5)
            channel = link.default_channel
            return int(channel.client.llen(current_app.conf.task_default_queue))
    except Exception:  # noqa: BLE001  (whatever a broken broker raises, it does not answer)
        return None


_QUICK = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "max_retries": 0}


def _sum(name: str) -> int:
    return sum(counting.lately(name).values())


def _asked(question: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return int(cursor.fetchone()[0])


def _disk_free() -> float:
    """Which part of this machine's own disk for passing files is free."""
    disk = shutil.disk_usage(tempfile.gettempdir())
    return disk.free / disk.total if disk.total else 1.0


def _certificate() -> float | None:
    """For how many seconds the site's certificate is still good; below zero when it is over or unreadable."""
    if not settings.SITE_CERTIFICATE:
        return None
    try:
        found = x509.load_pem_x509_certificate(Path(settings.SITE_CERTIFICATE).read_bytes())
    except (OSError, ValueError):
        return -1.0
    return (found.not_valid_after_utc - datetime.now(UTC)).total_seconds()


def _seal_broken() -> tuple[str, ...]:
    """Where the log of looks did not agree with its seal, as the last round found it."""
    row = Heartbeat.objects.filter(name=SEALED).first()
    return tuple(row.found.get("bad", [])) if row is not None else ()


def _reread() -> tuple[int, int] | None:
    """Up to which patient records were read again, and the last there is; None when nothing is under way."""
    job = Job.objects.filter(kind=rereading.EVERYBODY, state=Job.State.WAITING).first()
    if job is None:
        return None
    reached = Job.objects.filter(kind=rereading.ONE, pk__gt=job.pk).aggregate(last=Max("subject"))["last"]
    return reached or 0, Patient.objects.aggregate(last=Max("pk"))["last"] or 0
