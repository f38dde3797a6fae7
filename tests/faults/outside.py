"""F25, F35 to F37: no room for files in the making, mail servers, names and certificates, keys."""

import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from connect.gateway import TryLater
from connect.oneup import OneUp, OneUpSettings
from ground.crypto import Keyring
from portal import keys as words
from tests.faults import certificates, smtp
from tests.faults.bench import Bench
from tests.faults.ledger import exact
from tests.faults.registry import NotRun, NotSurvived, Verdict, fault, must
from tests.site import ROOT

_OTHER = "b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcm90aGVyb3Q="
_FILES = ("/records/visit/packet.pdf", "/records/take/everything.pdf", "/records/take/everything.zip")
_ENDS = {"pdf": b"%%EOF", "zip": b"PK\x05\x06"}
_ASIDE = "/mnt"  # where the project is seen from when /tmp, in which it may lie, is full and empty
_FULL = f"""
    mount --bind {ROOT} {_ASIDE}
    for each in /tmp /var/tmp; do mount -t tmpfs -o size=64k,nr_inodes=2 none $each && touch $each/last; done
    touch /tmp/more 2>/dev/null && exit 9
    cd /proc && exec "$@"
"""


@fault("F25", "no room for files in the making")
def no_room(bench: Bench) -> Verdict:
    """Temporary folders are full, to the web server alone. A file comes whole, or a page says that not."""
    visitor = bench.connected()
    before = bench.site.words["web"]
    bench.site.kill("web")
    words = [each.replace(str(ROOT), _ASIDE) for each in before]
    bench.site.words["web"] = ["unshare", "-m", "sh", "-c", _FULL, "sh", *words]
    bench.site.settings["PYTHONPATH"] = _ASIDE
    try:
        bench.site.start("web")
        try:
            bench.until(bench.site.is_ready, 60, "the web server")
        except NotSurvived:
            raise NotRun("no folder can be made full for one process here") from None
        replies = [visitor.http.get(visitor.origin + path, timeout=120) for path in _FILES]
        must(visitor.go("/records/").status == 200, "reading fails too")
    finally:
        bench.site.words["web"] = before
        del bench.site.settings["PYTHONPATH"]
        if bench.site.is_up("web"):
            bench.site.kill("web")
        bench.site.start("web")
    came = []
    for path, reply in zip(_FILES, replies, strict=True):
        is_file = "html" not in reply.headers.get("Content-Type", "")
        must(
            not is_file or _ENDS[path[-3:]] in reply.content[-1024:], f"a part of {path} was served as a file"
        )
        must("Traceback" not in reply.text[:5000] or is_file, "a page shows a trace")
        came.append(f"{reply.status_code} with a {'whole file' if is_file else 'page'}")
    bench.until(bench.site.is_ready, 30, "the web server")
    must(visitor.http.get(visitor.origin + _FILES[0], timeout=120).status_code == 200, "no file afterwards")
    kept = exact(visitor.witness)
    return Verdict(len(_FILES), f"{', '.join(came)}; reading went on; {kept} records")


@fault("F35", "the mail server down, slow, and refusing")
def mail(bench: Bench) -> Verdict:
    """Signing up does not wait for it; each mail goes out once, when it can."""
    with smtp.serving() as server:
        bench.site.settings["EMAIL_URL"] = f"smtp://127.0.0.1:{server.port}"
        _worker_again(bench)
        try:
            took, people = [], []
            for trouble in ("refuses", "hangs", "busy", "drops"):
                server.trouble, met = trouble, server.met
                began = time.monotonic()
                people.append(bench.person())
                took.append(time.monotonic() - began)
                bench.until(lambda was=met: server.met > was, 45, "a mail to run into it")
            server.trouble = ""
            bench.until(lambda: _all_sent(bench), 90, "the mails to go out")
        finally:
            del bench.site.settings["EMAIL_URL"]
            _worker_again(bench)
    for visitor in people:
        count = sum(visitor.email in each for each in server.taken)
        wrote = bench.site.rows('select count(*) from ground_mail where "to" = %s', visitor.email)[0][0]
        must(count == wrote >= 1, f"{count} mails arrived of {wrote}")
    must(max(took) < 30, f"signing up took {max(took):.0f} s")
    return Verdict(
        server.met, f"signing up took {max(took):.0f} s at most; each of {len(server.taken)} mails came once"
    )


def _worker_again(bench: Bench) -> None:
    bench.site.kill("worker")
    bench.site.start("worker")


