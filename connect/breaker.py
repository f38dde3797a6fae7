"""When a host or a place is left alone: rules as plain functions, without a database or a clock.

`connect.weather` keeps the values in rows. All times are seconds since the epoch.

Five failures in a row open a breaker for a minute; then one call is let through. When that fails too, the
rest is twice as long, up to a quarter of an hour; when anything goes well, all is forgotten.

A place's failures count against its gateway's host as well, because a host that is down looks just so. But
the host opens only when those in a row were about several things: one hospital, or one patient's account,
stops nobody else.
"""

from dataclasses import dataclass, replace

FAILURES = 5
REST = 60.0  # seconds
LONGEST = 900.0
#: How long a probe may take before another is let through; a call's own deadline is shorter.
PROBE = 60.0
SEVERAL = "*"
_TRIPS = 10  # the rest is longest long before; days of failures must not make it overflow


@dataclass(frozen=True, slots=True)
class Standing:
    """Failures in a row, what all of them were about, until when to rest, and how many rests in a row."""

    failures: int = 0
    about: str = ""
    open_until: float = 0.0
    trips: int = 0


def rest(standing: Standing, now: float) -> float:
    """Seconds to stay away; 0.0 when a call may be made."""
    return max(0.0, standing.open_until - now)


def wants_probe(standing: Standing, now: float) -> bool:
    """Whether the rest is over and one call is to find out; it takes `probing` for itself first."""
    return standing.trips > 0 and standing.open_until <= now


def probing(standing: Standing, now: float) -> Standing:
    """While one finds out, everybody else rests on."""
    return replace(standing, open_until=now + PROBE)


def failed(standing: Standing, about: str, now: float, *, is_host: bool, is_probe: bool = False) -> Standing:
    """One more failure. Calls that were under way when it opened change nothing any more."""
    if standing.trips and not is_probe:
        return standing
    same = not standing.failures or standing.about == about
    after = replace(standing, failures=standing.failures + 1, about=about if same else SEVERAL)
    if after.failures < FAILURES or (is_host and after.about != SEVERAL and not is_probe):
        return after
    return replace(
        after, trips=min(after.trips + 1, _TRIPS), open_until=now + min(REST * 2**standing.trips, LONGEST)
    )
