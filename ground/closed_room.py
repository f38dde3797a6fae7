"""Work on untrusted bytes in a process of its own: bytes in, bytes out, little memory and time.

`run` is the parent's side, `give_up` and `be_a_child` are the child's. Whatever goes wrong ends the child
with a status and no words, since words could hold what the bytes say (threats T14, T15). Knows no Django.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]


class CameToNothing(Exception):
    """The child failed, or took too long; nothing of why is said here."""


def run(module: str, *words: str, given: bytes, seconds: float) -> bytes:
    """What a module of ours wrote, run as a program with these words and `given` on its standard input.

    Raises CameToNothing.
    """
    try:
        done = subprocess.run(  # noqa: S603  (our own module; what is untrusted goes to its standard input)
            [sys.executable, "-E", "-s", "-m", module, *words],
            input=given,
            capture_output=True,
            timeout=seconds,
            check=True,
            cwd=_ROOT,
            env={"LANG": "C.UTF-8"},
        )
    except (subprocess.SubprocessError, OSError) as broken:
        raise CameToNothing from broken
    return done.stdout


def give_up(*, memory: int, seconds: int) -> None:
    """In the child: at most so many bytes of address space and seconds of work, and no byte in any file."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def be_a_child(main: Callable[[], None]) -> None:
    """In the child: do the work, or end without a word; a traceback could quote what was given."""
    try:
        main()
        sys.stdout.flush()
    except BaseException:  # noqa: BLE001
        os._exit(2)
