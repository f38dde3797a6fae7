"""A Postgres that is migrated: made once for a state of the migrations, and copied for each who needs one.

Migrating takes longer than most tests do, and every process of a run and every site has a cluster of its own.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from portal.local import folders, postgres, postgres_files
from portal.local.postgres_files import Place

ROOT = Path(__file__).resolve().parents[1]
_KEPT = ROOT / ".local" / "tests"
#: What says how a fresh database looks.
_MADE_BY = ("*/migrations/*.py", "ground/policy.py", "portal/local/roles.sql")


def start(home: Path, environment: Mapping[str, str]) -> postgres.Server:
    """The cluster of this folder; one that is not there yet is a copy whose database is migrated.

    `environment` is what `manage.py` needs besides the database. A crash of the machine may lose its data.
    """
    if not postgres_files.data(home).exists():
        home.mkdir(parents=True, exist_ok=True)
        _copy(_made(environment), postgres_files.place(home, passing=True))
    return postgres.start(home, durable=False)


def _made(environment: Mapping[str, str]) -> Path:
    """The home of the cluster to copy, at rest."""
    home = _KEPT / _state()
    with _alone():
        if not (home / "made").exists():
            _forget_all()
            server = postgres.start(home, durable=False)
            try:
                _migrate(environment | {"DATABASE_URL": server.url, "DATABASE_OWNER_URL": server.owner_url})
            finally:
                server.stop()
            (home / "made").touch()
    return home


def _state() -> str:
    """What the migrations are now, in few characters."""
    said = hashlib.sha256(postgres_files.MAJOR.encode())
    for path in sorted(path for pattern in _MADE_BY for path in ROOT.glob(pattern)):
        said.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return said.hexdigest()[:16]


@contextmanager
def _alone() -> Iterator[None]:
    """Who comes while another makes one waits for it."""
    _KEPT.mkdir(parents=True, exist_ok=True)
    with (_KEPT / "lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _forget_all() -> None:
    """Delete what was made of earlier migrations, or was left half made."""
    for home in _KEPT.iterdir():
        if home.is_dir():
            postgres_files.forget(home)
            shutil.rmtree(home)


def _migrate(environment: Mapping[str, str]) -> None:
    words = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(words, cwd=ROOT, env=dict(environment), check=True)


def _copy(home: Path, place: Place) -> None:
    """Copy the data, beside the final place first, so that no start finds half of them."""
    making = folders.private(place.data.with_name("making"), owner=place.user)
    shutil.copytree(postgres_files.data(home), making, dirs_exist_ok=True)
    if place.user is not None and place.group is not None:
        for folder, _folders, files in os.walk(making):
            for path in (folder, *(os.path.join(folder, name) for name in files)):  # noqa: PTH118
                os.chown(path, place.user, place.group)
    making.rename(place.data)
