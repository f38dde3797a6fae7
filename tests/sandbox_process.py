"""The sandbox as tests use it: a real server in a process of its own, over HTTP.

    with start_sandbox(callback=f"{live_server.url}/connect/return/") as sandbox:
        sandbox.fault(status=503, times=1)

Passes run only when a test says `tick()`, unless `tick=` (seconds) is given. Nothing here imports the
sandbox: it is
a stranger.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[1]
CLIENT_ID, CLIENT_SECRET = "tributary-demo", "tributary-demo-secret"
OTHER_CLIENT_ID, OTHER_CLIENT_SECRET = "another-app", "another-app-secret"
_NEVER = 10**9


class Sandbox:
    """A running sandbox: its three bases, and its control surface as methods."""

    client_id, client_secret = CLIENT_ID, CLIENT_SECRET

    def __init__(self, url: str, process: "subprocess.Popen[str]") -> None:
        self.url = url
        self.process = process
        self.api, self.auth, self.search = f"{url}/api", f"{url}/auth", f"{url}/search"
        self.http = requests.Session()
        self.http.trust_env = False

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
        """Run an ingestion pass; how many connections finished their first import."""
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