def _all_sent(bench: Bench) -> bool:
    bench.site.rows(
        "update ground_job set due_at = now(), rung_at = null"
        " where kind = 'mail' and state = 'waiting' and due_at > now() + interval '1 s' returning id"
    )
    return not bench.site.rows("select 1 from ground_mail where sent_at is null")


@fault("F36", "names that lead nowhere, certificates that are wrong")
def names(bench: Bench) -> Verdict:
    """An own authority: only the right certificate is spoken to, and never in the clear instead."""
    with certificates.authority() as ours:
        with ours.serving("localhost") as good:
            must(_ask(good.port, ours.path) == "answered", "the right certificate is refused too")
            must(good.requests == 1, "the right certificate was not spoken to")
        seen = {"unknown authority": "", "expired": "", "another host": "", "no such name": ""}
        with ours.serving("localhost") as good:
            seen["unknown authority"] = _ask(good.port, None)
            spoken = good.requests
        with ours.serving("localhost", expired=True) as old:
            seen["expired"] = _ask(old.port, ours.path)
            spoken += old.requests
        with ours.serving("elsewhere.example") as other:
            seen["another host"] = _ask(other.port, ours.path)
            spoken += other.requests
        seen["no such name"] = _ask(1, ours.path, host="nowhere.invalid")
    must(set(seen.values()) == {"TryLater"}, f"the errors are {seen}")
    must(spoken == 0, "something was said to a server we do not know")
    return Verdict(len(seen), "each a plain 'later', nothing said to them; the right one was answered")


def _ask(port: int, trusted: str | None, host: str = "localhost") -> str:
    """What asking for a code comes to, over TLS: the name of the error, or answered."""
    base = f"https://{host}:{port}"
    client = OneUp(OneUpSettings(base, base, base, "the-app", "secret-of-the-app", deadline=10.0))
    client._as_app._session.verify = trusted or True
    try:
        client.new_code("somebody")
    except TryLater as later:
        must("secret" not in str(later) and host not in str(later), "the error tells too much")
        return "TryLater"
    except Exception as other:  # noqa: BLE001  (any word of a server that we spoke to)
        return "answered" if trusted else type(other).__name__
    return "answered"


@fault("F37", "keys that are missing, wrong, or gone")
def keys(bench: Bench) -> Verdict:
    """Without its keys nothing starts, and says so; a token that no key opens is healed by a new code."""
    visitor = bench.connected()
    words.keep_words()  # what the daily housekeeping does
    words.survey()
    wrong: tuple[dict[str, str], ...] = (
        {"FIELD_KEYS": ""},
        {"FIELD_KEYS": "t:dG9vIHNob3J0"},
        {"FIELD_KEYS": "other:" + _OTHER},
        {"FIELD_KEYS": "t:" + _OTHER},
        {"SECRET_KEY": ""},
    )
    starts: tuple[Callable[[], list[str]], ...] = (
        lambda: [sys.executable, "-c", "import portal.wsgi"],
        lambda: bench.site.words["worker"],
    )
    started = [(each, start()[2]) for each in wrong for start in starts if not _refuses(bench, each, start())]
    must(not started, f"started all the same: {started}")
    stranger = Keyring.from_text("gone:" + "Z29uZWdvbmVnb25lZ29uZWdvbmVnb25lZ29uZWdvbmU=")
    sealed = stranger.seal(b"a token", f"connect_account.access_sealed.{visitor.witness.patient}")
    bench.site.rows(
        "update connect_account set access_sealed = %s, refresh_sealed = %s"
        " where patient_id = %s returning id",
        *(sealed, sealed, visitor.witness.patient),
    )
    bench.checked(visitor)
    kept = exact(visitor.witness)
    tries = len(wrong) * len(starts) + 1
    return Verdict(
        tries, f"web and worker refuse to start; a token of a key that is gone healed; {kept} records"
    )


def _refuses(bench: Bench, wrong: dict[str, str], words: list[str]) -> bool:
    """Whether a process ends at once, with a sentence and without the key in it."""
    environment: dict[str, Any] = {**bench.site.environment(), **wrong}
    try:
        done = subprocess.run(
            words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    said = done.stdout + done.stderr
    key = wrong.get("FIELD_KEYS", "").partition(":")[2]
    must(not key or key not in said, "it prints the key")
    return done.returncode != 0 and ("KEY" in said or "key" in said)
