"""Searching for a place on a patient's behalf."""

from collections.abc import Callable
from typing import TypeVar

from connect import directory, gateways, tokens
from connect.gateway import PlaceKind, SignInAgain
from connect.models import Place

T = TypeVar("T")


def search_places(*, patient_id: int, words: str, offset: int = 0, kind: PlaceKind = "") -> directory.Results:
    """One page of places that match. Call outside any scope. Raises `GatewayError`."""
    gateway = gateways.of(person=True, whose=patient_id)
    return with_access(
        patient_id,
        gateway.name,
        lambda access: directory.search(gateway, access, words, offset=offset, kind=kind),
    )


def places_seen_before(*, words: str, kind: PlaceKind = "") -> directory.Results:
    """Places found in earlier searches, for when the directory does not answer."""
    return directory.remembered(gateways.USUAL, words, kind=kind)


def place(*, key: str) -> Place | None:
    """A place that a search found before; None when nobody ever did."""
    return Place.objects.filter(gateway=gateways.USUAL, key=key).first()


def with_access(patient_id: int, gateway: str, verb: Callable[[str], T]) -> T:
    """Call something with a working access token; once more with another when it is refused."""
    access = tokens.key(patient_id, gateway, person=True).access
    try:
        return verb(access)
    except SignInAgain:
        tokens.spoil(patient_id, gateway, access)
    return verb(tokens.key(patient_id, gateway, person=True).access)
