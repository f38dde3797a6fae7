"""The same numbers for machines, in Prometheus' text format (exposition format 0.0.4).

Labels are words of ours: a call, a kind of job, a column, a key's id. Never anybody's or anything's number.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ground import counting
from portal.watching import alarms
from portal.watching.measures import Measured
from portal.watching.rules import RULES

TYPE = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[dict[str, str], float]


@dataclass(frozen=True, slots=True)
class Family:
    """One metric: its name, what it says, and its samples."""

    name: str
    says: str
    samples: tuple[Sample, ...]

    @property
    def sort(self) -> str:
        """A counter only grows, by its name."""
        return "counter" if self.name.endswith("_total") else "gauge"


def text(now: Measured) -> str:
    """All of it."""
    return "".join(f"{line}\n" for family in families(now) for line in _lines(family))


def families(now: Measured) -> Iterator[Family]:
    """Every metric that has a sample."""
    for name, says, samples in (*_gauges(now), *_counters(), *_by_key(now)):
        found = tuple(samples)
        if found:
            yield Family(f"tributary_{name}", says, found)


def _gauges(now: Measured) -> Iterator[tuple[str, str, Iterable[Sample]]]:
    yield "alarm", "1 while the alarm fires.", _alarms()
    yield "jobs_due", "Due jobs that nobody works on.", (({"kind": q.kind}, q.due) for q in now.queues)
    oldest = (({"kind": q.kind}, q.oldest) for q in now.queues)
    yield "jobs_oldest_due_seconds", "For how long the oldest has been due.", oldest
    yield "jobs_working", "Jobs being worked on.", _one(now.working)
    yield "jobs_stuck", "Jobs that gave up.", _one(now.stuck)
    yield "sweep_age_seconds", "Since due work was last looked for.", _one(now.sweep)
    yield "canary_age_seconds", "Since a job last went through Redis and a worker.", _one(now.canary)
    yield "housekeeping_age_seconds", "Since old rows were last forgotten.", _one(now.housekeeping)
    yield "broker_up", "Whether Redis answers.", _one(float(now.broker is not None))
    yield "broker_waiting", "Messages in Redis.", _one(now.broker)
    yield "mail_waiting", "Mails to be sent.", _one(now.mails)
    yield "mail_oldest_seconds", "Age of the oldest of them.", _one(now.mail)
    yield "breakers_open", "Hosts and places that are left alone after failures.", _one(now.breakers)
    yield "database_bytes", "Size of the database.", _one(now.database)
    yield "certificate_seconds", "For how long the certificate is still good.", _one(now.certificate)


def _counters() -> Iterator[tuple[str, str, Iterable[Sample]]]:
    calls = counting.ever("upstream").items()
    yield (
        "upstream_calls_total",
        "Calls to the gateway by what they came to.",
        (({"call": call, "outcome": how}, amount) for (call, how), amount in sorted(calls)),
    )
    for name, metric, label, says in (
        ("tokens", "tokens_total", "how", "New tokens by how they were had."),
        ("sign in", "sign_in_failures_total", "step", "Wrong passwords and codes."),
        ("mismatch", "mismatches_total", "of", "Returns and persons that did not fit."),
        ("quarantine", "quarantined_total", "", "Things sent that could not be kept."),
    ):
        found = sorted(counting.ever(name).items())
        yield metric, says, (({label: what} if label else {}, amount) for (what, _how), amount in found)


def _by_key(now: Measured) -> Iterator[tuple[str, str, Iterable[Sample]]]:
    found = (
        ({"key": key, "column": column}, amount)
        for key, columns in sorted(now.keys.items())
        for column, amount in sorted(columns.items())
    )
    yield "sealed_values", "Sealed values by key, as last surveyed.", found


def _alarms() -> Iterator[Sample]:
    firing = alarms.firing()
    return (({"alarm": rule.name}, float(rule.name in firing)) for rule in RULES)


def _one(value: float | None) -> tuple[Sample, ...]:
    return () if value is None else (({}, float(value)),)


def _lines(family: Family) -> Iterator[str]:
    yield f"# HELP {family.name} {family.says}"
    yield f"# TYPE {family.name} {family.sort}"
    for labels, value in family.samples:
        inside = ",".join(f'{name}="{_escaped(word)}"' for name, word in labels.items())
        number = f"{int(value)}" if float(value).is_integer() else f"{value:.3f}"
        yield f"{family.name}{{{inside}}} {number}" if inside else f"{family.name} {number}"


def _escaped(word: str) -> str:
    return word.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
