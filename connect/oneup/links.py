"""Addresses 1up hands us: the next page of a Bundle, and where a patient signs in.

A next link is cut down to its query. What we call next is always our own configured base, the same patient
and that query, so neither a hostile reply nor a changed row in our database can send a token elsewhere.
"""

import re
from typing import Any
from urllib.parse import unquote, unquote_plus, urlencode

from connect.address import Address, parse_address
from connect.gateway import Departure, SearchFrame, Unreadable
from connect.oneup.settings import OneUpSettings

_QUERY = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/?%|\[\]{}^`]{1,4096}")
_SECRET_NAMES = frozenset({"access_token", "client_id", "client_secret", "id_token", "refresh_token"})


def next_cursor(call: str, links: Any, page: str, secret: str = "") -> str | None:
    """The query of the one next link of the page fetched from `page`; None at the end (docs/oneup.md §8.4).

    Raises `Unreadable` for a link to another server, path or patient, and for several that differ.
    """
    urls = _next_urls(call, links)
    if not urls:
        return None
    here = parse_address(page)
    queries = {_same_place(call, url, here) for url in urls}
    if len(queries) != 1:
        raise Unreadable(call)
    return checked_cursor(call, _without_secrets(queries.pop()), secret)


def checked_cursor(call: str, cursor: str, secret: str = "") -> str:
    """A cursor fit to be sent or stored. Raises `Unreadable` when it is not ours or holds a token."""
    if not _QUERY.fullmatch(cursor) or _without_secrets(cursor) != cursor or _holds(cursor, secret):
        raise Unreadable(call)
    return cursor


def departure(call: str, reply: Any, place_key: str, settings: OneUpSettings, access: str) -> Departure:
    """The sign-in address of a place, checked (docs/oneup.md §6.1).

    Raises `Unreadable` when it is of another place, not https, ours, or holds our token or secret.
    """
    address = reply.get("authorization_url") if isinstance(reply, dict) else None
    if not isinstance(address, str) or str(reply.get("system_id", place_key)) != place_key:
        raise Unreadable(call)
    if any(_holds(address, secret) for secret in (access, settings.client_secret)):
        raise Unreadable(call)
    return Departure(address=address, host=_sign_in_host(call, address, settings))


def legacy_departure(access: str, place_key: str, fhir_version: str, settings: OneUpSettings) -> Departure:
    """1up's own hop, which the browser asks for with the patient's token (docs/oneup.md §6.2)."""
    asked = {"client_id": settings.client_id, "access_token": access, "fhirVersion": fhir_version}
    query = urlencode({name: value for name, value in asked.items() if value})
    address = f"{settings.api}/connect/system/clinical/{place_key}?{query}"
    return Departure(address=address, host=parse_address(settings.api).host)


def search_frame(search: str) -> SearchFrame:
    """System Search's page below its base, and its origin as browsers write it: no port where it is usual."""
    scheme, host, port = parse_address(search).origin
    usual = port == (443 if scheme == "https" else 80)
    return SearchFrame(f"{search}/search", f"{scheme}://{host}" + ("" if usual else f":{port}"))


def _sign_in_host(call: str, address: str, settings: OneUpSettings) -> str:
    try:
        there = parse_address(address)
    except ValueError:
        raise Unreadable(call) from None
    ours = {host.lower().rstrip(".") for host in settings.forbidden_hosts}
    secure = there.scheme == "https" or settings.allow_insecure
    if not secure or there.host.rstrip(".") in ours | {""}:
        raise Unreadable(call)
    return there.host


def _next_urls(call: str, links: Any) -> list[str]:
    if links is None:
        return []
    if not isinstance(links, list) or not all(isinstance(link, dict) for link in links):
        raise Unreadable(call)
    urls = [link.get("url") for link in links if link.get("relation") == "next"]
    if not all(isinstance(url, str) for url in urls):
        raise Unreadable(call)
    return urls


def _same_place(call: str, url: str, here: Address) -> str:
    """The query of a link that leads to where we are, with or without 1up's "/fhir" in front (§2.1)."""
    scheme, host, port = here.origin
    whole = f"{scheme}://{host}:{port}{url}" if url.startswith("/") and not url.startswith("//") else url
    try:
        there = parse_address(whole)
    except ValueError:
        raise Unreadable(call) from None
    if there.origin != here.origin or _plain_path(there) != _plain_path(here):
        raise Unreadable(call)
    return there.query


def _plain_path(address: Address) -> str:
    return unquote(address.path).replace("/fhir/", "/", 1)


def _without_secrets(query: str) -> str:
    """The query, untouched but for parameters that only credentials have; ours travel in headers."""
    parts = query.split("&")
    return "&".join(part for part in parts if unquote_plus(part.partition("=")[0]) not in _SECRET_NAMES)


def _holds(text: str, secret: str) -> bool:
    """Whether a secret is in there, plain or percent-encoded up to twice."""
    return bool(secret) and any(secret in each for each in (text, unquote(text), unquote(unquote(text))))
