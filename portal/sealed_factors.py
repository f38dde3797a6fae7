"""The secrets of second factors at rest: each sealed, and bound to whose it is.

allauth seals a secret before it says whose it is, so a fresh one is bound to "mfa" alone; when its row is
saved it is sealed anew as `user id.hex`, bound to that user. A row that holds somebody else's is refused when
it is read. What was kept before users stood in it is still read, and moved by `manage.py rotate_keys`.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from ground import crypto, rotating
from ground.crypto import CannotOpen
from ground.rotating import Counts, Step

_BOUND_TO = "mfa"
_NOBODYS = "moved"  # opens under no key
_BATCH = 50
_TABLE = "mfa_authenticator"


def seal(text: str, user_id: int | None = None) -> str:
    """A secret for keeping; bound to a user where one is given."""
    bound_to = _BOUND_TO if user_id is None else f"{_BOUND_TO}.{user_id}"
    sealed = crypto.seal(text, bound_to).hex()
    return sealed if user_id is None else f"{user_id}.{sealed}"


def unseal(kept: str) -> str:
    """Open a kept secret. Raises CannotOpen."""
    owner, _, sealed = kept.rpartition(".")
    try:
        return crypto.unseal(bytes.fromhex(sealed), f"{_BOUND_TO}.{owner}" if owner else _BOUND_TO)
    except ValueError:
        raise CannotOpen from None


def key_of(kept: str) -> str:
    """The id of the key that sealed it; empty if it is no sealed value."""
    try:
        return crypto.key_id(bytes.fromhex(kept.rpartition(".")[2]))
    except ValueError:
        return ""


def each_secret(data: Any, change: Callable[[str], str]) -> dict[str, Any]:
    """The data of a factor with each sealed secret in it changed."""
    found = dict(data) if isinstance(data, dict) else {}
    found |= {name: change(found[name]) for name in ("secret", "seed") if isinstance(found.get(name), str)}
    if isinstance(codes := found.get("migrated_codes"), list):
        found["migrated_codes"] = [change(code) for code in codes]
    return found


def bind(instance: Authenticator, **_: Any) -> None:
    """Before a factor is saved: what was sealed for nobody yet is sealed for its user."""
    if instance.type != Authenticator.Type.WEBAUTHN:
        instance.data = each_secret(instance.data, lambda kept: _bound(kept, instance.user_id))


def refuse_strangers(instance: Authenticator, **_: Any) -> None:
    """After a factor is read: a secret that was bound to somebody else opens no door here."""
    data = instance.__dict__.get("data")
    if data is not None and instance.type != Authenticator.Type.WEBAUTHN:
        instance.data = each_secret(data, lambda kept: kept if _is_theirs(kept, instance) else _NOBODYS)


class Factors:
    """The secrets of all second factors, for key rotation."""

    is_protected = False

    def count(self, patients: tuple[int, ...] | None) -> Counts:
        """As `ground.rotating.Shelf` says."""
        found: Counts = Counter()
        for data in _rows().values_list("data", flat=True).iterator():
            each_secret(data, lambda kept: _tally(found, kept))
        return found

    def walk(self) -> Iterator[Step]:
        """As `ground.rotating.Shelf` says; moves what is bound to nobody too."""
        after = 0
        while True:
            with transaction.atomic():
                rows = _rows().filter(pk__gt=after).select_for_update(skip_locked=True)
                batch = list(rows.values_list("pk", "user_id", "data")[:_BATCH])
                moved = [_moved(*row) for row in batch]
            if not batch:
                return
            after = batch[-1][0]
            yield Step(_TABLE, sum(each[0] for each in moved), sum(each[1] for each in moved))


def _rows() -> Any:
    return Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk")


def _tally(found: Counts, kept: str) -> str:
    found[f"{_TABLE}.data", key_of(kept) or "?"] += 1
    return kept


def _moved(pk: int, user_id: int, data: Any) -> tuple[int, int]:
    moved, shut = [], []

    def move(kept: str) -> str:
        if key_of(kept) == crypto.keyring().sealing_id and kept.startswith(f"{user_id}."):
            return kept
        try:
            made = seal(unseal(kept), user_id)
        except CannotOpen:
            shut.append(kept)
            return kept
        moved.append(made)
        return made

    fresh = each_secret(data, move)
    if moved:
        Authenticator.objects.filter(pk=pk).update(data=fresh)
    return len(moved), len(shut)


def _bound(kept: str, user_id: int) -> str:
    if "." in kept:
        return kept
    try:
        return seal(unseal(kept), user_id)
    except CannotOpen:
        return kept


def _is_theirs(kept: str, instance: Authenticator) -> bool:
    return "." not in kept or kept.startswith(f"{instance.user_id}.")


rotating.also(Factors)
