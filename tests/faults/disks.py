"""Small disks in memory, and filling one to the last byte. Mounting wants root; each is taken away again."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from portal.local import postgres_files

_BLOCK = 1 << 20


@contextmanager
def mounted(folder: Path, megabytes: int, *, mode: str = "711") -> Iterator[bool]:
    """A disk of so many megabytes at this folder for the length of the block; False where it cannot be."""
    folder.mkdir(parents=True, exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode={mode}", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(words, capture_output=True, check=False).returncode:
        yield False
        return
    try:
        yield True
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)
        with suppress(OSError):
            folder.rmdir()


def sweep() -> None:
    """Take away the disks of benches that were killed: their home is gone."""
    for line in Path("/proc/mounts").read_text().splitlines():
        folder = Path(line.split()[1])
        note = folder / postgres_files.PASSING
        if folder.match("/var/lib/tributary-*") and note.exists() and not Path(note.read_text()).exists():
            subprocess.run(["umount", "-l", str(folder)], check=False)


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """No byte is left on the disk of this folder for the length of the block."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (_BLOCK, 4096, 1):
            with suppress(OSError):
                while file.write(bytes(size)) == size:
                    pass
    try:
        yield
    finally:
        ballast.unlink()


def is_full(folder: Path) -> bool:
    """Whether nothing more can be written there."""
    return shutil.disk_usage(folder).free < 4096
