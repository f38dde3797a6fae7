"""The field keys of this installation: which are in use, which may go, and whether they are the right ones.

A word that everybody knows is kept sealed with each key. A key under an old name with other bytes does not
open it, and then nothing starts (fault F37): every token and second factor would seem lost.
"""

from collections import defaultdict
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, connection

from ground import counting, rotating
from ground.crypto import CannotOpen, Keyring
from ground.models import Heartbeat
from ground.rotating import Counts

#: The heartbeat that holds what the last survey found: {"column key id": values}.
SURVEY = "keys"
_WORD = b"tributary"


def trouble() -> str:
    """Why these keys cannot be the right ones, as a sentence; empty when they can."""
    try:
        ring = Keyring.from_text(settings.FIELD_KEYS)
    except ValueError:
        return "FIELD_KEYS cannot be read: it must be id:base64 of 32 bytes each, comma separated."
    try:
        return (_wrong(ring) or _missing()) if _is_migrated() else ""
    except DatabaseError:
        return ""  # without a database nothing is opened either


def keep_words() -> None:
    """See that the word stands there sealed with each key; since when tells how old a key is."""
    ring = Keyring.from_text(settings.FIELD_KEYS)
    for name in ring.ids:
        if not Heartbeat.objects.filter(name=_word_name(name)).exists():
            sealed = Keyring.from_text(_only(name)).seal(_WORD, _word_name(name)).hex()
            Heartbeat.objects.get_or_create(name=_word_name(name), defaults={"found": {"sealed": sealed}})


def sealing_since() -> datetime | None:
    """Since when there is the key that seals; None before that was noted."""
    return counting.last(_word_name(Keyring.from_text(settings.FIELD_KEYS).sealing_id))


def note(found: Counts) -> None:
    """Keep what a survey of everybody found."""
    counting.beat(SURVEY, {f"{column} {key}": amount for (column, key), amount in sorted(found.items())})


def surveyed() -> dict[str, dict[str, int]]:
    """What the last survey found: key id to column to values. Keys that sealed nothing are there too."""
    row = Heartbeat.objects.filter(name=SURVEY).first()
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for name in Keyring.from_text(settings.FIELD_KEYS).ids:
        found[name] = {}
    for word, amount in (row.found if row is not None else {}).items():
        column, _, key = word.rpartition(" ")
        found[key][column] = int(amount)
    return dict(found)


def droppable(found: Counts | None = None) -> list[str]:
    """Ids of keys that a survey found no value of, the sealing one never among them."""
    ring = Keyring.from_text(settings.FIELD_KEYS)
    used = {key for _column, key in found} if found is not None else _used()
    is_known = found is not None or Heartbeat.objects.filter(name=SURVEY).exists()
    return [name for name in ring.ids[1:] if name not in used] if is_known else []


def unknown(found: dict[str, dict[str, int]]) -> list[str]:
    """Ids of keys that sealed something and that we do not have, those given up for lost left out."""
    ours = {*Keyring.from_text(settings.FIELD_KEYS).ids, *settings.FIELD_KEYS_LOST, "?"}
    return sorted(name for name, columns in found.items() if name not in ours and any(columns.values()))


def survey() -> Counts:
    """Look through everything now, and keep what was found."""
    found = rotating.surveyed()
    note(found)
    return found


def _used() -> set[str]:
    return {key for key, columns in surveyed().items() if any(columns.values())}


def _is_migrated() -> bool:
    """Whether the table is there; asked so that nothing fails before the first migration."""
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass(%s) is not null", [Heartbeat._meta.db_table])
        return bool(cursor.fetchone()[0])


def _wrong(ring: Keyring) -> str:
    kept = Heartbeat.objects.filter(name__in=[_word_name(name) for name in ring.ids])
    for row in kept:
        try:
            ring.open(bytes.fromhex(row.found.get("sealed", "")), row.name)
        except (CannotOpen, ValueError):
            name = row.name.removeprefix("key ")
            return f"FIELD_KEYS has another key under the name {name} than the one that sealed what is kept."
    return ""


def _missing() -> str:
    found = surveyed()
    for name in unknown(found):
        many = sum(found[name].values())
        return (
            f"FIELD_KEYS lacks the key named {name}, which sealed {many} values when they were last counted."
            " Put it back; or, if it is gone for good, name it in FIELD_KEYS_LOST."
        )
    return ""


def _word_name(name: str) -> str:
    return f"key {name}"


def _only(name: str) -> str:
    pairs = [part.strip() for part in settings.FIELD_KEYS.split(",")]
    return next(pair for pair in pairs if pair.partition(":")[0] == name)
