"""What a supervised child is: a name, how it is started, and how it is asked to end."""

import signal
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from portal.local import processes
from portal.local.environment import Environment

ROOT = Path(__file__).parents[2]


class Running(Protocol):
    """A child that runs. `ask` is quick and asks it to end; `stop` makes sure that it has."""

    @property
    def process(self) -> subprocess.Popen[bytes]: ...

    def ask(self) -> None: ...

    def stop(self) -> None: ...


@dataclass(frozen=True)
class Service:
    """A child to be kept running. `start` gets the file number its log goes to and may raise CannotStart."""

    name: str
    start: Callable[[int], Running]
    patience: float = 3.0  # seconds that it may take to end once asked
    is_server: bool = False  # others stand on it, so it ends after them


@dataclass(frozen=True)
class Command:
    """A running program of ours. It ends at SIGTERM."""

    process: subprocess.Popen[bytes] = field(repr=False)

    def ask(self) -> None:
        """Ask it to end. Only once: to a worker, the second time means at once."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """Kill what is left of its group."""
        processes.end(self.process, seconds=0)


def command(name: str, words: Sequence[str], env: Environment) -> Service:
    """A service that is a program, run from the root of the project."""

    def start(output: int) -> Command:
        return Command(processes.spawn(words, env=env, output=output, cwd=ROOT))

    return Service(name, start)
