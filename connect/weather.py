"""How places do today: a count for each place and day of calls about it, and whether that means trouble.

A place's failure: a call about it that got no answer or a 5xx, while its gateway answered others.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

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


def place_breaker(gateway: str, place_key: str) -> str:
    """The name of a place's breaker."""
    return f"{gateway}:{place_key}"


def host_breaker(gateway: str, host: str) -> str:
    """The name of the breaker of one of a gateway's hosts."""
    return f"{gateway}/{host}"[:100]


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


def group(about: str, whose: int) -> int:
    """The bit of one of 63 groups that a patient falls into, another for each place; says of nobody who."""
    digest = salted_hmac("connect.weather", f"{about}:{whose}", algorithm="sha256").digest()
    return 1 << int.from_bytes(digest[:8]) % _GROUPS


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
