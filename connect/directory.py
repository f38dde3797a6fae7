"""Finding a hospital, clinic or health plan: what people type, what may be asked, and the better answers
first.

Pages of results are kept for some minutes, places for good, so that coming back costs nothing and a place
that was found before can be found while the gateway's directory is down. What was asked for is kept as a
digest only.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from django.core.cache import cache
from django.utils import timezone

from connect import gateway as seam
from connect.gateways import Paced
from connect.models import Place

PAGE = 20
_KEPT = 15 * 60  # seconds
_LONGEST = 100
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ZIP = re.compile(r"[0-9]{5}(?:-[0-9]{4})?")
_SHORT = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}
#: What an operator may put right.
CORRECTABLE = ("name", "address", "city", "state", "kind")
_FRESH = (
    "name",
    "address",
    "city",
    "state",
    "kind",
    "fhir_versions",
    "ehr",
    "resource_url",
    "logo_url",
    "folded",
    "seen_at",
)


@dataclass(frozen=True, slots=True)
class Results:
    """One page of places. `loose`: not every word was found, so these match some; `remembered`:

    found earlier.
    """

    words: str
    places: tuple[Place, ...]
    offset: int
    has_more: bool
    loose: str = ""
    remembered: bool = False

    @property
    def end(self) -> int:
        """The number of the last one shown, counted from the first page."""
        return self.offset + len(self.places)


def clean(words: str) -> str:
    """What a directory can be asked: letters, digits, apostrophes and spaces (docs/oneup.md §5.1), accents
    folded.

    "St. Mary’s" becomes "St Mary's".
    """
    if is_zip(words):
        return words.strip()
    return _plain(words)[:_LONGEST].strip()


def is_zip(words: str) -> bool:
    """Whether somebody typed a US ZIP code, with or without its last four digits."""
    return _ZIP.fullmatch(words.strip()) is not None


def fold(text: str) -> str:
    """Words as they are compared: lower case, no accents or apostrophes, "St" as "Saint"."""
    words = _plain(text).lower().replace("'", "").split()
    return " ".join(_SHORT.get(word, word) for word in words)


def search(gateway: Paced, access: str, words: str, *, offset: int = 0, kind: seam.PlaceKind = "") -> Results:
    """One page of places for what somebody typed, the closest first. Raises `GatewayError`.

    First all words as they stand; where nothing has them all, the most telling word, and of its places
    those that match more of the rest.
    """
    asked = clean(words)
    found = _page(gateway, access, asked, offset, kind)
    if found.places or offset:
        return Results(asked, _ranked(found.places, asked), offset, found.has_more)
    for looser in _looser(asked):
        found = _page(gateway, access, looser, 0, kind)
        if found.places:
            return Results(asked, _ranked(found.places, asked), 0, False, loose=looser)
    return Results(asked, (), 0, False)


def remembered(gateway: str, words: str, *, kind: seam.PlaceKind = "") -> Results:
    """Places seen before that hold every word: for when the directory does not answer."""
    places = Place.objects.filter(gateway=gateway, is_hidden=False)
    if kind:
        places = places.filter(kind=kind)
    wanted = fold(words).split()
    for word in wanted:
        places = places.filter(folded__contains=word)
    found = tuple(places.order_by("name", "pk")[:PAGE]) if wanted else ()
    return Results(clean(words), _ranked(found, words), 0, False, remembered=True)


def known(gateway: str, key: str, name: str) -> Place | None:
    """The place of this key, written down where nobody has searched for it yet; None for what is no key."""
    if not _KEY.fullmatch(key):
        return None
    if not Place.objects.filter(gateway=gateway, key=key).exists():
        _remember(gateway, [seam.Place(key=key, name=name or key)])
    return Place.objects.get(gateway=gateway, key=key)


@dataclass(frozen=True, slots=True)
class _Found:
    places: tuple[Place, ...]
    has_more: bool


def _page(gateway: Paced, access: str, words: str, offset: int, kind: seam.PlaceKind) -> _Found:
    name = f"connect:{sha256(repr((gateway.name, words.lower(), offset, kind)).encode()).hexdigest()}"
    kept = cache.get(name)
    if kept is None:
        find = gateway.places_near if is_zip(words) else gateway.search_places
        page = find(access, words, offset=offset, kind=kind)
        _remember(gateway.name, page.places)
        kept = ([place.key for place in page.places], page.has_more)
        cache.set(name, kept, _KEPT)
    keys, has_more = kept
    shown = Place.objects.filter(gateway=gateway.name, key__in=keys, is_hidden=False)
    rows = {place.key: place for place in shown}
    return _Found(tuple(rows[key] for key in keys if key in rows), has_more)


def _remember(gateway: str, places: Iterable[seam.Place]) -> None:
    """Keep what a page said. What it left out and we knew already stays, and so does what we corrected."""
    rows = {place.key: _row(gateway, place) for place in places}
    for old in Place.objects.filter(gateway=gateway, key__in=rows):
        new = rows[old.key]
        for name in _FRESH:
            setattr(new, name, getattr(new, name) or getattr(old, name))
        if old.corrected:
            _correct(new, old.corrected)
    Place.objects.bulk_create(
        [rows[key] for key in sorted(rows)],
        update_conflicts=True,
        unique_fields=["gateway", "key"],
        update_fields=_FRESH,
    )


def corrected(place: Place, words: dict[str, str]) -> None:
    """Have words of ours stand over the directory's, by column of CORRECTABLE; none: what the directory says
    comes back when it is next seen in a search.
    """
    place.corrected = {name: words[name] for name in CORRECTABLE if name in words}
    _correct(place, place.corrected)
    place.save(update_fields=["corrected", "folded", *CORRECTABLE])


def _correct(place: Place, words: dict[str, str]) -> None:
    for name in CORRECTABLE:
        if name in words:
            setattr(place, name, words[name])
    place.folded = _folded(place.name, place.address, place.city, place.state)


def _folded(*words: str) -> str:
    return fold(" ".join(words))[:720]


def _row(gateway: str, place: seam.Place) -> Place:
    return Place(
        gateway=gateway,
        key=place.key,
        name=place.name[:300],
        address=place.address[:300],
        city=place.city[:100],
        state=place.state[:20],
        kind=place.kind,
        fhir_versions=" ".join(place.fhir_versions)[:40],
        ehr=place.ehr[:100],
        resource_url=place.resource_url if len(place.resource_url) <= 500 else "",
        logo_url=place.logo_url if len(place.logo_url) <= 500 else "",
        folded=_folded(place.name, place.address, place.city, place.state),
        seen_at=timezone.now(),
    )


def _looser(asked: str) -> list[str]:
    """Fewer words to ask for when all of them found nothing: the longest two, one at a time."""
    words = sorted(set(asked.split()), key=len, reverse=True)
    return [word for word in words if len(word) > 2][:2] if len(words) > 1 else []


def _ranked(places: Iterable[Place], words: str) -> tuple[Place, ...]:
    """The closest first:

    the name itself, names that begin so, names with all words, then by words matched.
    """
    wanted = fold(words)
    return tuple(sorted(places, key=lambda place: _distance(place, wanted)))


def _distance(place: Place, wanted: str) -> tuple[int, int, str, str]:
    name = fold(place.name)
    inside = set(f"{name} {place.folded}".split())
    missing = sum(not any(each.startswith(word) for each in inside) for word in wanted.split())
    in_name = all(word in name.split() for word in wanted.split())
    near = 0 if name == wanted else 1 if name.startswith(wanted) else 2 if in_name else 3
    return missing, near, name, place.where


def _plain(text: str) -> str:
    straight = text.replace("’", "'").replace("‘", "'").replace("`", "'")
    letters = unicodedata.normalize("NFKD", straight)
    bare = "".join(each for each in letters if not unicodedata.combining(each))
    return " ".join(re.sub(r"[^A-Za-z0-9']", " ", bare).split())
