"""Which processes a demo has started, on disk, so that the next one can end what a killed one left behind."""

import json
import os
from pathlib import Path

from portal.local import processes

_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Register:
    """The children now running: the number of each, and when it began, since numbers are given out again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._children: dict[str, tuple[int, str | None]] = {}

    def note(self, name: str, pid: int) -> None:
        """This child runs now, in a process group of its own number."""
        self._children[name] = (pid, processes.started(pid))
        self._write()

    def strike(self, name: str) -> None:
        """This child has ended."""
        self._children.pop(name, None)
        self._write()

    def _write(self) -> None:
        """In one step, so that a kill in the middle leaves the former state."""
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps({"boot": _boot(), "children": self._children}))
        fresh.replace(self._path)


def _boot() -> str:
    return _BOOT.read_text().strip() if _BOOT.exists() else ""


def reap(path: Path) -> list[str]:
    """End what the register's former owner left running. Answers with the names of what was ended."""
    try:
        noted = json.loads(path.read_text())
        left = noted["children"] if noted["boot"] == _boot() else {}
        ended = [name for name, (pid, began) in left.items() if _end(pid, began)]
    except (FileNotFoundError, ValueError, KeyError):
        return []
    path.unlink()
    return ended


def _end(pid: int, began: str | None) -> bool:
    """Kill the child's group, unless its number has passed on, which it cannot while the group lives."""
    now = processes.started(pid)
    if now is not None and now != began:
        return False
    try:
        os.killpg(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    processes.kill_group(pid)
    return processes.wait_until(lambda: processes.started(pid) is None, seconds=5)
