"""The words that `make demo` ends its start with: where to look, who to be, what to click."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from portal.local.environment import Wishes
from portal.local.trouble import CannotStart

_LINE = "─" * 72


def read_accounts(printed: str) -> Mapping[str, Any]:
    """What `manage.py seed_demo` printed: one JSON object, perhaps after other lines. Raises CannotStart."""
    try:
        found: Mapping[str, Any] = json.JSONDecoder().raw_decode(printed[printed.index("{") :])[0]
    except ValueError:
        raise CannotStart("manage.py seed_demo printed no accounts.") from None
    return found


def lines(asked: Wishes, seeded: Mapping[str, Any]) -> list[str]:
    """The whole welcome, line by line."""
    return [
        _LINE,
        f"Tributary runs at   http://localhost:{asked.port}/",
        "",
        *accounts(seeded),
        "",
        *_hospital(seeded),
        *(f"{name:<19} {address}" for name, address in _pages(asked, seeded)),
        "",
        "What to click: sign in as the patient, add a place, search for the hospital, sign in there,",
        "choose Allow, and watch the records arrive. `make accounts` prints the one-time codes anew.",
        "Ctrl-C stops everything and keeps the data; `make demo RESET=1` starts clean.",
        _LINE,
    ]


def accounts(seeded: Mapping[str, Any]) -> list[str]:
    """The demo's accounts, each with its password and, where one is needed, the one-time code of now."""
    return ["Who you can be:", *(_account(each) for each in seeded.get("accounts", ()))]


def _account(account: Mapping[str, Any]) -> str:
    who = account.get("role") or account.get("who") or ""
    code = f"   one-time code now: {account['code']}" if account.get("code") else ""
    return f"  {who:<10} {account.get('email', ''):<28} {account.get('password', '')}{code}"


def _hospital(seeded: Mapping[str, Any]) -> Sequence[str]:
    """The sandbox hospital's own sign-in; its page lists the others."""
    place = seeded.get("hospital")
    if not place:
        return ["The pretend hospital's own sign-in page lists who can sign in there.", ""]
    return [
        "The pretend hospital (invented people; its sign-in page lists the others):",
        f"  {place.get('name', '')}   {place.get('username', '')}   {place.get('password', '')}",
        "",
    ]


def _pages(asked: Wishes, seeded: Mapping[str, Any]) -> list[tuple[str, str]]:
    base = f"http://localhost:{asked.port}"
    named = [(str(name), base + str(path)) for name, path in seeded.get("pages", {}).items()]
    return [*named, ("The sandbox", f"http://127.0.0.1:{asked.sandbox_port}/")]
