"""How hosts and places do: who is left alone for a while after failures, and who has trouble today.

The rules of resting are `connect.breaker`; here they are kept in rows, so that all workers see them. When all
is well there is no row, and nothing is written. A place's failure is a call about it that got no answer or a
5xx; it is counted for the day unless the gateway's own host is known to be down.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from connect import breaker
from connect.breaker import Standing
from connect.models import Breaker, Place, PlaceDay

KEPT = timedelta(days=30)
_BATCH = 1000
_GROUPS = 63  # as many as a signed bigint has bits to set

#: One patient's trouble may be their chart's or their account's, two a coincidence; three is the place.
SEVERAL = 3
#: Of all calls about it. Single failures are daily weather, and whoever asks again does not notice them.
SHARE = 0.25
#: What failed this morning and went well since is over; nothing failing is looked at longer than this.
FRESH = timedelta(hours=3)

_COUNT = """
    insert into connect_placeday (place_id, day, asked, failed, failed_at, marks)
    select id, %s, 1, %s, %s, %s from connect_place where gateway = %s and key = %s
    on conflict (place_id, day) do update set
        asked = connect_placeday.asked + 1,
        failed = connect_placeday.failed + excluded.failed,
        failed_at = coalesce(excluded.failed_at, connect_placeday.failed_at),
        marks = connect_placeday.marks | excluded.marks
"""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a call meets: seconds to stay away, which breakers have any failures, which it is the probe of."""

    rest: float = 0.0
    marked: tuple[str, ...] = ()
    probes: tuple[str, ...] = ()


def ahead(names: Iterable[str]) -> Outlook:
    """How the hosts and places of these names stand. Whoever is told to go on as a probe is the only one."""
    now = timezone.now()
    rows = {row.name: row for row in Breaker.objects.filter(name__in=tuple(names))}
    standings = {name: _standing(row) for name, row in rows.items()}
    rest = max((breaker.rest(each, now.timestamp()) for each in standings.values()), default=0.0)
    if rest:
        return Outlook(rest, tuple(rows))
    due = [name for name, each in standings.items() if breaker.wants_probe(each, now.timestamp())]
    won = tuple(name for name in due if _won(rows[name], now))
    if len(won) < len(due):
        give_back(won)
        return Outlook(breaker.PROBE, tuple(rows))
    return Outlook(0.0, tuple(rows), won)


def give_back(probes: Iterable[str]) -> None:
    """The call that was to find out is not made after all: the next one may be."""
    if names := tuple(probes):
        Breaker.objects.filter(name__in=names).update(open_until=timezone.now())


def went_well(marked: Iterable[str]) -> None:
    """An answer came: forget all failures of these names."""
    if names := tuple(marked):
        Breaker.objects.filter(name__in=names).delete()


def failed(name: str, about: str, *, is_host: bool, is_probe: bool) -> None:
    """One more failure of a host or place; `about` is the place or account of the call, in a word."""
    now = timezone.now().timestamp()
    with transaction.atomic():
        Breaker.objects.get_or_create(name=name)
        row = Breaker.objects.select_for_update().filter(name=name).first()
        if row is None:  # somebody just heard that all is well
            return
        after = breaker.failed(_standing(row), about, now, is_host=is_host, is_probe=is_probe)
        row.failures, row.about, row.trips = after.failures, after.about[:80], after.trips
        row.open_until = datetime.fromtimestamp(after.open_until, UTC) if after.open_until else None
        row.save()


def place_breaker(gateway: str, place_key: str) -> str:
    """The name of a place's breaker."""
    return f"{gateway}:{place_key}"[:100]


def host_breaker(gateway: str, host: str) -> str:
    """The name of the breaker of one of a gateway's hosts."""
    return f"{gateway}/{host}"[:100]


def hold_name(gateway: str, place_key: str) -> str:
    """The name under which an operator has a place left alone. What goes well meanwhile does not end it."""
    return f"hold {gateway}:{place_key}"[:100]


def hold(place: Place, until: datetime) -> None:
    """Ask nothing of a place before a time (aware), whatever it answers."""
    name = hold_name(place.gateway, place.key)
    Breaker.objects.update_or_create(name=name, defaults={"open_until": until})


