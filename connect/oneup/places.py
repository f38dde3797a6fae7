"""System Search replies as places (docs/oneup.md §5.1, §5.4): three shapes, every field but two optional."""

import re
import unicodedata
from typing import Any

from connect.address import parse_address
from connect.gateway import Place, PlaceKind, PlacePage, Unreadable
from connect.oneup.rules import KEY

PAGE_ROWS = 20  # §2.5
SYSTEM_TYPES: dict[PlaceKind, str] = {"provider": "HealthSystem", "plan": "PayerPatientAccess"}
_KINDS: dict[str, PlaceKind] = {
    "healthsystem": "provider",
    "payerpatientaccess": "plan",
    "payer2payer": "plan",
}
_VERSIONS = {
    "dstu2": re.compile(r"dstu[ -]?2|\b1\.0\.\d"),
    "stu3": re.compile(r"stu[ -]?3|\b3\.0\.\d"),
    "r4": re.compile(r"\br[ -]?4b?\b|\b4\.[03]\.\d"),
}
_STATE_AND_ZIP = re.compile(r"[ ,]+([A-Z]{2})[ ,]+[0-9]{5}(?:-[0-9]{4})?$")
_STREET_WORDS = (
    "st|street|rd|road|ave|avenue|blvd|boulevard|dr|drive|ln|lane|way|ct|court|pl|place|pkwy|parkway|"
    "hwy|highway|sq|square|ter|terrace|cir|circle|plaza|row|loop|trail|trl"
)
_STREET = re.compile(
    rf".*?\S (?:{_STREET_WORDS})\b\.?"
    r"(?: (?:n|s|e|w|ne|nw|se|sw)\b\.?)?"
    r"(?: (?:ste|suite|unit|fl|floor|apt|bldg|#) ?[a-z0-9-]+)?[ ,]+(?=\S)",
    re.IGNORECASE,
)


def search_words(words: str) -> str:
    """What System Search can bear: letters, digits, apostrophes, spaces (§5.1); accents are folded."""
    folded = unicodedata.normalize("NFKD", words.replace("\u2019", "'"))
    plain = "".join(each for each in folded if not unicodedata.combining(each))
    return " ".join(re.sub(r"[^A-Za-z0-9']", " ", plain).split())[:100]


def place_page(
    call: str, status: int, reply: Any, *, offset: int, kind: PlaceKind, insecure: bool = False
) -> PlacePage:
    """A page of places; rows without id or name are left out, a whole list at once is cut into pages."""
    rows = _rows(reply)
    if rows is None:
        raise Unreadable(call, status)
    whole_list = len(rows) > PAGE_ROWS
    has_more = len(rows) > offset + PAGE_ROWS if whole_list else len(rows) == PAGE_ROWS
    if whole_list:
        rows = rows[offset : offset + PAGE_ROWS]
    places = {place.key: place for row in rows if (place := _place(row, kind, insecure)) is not None}
    return PlacePage(tuple(places.values()), offset, has_more)


def normal_versions(value: object) -> tuple[str, ...]:
    """FHIR versions out of whatever the directory says: "r4", "R4", "FHIR DSTU2 1.0.2", a list of those."""
    said = " ".join(str(each) for each in value) if isinstance(value, list) else str(value or "")
    return tuple(name for name, shape in _VERSIONS.items() if shape.search(said.lower()))


def plain_text(value: object, limit: int = 300) -> str:
    """A name as one printable line; direction marks and control characters would let it pose as another."""
    line = " ".join(value.split()) if isinstance(value, str) else ""
    return "".join(each for each in line if each.isprintable())[:limit]


def _rows(reply: Any) -> list[Any] | None:
    """The flat array in use (§5.1), or the map of the older reply, whose keys are the ids."""
    listed = reply.get("systemList") if isinstance(reply, dict) else reply
    if isinstance(listed, dict):
        return [{"id": key, **row} for key, row in listed.items() if isinstance(row, dict)]
    return listed if isinstance(listed, list) else None


def _place(row: Any, kind: PlaceKind, insecure: bool) -> Place | None:
    key = _key(row.get("id")) if isinstance(row, dict) else ""
    name = plain_text(row.get("name")) if key else ""
    if not name:
        return None
    address, city, state = _where(row)
    return Place(
        key=key,
        name=name,
        address=address,
        city=city,
        state=state,
        kind=kind or _kind(row),
        fhir_versions=normal_versions(row.get("fhirVersion") or row.get("api_version")),
        ehr=plain_text(row.get("ehr"), 100),
        resource_url=_link(row.get("resourceUrl") or row.get("resource_url"), insecure=True),
        logo_url=_link(row.get("logo"), insecure),
    )


def _key(value: object) -> str:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return text if re.fullmatch(KEY, text) else ""


def _kind(row: dict[str, Any]) -> PlaceKind:
    said = str(row.get("systemType") or row.get("system_type") or "")
    return _KINDS.get(said.replace(" ", "").lower(), "")


def _where(row: dict[str, Any]) -> tuple[str, str, str]:
    """Address line, city and state: from the first location, else read out of the one line there is."""
    locations = row.get("locations")
    first = locations[0] if isinstance(locations, list) and locations else None
    parts = first.get("address") if isinstance(first, dict) else None
    if isinstance(parts, dict):
        return _from_parts(parts)
    line = plain_text(row.get("address"))
    return line, *_city_and_state(line)


def _from_parts(parts: dict[str, Any]) -> tuple[str, str, str]:
    city, state = plain_text(parts.get("city")), plain_text(parts.get("state"))
    lines = parts.get("line")
    street = " ".join(plain_text(each) for each in lines) if isinstance(lines, list) else plain_text(lines)
    whole = " ".join(each for each in (street, city, state, plain_text(parts.get("postalCode"))) if each)
    return plain_text(whole), city, state if re.fullmatch("[A-Z]{2}", state) else ""


def _city_and_state(line: str) -> tuple[str, str]:
    """City and state of "12 Pier Rd Portland ME 04101"; what cannot be told is left empty, never guessed."""
    found = _STATE_AND_ZIP.search(line)
    if found is None:
        return "", ""
    before = line[: found.start()]
    city = before.rpartition(",")[2] if "," in before else _STREET.sub("", before, count=1)
    certain = city != before and not re.search(r"[0-9]", city)
    return (city.strip() if certain else ""), found[1]


def _link(value: object, insecure: bool) -> str:
    """An address as it came, "" for what is none, or is http where that is not allowed."""
    try:
        address = parse_address(value if isinstance(value, str) and len(value) <= 500 else "")
    except ValueError:
        return ""
    return str(value) if insecure or address.scheme == "https" else ""
