"""What the sandbox can be told at start, by environment variable or by flag. Flags win."""

import argparse
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

CALLBACK = "http://localhost:8000/connect/return/"


@dataclass(frozen=True)
class App:
    """An application registered with 1up: its credentials and where its people are sent back to."""

    client_id: str
    secret: str = field(repr=False)
    redirect_uris: tuple[str, ...]


@dataclass(frozen=True)
class Options:
    """The sandbox's settings. Times are seconds; the defaults are 1up's own (docs/oneup.md, lifetimes)."""

    host: str
    port: int
    public_base: str
    corpus: Path | None
    seed: int
    systems: int
    big: int
    tick: float
    code_seconds: float
    access_seconds: float
    refresh_seconds: float
    slow_seconds: float
    rate_limits: bool
    state_file: Path | None
    apps: tuple[App, ...]

    @property
    def base(self) -> str:
        """The origin every absolute URL is built from."""
        here = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104  compared, not bound
        return self.public_base.rstrip("/") or f"http://{here}:{self.port}"


class _Setting(NamedTuple):
    flag: str
    variable: str
    read: Callable[[str], Any]
    default: str
    meaning: str


def _truth(word: str) -> bool:
    if word.lower() in {"1", "on", "yes", "true"}:
        return True
    if word.lower() in {"", "0", "off", "no", "false"}:
        return False
    raise ValueError(f"neither on nor off: {word}")


def _folder(word: str) -> Path | None:
    return Path(word) if word else None


_SETTINGS = (
    _Setting("host", "SANDBOX_HOST", str, "127.0.0.1", "address to listen on"),
    _Setting("port", "SANDBOX_PORT", int, "8001", "port to listen on; 0 takes any free one"),
    _Setting("public-base", "SANDBOX_PUBLIC_BASE", str, "", "origin used in every URL it emits"),
    _Setting("corpus", "CORPUS", _folder, "", "folder of FHIR bundles to offer as patients"),
    _Setting("seed", "SANDBOX_SEED", int, "1", "seed of the generated people and places"),
    _Setting("systems", "SANDBOX_SYSTEMS", int, "10000", "how many places the directory lists"),
    _Setting("big", "SANDBOX_BIG", int, "700", "how many resources the big charts hold"),
    _Setting("tick", "SANDBOX_TICK", float, "120", "seconds between two ingestion passes"),
    _Setting("code-seconds", "SANDBOX_CODE_SECONDS", float, "7200", "life of a code"),
    _Setting("access-seconds", "SANDBOX_ACCESS_SECONDS", float, "7200", "life of an access token"),
    _Setting("refresh-seconds", "SANDBOX_REFRESH_SECONDS", float, "7200", "life of a refresh token"),
    _Setting("slow-seconds", "SANDBOX_SLOW_SECONDS", float, "3600", "how long the slow place takes"),
    _Setting("rate-limits", "SANDBOX_RATE_LIMITS", _truth, "off", "answer 429 above 1up's known limits"),
    _Setting("state-file", "SANDBOX_STATE", _folder, "", "remember accounts and connections here"),
)


def _parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A stand-in for 1upHealth.")
    parser.add_argument("listen", nargs="?", metavar="port", help="same as --port")
    for setting in _SETTINGS:
        default = environment.get(setting.variable) or setting.default
        parser.add_argument(
            f"--{setting.flag}",
            type=setting.read,
            default=default,
            help=f"{setting.meaning} ({setting.variable})",
        )
    parser.add_argument("--callback", default=environment.get("SANDBOX_CALLBACK") or CALLBACK)
    return parser


def _apps(environment: Mapping[str, str], callback: str) -> tuple[App, ...]:
    """The demo app, a second one that must see nothing of the first, and what SANDBOX_APPS (JSON) adds."""
    demo = App(
        environment.get("SANDBOX_CLIENT_ID") or "demo-app",
        environment.get("SANDBOX_CLIENT_SECRET") or "demo-secret",
        (callback,),
    )
    other = App("another-app", "another-app-secret", ("http://localhost:8000/another/return/",))
    added = json.loads(environment.get("SANDBOX_APPS") or "[]")
    return (demo, other, *(read_app(entry) for entry in added))


def read_app(entry: Mapping[str, Any]) -> App:
    """An App from {"client_id", "secret", "redirect_uri" or "redirect_uris"}; KeyError if one is missing."""
    uris = entry.get("redirect_uris") or [entry["redirect_uri"]]
    return App(str(entry["client_id"]), str(entry["secret"]), tuple(uris))


def read_options(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Options:
    """Options from the command line and the environment. Exits with a message when a value cannot be read."""
    parser = _parser(environment)
    given = vars(parser.parse_args(arguments))
    listen, callback = given.pop("listen"), given.pop("callback")
    if listen is not None:
        if not listen.isdecimal():
            parser.error(f"not a port: {listen}")
        given["port"] = int(listen)
    return Options(**given, apps=_apps(environment, callback))