def held_until(place: Place) -> datetime | None:
    """Until when an operator has a place left alone; None where nobody does."""
    name = hold_name(place.gateway, place.key)
    held = Breaker.objects.filter(name=name, open_until__gt=timezone.now())
    return held.values_list("open_until", flat=True).first()


def ask_again(place: Place) -> bool:
    """End all that keeps a place from being asked; whether there was anything."""
    names = (hold_name(place.gateway, place.key), place_breaker(place.gateway, place.key))
    return bool(Breaker.objects.filter(name__in=names).delete()[0])


def count(gateway: str, place_key: str, *, whose: int | None, failed: bool) -> None:
    """One call about a place, and how it ended. A place that nobody has ever seen is not counted."""
    now = timezone.now()
    mark = group(place_key, whose) if failed and whose is not None else 0
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [_day(now), int(failed), now if failed else None, mark, gateway, place_key])


def trouble_today(place: Place) -> bool:
    """Whether a place is having trouble today, for several of our patients at once.

    Never said because of one or two patients, nor while the gateway's own host does not answer: then nothing
    is known of the place.
    """
    now = timezone.now()
    days = [day for day in _recent(place, now) if day.failed_at and day.failed_at > now - FRESH]
    if _patients(days) < SEVERAL or _gateway_rests(place.gateway, now):
        return False
    asked, failed = sum(day.asked for day in days), sum(day.failed for day in days)
    return failed >= asked * SHARE or _rests(place_breaker(place.gateway, place.key), now)


def failed_lately(place_ids: Iterable[int]) -> set[int]:
    """Of these places those about which some call failed lately: no other can be having trouble."""
    lately = timezone.now() - FRESH
    days = PlaceDay.objects.filter(place_id__in=list(place_ids), failed_at__gt=lately)
    return set(days.values_list("place_id", flat=True))


def forget_days() -> int:
    """Delete counts of over 30 days ago, and the marks of days gone by; how many, at most a batch."""
    today = _day(timezone.now())
    PlaceDay.objects.filter(day__lt=today - timedelta(days=1)).exclude(marks=0).update(marks=0)
    old = PlaceDay.objects.filter(day__lt=today - KEPT).values_list("pk", flat=True)[:_BATCH]
    return PlaceDay.objects.filter(pk__in=list(old)).delete()[0]


def account(whose: int | None) -> str:
    """A word for one patient's account that says of nobody who it is."""
    return salted_hmac("connect.weather", str(whose), algorithm="sha256").hexdigest()[:12]


def spread(whose: int | None) -> float:
    """A part of a wait, 0 to 1 and always the same for one patient, so that not all come back at once."""
    return (group("", whose or 0).bit_length() - 1) / _GROUPS


def group(about: str, whose: int) -> int:
    """The bit of one of 63 groups that a patient falls into, another for each place; says of nobody who."""
    digest = salted_hmac("connect.weather", f"{about}:{whose}", algorithm="sha256").digest()
    return 1 << int.from_bytes(digest[:8]) % _GROUPS


def _standing(row: Breaker) -> Standing:
    until = row.open_until.timestamp() if row.open_until else 0.0
    return Standing(row.failures, row.about, until, row.trips)


def _won(row: Breaker, now: datetime) -> bool:
    """Take the probe for ourselves: only one finds the row as it was seen."""
    until = datetime.fromtimestamp(breaker.probing(_standing(row), now.timestamp()).open_until, UTC)
    seen = Breaker.objects.filter(name=row.name, open_until=row.open_until)
    return bool(seen.update(open_until=until))


def _recent(place: Place, now: datetime) -> Iterable[PlaceDay]:
    """Today and yesterday: the day is UTC's, and in America it ends in the afternoon."""
    return PlaceDay.objects.filter(place=place, day__gte=_day(now) - timedelta(days=1))


def _patients(days: Iterable[PlaceDay]) -> int:
    """Of how many patients calls failed, at the least."""
    marks = 0
    for day in days:
        marks |= day.marks
    return marks.bit_count()


def _rests(name: str, now: datetime) -> bool:
    return Breaker.objects.filter(name=name, open_until__gt=now).exists()


def _gateway_rests(gateway: str, now: datetime) -> bool:
    hosts = host_breaker(gateway, "")
    return Breaker.objects.filter(name__startswith=hosts, open_until__gt=now).exists()


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()
