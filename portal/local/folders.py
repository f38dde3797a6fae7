"""Where the local servers keep their sockets, and the promise that nobody else can reach in."""

import fcntl
import hashlib
import os
import stat
from pathlib import Path
from typing import IO

from portal.local.trouble import CannotStart

# A Unix socket's whole path has to fit into about 100 bytes, and Postgres adds 14 of its own.
LONGEST_SOCKET_FOLDER = 85


def mark(home: Path) -> str:
    """Ten characters that stand for a folder, in places shared with other folders and other people."""
    return hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:10]


def private(folder: Path, *, owner: int | None = None) -> Path:
    """Make a folder that only its owner may enter, or check that an existing one is such a folder.

    `lstat`, not `stat`: in a world-writable parent somebody else could have put a link in our way.
    """
    owner = os.geteuid() if owner is None else owner
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=0o700)
        if owner != os.geteuid():
            os.chown(folder, owner, -1)
    except FileExistsError:
        pass
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or stat.S_IMODE(found.st_mode) != 0o700:
        raise CannotStart(
            f"{folder} is not a folder that is ours alone. Remove it or make it mode 0700, then try again."
        )
    return folder


def for_sockets(home: Path, name: str) -> Path:
    """Where sockets go: in `home` where the path is short enough, else under /tmp. Make it with `private`."""
    folder = home.resolve() / name
    if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
        folder = Path(f"/tmp/tributary-{os.geteuid()}-{mark(home)}-{name}")  # noqa: S108
    return folder


def hold(path: Path) -> IO[str]:
    """Lock a file for as long as the answer stays open; a killed holder lets go by dying.

    Raises CannotStart when somebody else holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    held = path.open("a+")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        raise CannotStart(f"{path.parent} is in use by another process: {path.name} is locked.") from None
    return held
