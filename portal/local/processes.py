"""Children that end with us, and telling a process from another that was given its number later."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def spawn(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    output: IO[bytes] | int,
    errors: IO[bytes] | int = subprocess.STDOUT,
    on_our_death: signal.Signals = signal.SIGTERM,
    user: int | None = None,
    group: int | None = None,
    cwd: str | Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that a terminal's Ctrl-C reaches us alone.

    On Linux the kernel sends it `on_our_death` when the calling thread ends: call it from the main thread.
    """
    return subprocess.Popen(
        [str(word) for word in argv],
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        start_new_session=True,
        user=user,
        group=group,
        extra_groups=None if user is None else [],
        cwd=cwd,
        preexec_fn=_follow_into_death(on_our_death),  # runs after the change of user, which would clear it
    )


def _follow_into_death(signal_number: signal.Signals) -> Callable[[], None] | None:
    """What the child runs before it becomes the server; the parent may already be gone by then."""
    libc, parent = _LIBC, os.getpid()
    if libc is None:
        return None

    def ask_the_kernel() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(signal_number))
        if os.getppid() != parent:
            os._exit(1)

    return ask_the_kernel


def started(pid: int) -> str | None:
    """When the process with this number began, in its system's words; None for none and for a zombie."""
    if sys.platform == "linux":
        return _started_on_linux(pid)
    return _asked("lstart=", pid) or None


def command(pid: int) -> str:
    """The words a process was started with, empty if there is no such process."""
    if sys.platform != "linux":
        return _asked("command=", pid)
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def _asked(column: str, pid: int) -> str:
    words = ["ps", "-o", column, "-p", str(pid)]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()


def _started_on_linux(pid: int) -> str | None:
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if words[0] in "ZX" else words[19]


def wait_until(is_so: Callable[[], bool], *, seconds: float) -> bool:
    """Whether it became so in time."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def end(process: subprocess.Popen[bytes], *asking: signal.Signals, seconds: float = 3.0) -> None:
    """Ask with each signal in turn and wait after each, then kill what is left of the child's process group.

    Without a signal it is only waited for: somebody has asked already. Zero seconds kill at once.
    """
    for signal_number in asking or (None,):
        if process.poll() is not None:
            break
        if signal_number is not None:
            process.send_signal(signal_number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    kill_group(process.pid)
    process.wait()


def kill_group(pid: int) -> None:
    """Kill a child that `spawn` started together with its own children in the same session."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
