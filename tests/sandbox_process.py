"""The sandbox as tests use it: a real server in a process of its own, over HTTP.

    with start_sandbox(callback=f"{live_server.url}/connect/return/") as sandbox:
        sandbox.fault(status=503, times=1)

Passes run only when a test says `tick()`, unless `tick=` (seconds) is given. Nothing here imports the
sandbox: it is
a stranger.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[1]
CLIENT_ID, CLIENT_SECRET = "demo-app", "demo-secret"
OTHER_CLIENT_ID, OTHER_CLIENT_SECRET = "another-app", "another-app-secret"
_NEVER = 10**9


@dataclass(frozen=True)
class Member:
    """A 1up user made by a test, with its tokens."""

    id: int
    app_user_id: str
    access: str
    refresh: str

    @property
    def bearer(self) -> dict[str, str]:
        """The header that speaks for this user."""
        return {"Authorization": f"Bearer {self.access}"}


class Sandbox:
    """A running sandbox: its three bases, and its control surface as methods."""

    client_id, client_secret = CLIENT_ID, CLIENT_SECRET

    def __init__(self, url: str, process: "subprocess.Popen[str]") -> None:
        self.url = url
        self.process = process
        self.api, self.auth, self.search = f"{url}/api", f"{url}/auth", f"{url}/search"
        self.analytics, self.bulk = f"{url}/analytics", f"{url}/gateway"
        self.http = requests.Session()
        self.http.trust_env = False

    @property
    def credentials(self) -> dict[str, str]:
        """The demo app's credentials, as headers or as form fields."""
        return {"client_id": self.client_id, "client_secret": self.client_secret}

    def member(self, app_user_id: str = "patient-1") -> Member:
        """A new 1up user with tokens, made as an app makes them."""
        made = self.http.post(
            f"{self.api}/user-management/v1/user", headers=self.credentials, data={"app_user_id": app_user_id}
        ).json()
        form = {"grant_type": "authorization_code", "code": made["code"], **self.credentials}
        tokens = self.http.post(f"{self.auth}/oauth2/token", data=form).json()
        return Member(made["oneup_user_id"], app_user_id, tokens["access_token"], tokens["refresh_token"])

    def depart(self, member: Member, place: int, **query: str) -> str:
        """The address of a place's sign-in for a user, as the product's server would be given it."""
        reply = self.http.get(
            f"{self.search}/api/clinical/{place}",
            params={"sendRedirectUrlAsResponse": "true", **query},
            headers=member.bearer,
        )
        reply.raise_for_status()
        return str(reply.json()["authorization_url"])

    def agree(self, address: str, person: str = "", *, allow: bool = True) -> str:
        """Walk through a place's pages as `person` (words of the name; else the first one listed).

        Returns the address on the product that the browser is sent back to. It is not called.
        """
        page = self.http.get(address)
        place = re.search(r"/place/\d+", page.url)[0]
        people = re.findall(r"<li>.*?</li>", page.text, re.S)
        chosen = next(each for each in people if person in unescape(each))
        form = {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', chosen)}
        self.http.post(f"{self.url}{place}/sign-in", data=form).raise_for_status()
        decision = {"state": form["state"], "decision": "allow" if allow else "deny"}
        last = self.http.post(f"{self.url}{place}/consent", data=decision)
        return unescape(re.search(r'<a href="([^"]+)"', last.text)[1])

    def connect(self, member: Member, place: int = 4706, person: str = "", **query: str) -> None:
        """A user connects a place and its records are there: departure, sign-in, Allow, ingestion pass."""
        self.agree(self.depart(member, place, **query), person)
        self.tick()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One call on /_sandbox/; the JSON answer. Raises requests.HTTPError when it is refused."""
        reply = self.http.request(method, f"{self.url}/_sandbox/{path}", json=body, timeout=60)
        reply.raise_for_status()
        return reply.json()

    def reset(self) -> None:
        """Forget users, tokens, connections, records, faults, switches and the ledger. Apps stay."""
        self.control("POST", "reset")

    def fault(self, **fault: Any) -> None:
        """Set trouble: route (glob), method, nth, times (None: for ever), status, body, headers, delay,
        hang, drip,
        cut and how ("short", "reset", "unmarked"), garbage, lost. See sandbox/faults.py.
        """
        self.control("POST", "faults", fault)

    def heal(self) -> None:
        """Take every fault away."""
        self.control("DELETE", "faults")

    def tick(self) -> int:
        """Run an ingestion pass; how many connections finished their first import, or one asked for."""
        return int(self.control("POST", "tick")["finished"])

    def clock(self, forward: float) -> None:
        """Move the sandbox's time forward by seconds."""
        self.control("POST", "clock", {"forward": forward})

    def switch(self, **switches: Any) -> None:
        """Play another variant of 1up's replies: see sandbox/switches.py."""
        self.control("POST", "switches", switches)

    def limits(self, per_minute: int | None = None, users_per_hour: int | None = None) -> None:
        """Turn rate limits on; None is off."""
        self.control("POST", "limits", {"per_minute": per_minute, "users_per_hour": users_per_hour})

    def app(self, redirect_uri: str, client_id: str = CLIENT_ID, secret: str = CLIENT_SECRET) -> None:
        """Register an app, or change where its people are sent back to."""
        self.control("POST", "apps", {"client_id": client_id, "secret": secret, "redirect_uri": redirect_uri})

    def ledger(self, after: int = 0) -> list[dict[str, Any]]:
        """Every request so far: number, at, method, path, query, header_names, acting_for, token_in_url,
        status, fault.
        """
        requests_seen: list[dict[str, Any]] = self.control("GET", f"ledger?after={after}")["requests"]
        return requests_seen

    def truth(self, user: int | str) -> list[dict[str, str]]:
        """What a complete import of a user (1up's number or app_user_id) must hold: version, type, id,
        sha256.

        sha256 is over the bytes as served without meta.versionId, meta.lastUpdated and meta.source.
        """
        resources: list[dict[str, str]] = self.control("GET", f"truth/{user}")["resources"]
        return resources

    def user(self, user: int | str) -> dict[str, Any]:
        """A user's connections, audit codes in order, revoked_families."""
        found: dict[str, Any] = self.control("GET", f"users/{user}")
        return found

    def end_tokens(self, user: int | str, end: str) -> None:
        """Let tokens die early: "access", "refresh", "both" or "family" (revoked)."""
        self.control("POST", "tokens", {"user": user, "end": end})

    def end_source(self, user: int | str, system_id: int | None = None, **how: Any) -> None:
        """A place's permission ends by itself, of one place or of all: expires_in (seconds), gone (bool)."""
        self.control("POST", "source", {"user": user, "system_id": system_id, **how})

    def crowd(self, **how: int) -> list[dict[str, Any]]:
        """Users who have connected and been collected: count, resources (of each), seed. Whom it made:
        oneup_user_id, app_user_id, patient.
        """
        people: list[dict[str, Any]] = self.control("POST", "crowd", how)["people"]
        return people

    def change_chart(self, user: int | str, system_id: int, **change: Any) -> None:
        """A place's chart of this user changes: add=[resource], drop=[{"resourceType", "id"}]; seen after a
        pass.
        """
        self.control("POST", "chart", {"user": user, "system_id": system_id, **change})


def _command(options: dict[str, Any]) -> list[str]:
    words = [sys.executable, "-m", "sandbox", "--port", str(options.pop("port", 0))]
    for name, value in {"tick": _NEVER, **options}.items():
        words += [f"--{name.replace('_', '-')}", str(value)]
    return words


@contextmanager
def start_sandbox(*, environment: dict[str, str] | None = None, **options: Any) -> Iterator[Sandbox]:
    """A sandbox of its own for the length of the block. Options are its flags, such as callback, corpus,
    tick,
    access_seconds, rate_limits="on"; `python -m sandbox --help` lists them.
    """
    own = {k: v for k, v in os.environ.items() if not k.startswith(("SANDBOX_", "CORPUS"))}
    with subprocess.Popen(
        _command(options), cwd=ROOT, env={**own, **(environment or {})}, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        if not url:
            raise RuntimeError("the sandbox did not start")
        sandbox = Sandbox(url, process)
        try:
            yield sandbox
        finally:
            sandbox.http.close()
            process.terminate()
            process.wait(timeout=5)
