"""The environment of every child of the demo, made in one place; whatever a person's shell says wins.

Secrets are made once and kept in the home, readable by their owner alone. The sandbox gets none of the
product's, and only migrations get the address of the database's owner.
"""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.local.trouble import CannotStart

Environment = dict[str, str]
CLIENT = "tributary-demo"


@dataclass(frozen=True)
class Wishes:
    """What the person who typed the command asked for, in the environment."""

    port: int
    sandbox_port: int
    corpus: Path | None
    is_reset: bool
    database_url: str
    owner_url: str
    redis_url: str


def wishes(given: Mapping[str, str]) -> Wishes:
    """Read PORT, SANDBOX_PORT, CORPUS, RESET and the addresses of servers. Raises CannotStart."""
    port, sandbox_port = _port(given, "PORT", 8000), _port(given, "SANDBOX_PORT", 8001)
    if port == sandbox_port:
        raise CannotStart(f"PORT and SANDBOX_PORT are both {port}. They must differ.")
    database, owner = given.get("DATABASE_URL", ""), given.get("DATABASE_OWNER_URL", "")
    if bool(database) != bool(owner):
        given_one, other = ("DATABASE_URL", "DATABASE_OWNER_URL")[:: 1 if database else -1]
        raise CannotStart(
            f"{given_one} is set but {other} is not. The portal needs two roles: one that owns the tables, "
            "for migrations, and one that does not, for everything else. portal/local/roles.sql makes them."
        )
    is_reset = given.get("RESET", "").lower() not in ("", "0", "no")
    if is_reset and database:
        raise CannotStart(
            "RESET=1 starts the embedded database clean; it does not touch one named by DATABASE_URL."
        )
    return Wishes(port, sandbox_port, _corpus(given), is_reset, database, owner, given.get("REDIS_URL", ""))


def _port(given: Mapping[str, str], name: str, default: int) -> int:
    word = given.get(name) or str(default)
    if not word.isdecimal() or not 0 < int(word) < 65536:
        raise CannotStart(f"{name} must be a number from 1 to 65535, not {word!r}.")
    return int(word)


def _corpus(given: Mapping[str, str]) -> Path | None:
    word = given.get("CORPUS", "")
    if not word:
        return None
    folder = Path(word).expanduser().resolve()
    if not folder.is_dir():
        raise CannotStart(f"CORPUS names {folder}, and there is no such folder.")
    return folder


def kept_secrets(home: Path) -> Environment:
    """SECRET_KEY, FIELD_KEYS and the sandbox app's secret: made on first use, the same ever after."""
    path = home / "secrets.json"
    if not path.exists():
        made = {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "FIELD_KEYS": f"local:{base64.b64encode(secrets.token_bytes(32)).decode()}",
            "ONEUP_CLIENT_SECRET": secrets.token_urlsafe(24),
        }
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(made, file)
    kept: Environment = json.loads(path.read_text())
    return kept


def product(given: Mapping[str, str], kept: Environment, asked: Wishes, home: Path) -> Environment:
    """What web, worker and beat see. The addresses of the servers are added by whoever started them."""
    ours = {
        "SECRET_KEY": kept["SECRET_KEY"],
        "FIELD_KEYS": kept["FIELD_KEYS"],
        "SITE_URL": f"http://localhost:{asked.port}",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "DEMO": "yes",
        "SWEEP_SECONDS": "2",
        "STATIC_ROOT": str(home / "static"),  # empty: the demo's files come from where they are written
    }
    if not given.get("ONEUP_CLIENT_ID"):
        ours |= _sandbox_as_oneup(kept, asked)
    taken = {name: value for name, value in given.items() if value and name in ours}
    return _inherited(given) | ours | taken | {"PYTHONUNBUFFERED": "1"}


def _sandbox_as_oneup(kept: Environment, asked: Wishes) -> Environment:
    """The sandbox in 1up's place, with a budget that keeps nobody waiting; real defaults stay real."""
    base = f"http://127.0.0.1:{asked.sandbox_port}"
    return {
        "ONEUP_API_URL": f"{base}/api",
        "ONEUP_AUTH_URL": f"{base}/auth",
        "ONEUP_SEARCH_URL": f"{base}/search",
        "ONEUP_CLIENT_ID": CLIENT,
        "ONEUP_CLIENT_SECRET": kept["ONEUP_CLIENT_SECRET"],
        "ONEUP_REQUESTS_PER_MINUTE": "3000",
        "ONEUP_USER_CALLS_PER_HOUR": "3000",
        "ONEUP_ALLOW_INSECURE": "yes",
    }


def sandbox(given: Mapping[str, str], kept: Environment, asked: Wishes, home: Path) -> Environment:
    """What the stand-in for 1up sees: its app, where it sends people back to, where it remembers them."""
    ours = {
        "SANDBOX_TICK": "2",
        "SANDBOX_STATE": str(home / "sandbox.json"),
        "SANDBOX_CLIENT_ID": CLIENT,
        "SANDBOX_CLIENT_SECRET": kept["ONEUP_CLIENT_SECRET"],
        "SANDBOX_CALLBACK": f"http://localhost:{asked.port}/connect/return/",
    }
    if asked.corpus:
        ours["CORPUS"] = str(asked.corpus)
    return _inherited(given) | ours | {"PYTHONUNBUFFERED": "1"}


# Addresses and secrets go only to those children that are given them by name.
_NOT_INHERITED = ("PG", "DATABASE_", "REDIS_", "SECRET_KEY", "FIELD_KEYS", "DJANGO_SETTINGS_MODULE", "CORPUS")


def _inherited(given: Mapping[str, str]) -> Environment:
    return {name: value for name, value in given.items() if not name.startswith(_NOT_INHERITED)}


def checking(given: Mapping[str, str]) -> Environment:
    """Made-up, safe settings of a public site, for checks that read settings and reach no server."""
    return _inherited(given) | {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": f"check:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "SITE_URL": "https://portal.example",
        "ALLOWED_HOSTS": "portal.example",
        "DATABASE_URL": "postgresql://nobody@/nothing?host=/nowhere",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "ONEUP_CLIENT_ID": "check",
        "ONEUP_CLIENT_SECRET": "check",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }
