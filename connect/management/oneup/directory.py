"""Places: rows 7 to 12 of the contract. Of the hop only the host is said: its address is for one patient."""

from typing import Any

from connect.gateway import Place, PlacePage
from connect.management.oneup.verb import Desk, Given, Row, Told, Verb

_SEARCH = ("user", "words", "--offset", "--kind")


def _search(desk: Desk, given: Given) -> Told:
    access = desk.access(given["user"])
    return _told(desk.oneup.search(access, " ".join(given["words"]), **_narrowed(given)))


def _by_zip(desk: Desk, given: Given) -> Told:
    access = desk.access(given["user"])
    return _told(desk.oneup.by_zip(access, given["zip"], **_narrowed(given)))


def _all(desk: Desk, given: Given) -> Told:
    access = desk.access(given["user"])
    return _told(desk.oneup.all_systems(access, " ".join(given["words"]), **_narrowed(given)))


def _clinical_list(desk: Desk, given: Given) -> Told:
    return _told(desk.oneup.clinical_list(" ".join(given["words"]), **_narrowed(given)))


def _hop(desk: Desk, given: Given) -> Told:
    access, system, version = desk.access(given["user"]), given["system"], given["fhir_version"]
    if given["legacy"]:
        host = desk.oneup.legacy_hop(access, system, version)
    else:
        host = desk.oneup.hop(access, system, version).host
    return Told([{"system": system, "signs_in_at": host}])


def _narrowed(given: Given) -> dict[str, Any]:
    return {"offset": given["offset"], "system_type": given["kind"]}


def _told(page: PlacePage) -> Told:
    more = f"There are more: --offset {page.offset + 20}." if page.has_more else ""
    return Told([_row(place) for place in page.places], more)


def _row(place: Place) -> Row:
    return {
        "system": place.key,
        "name": place.name,
        "address": place.address,
        "kind": place.kind,
        "versions": " ".join(place.fhir_versions),
        "ehr": place.ehr,
    }


VERBS = (
    Verb("places", "7", "search places by name, street or city", _search, _SEARCH),
    Verb("places-near", "8", "list the places of a ZIP code", _by_zip, ("user", "zip", "--offset", "--kind")),
    Verb("all-places", "9", "list all places", _all, _SEARCH),
    Verb("clinical-list", "10", "the older list of places, without a user", _clinical_list,
         ("words", "--offset", "--kind")),
    Verb("hop", "11, 12", "at which host a patient would sign in", _hop,
         ("user", "system", "--fhir-version", "--legacy")),
)  # fmt: skip
