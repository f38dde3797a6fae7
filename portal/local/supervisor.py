"""Keeps a handful of children running, starts again what dies, and leaves nothing behind.

Everything happens in one thread: what the kernel calls a child's parent is the thread that started it.
"""

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import NoReturn

from portal.local import processes
from portal.local.console import Console
from portal.local.register import Register
from portal.local.services import Running, Service
from portal.local.trouble import CannotStart

# A child that dies this often within a few seconds of its start will not get better by itself.
MOST_EARLY_DEATHS = 5
EARLY = 5.0  # seconds
LONGEST_PAUSE = 8.0  # seconds


class Stopped(Exception):
    """Somebody asked us to end."""


@dataclass
class _Watched:
    service: Service
    running: Running | None = None
    began: float = 0.0
    early_deaths: int = 0
    due: float = field(default=0.0)


class Supervisor:
    """Starts services in order and ends them in the reverse: what stands on others is asked to go first."""

    def __init__(self, console: Console, register: Register) -> None:
        self._console = console
        self._register = register
        self._watched: list[_Watched] = []
        self._is_told_to_end = False

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Let Ctrl-C, a termination and a closed terminal end us in good order; a second one at once."""
        names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {name: signal.signal(name, self._told) for name in names}
        try:
            yield
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)

    def start(self, service: Service) -> Running:
        """Start a service and keep it running from now on. Raises CannotStart."""
        watched = _Watched(service)
        self._watched.append(watched)
        return self._launch(watched)

    def wait_for(self, is_so: Callable[[], bool], *, seconds: float, else_say: str) -> None:
        """Watch over the children until it is so. Raises CannotStart, saying that, when it takes too long."""
        deadline = time.monotonic() + seconds
        while not is_so():
            if time.monotonic() > deadline:
                raise CannotStart(else_say)
            self.turn(0.05)

    def run(self, name: str, words: Sequence[str], env: dict[str, str], *, output: int | None = None) -> None:
        """Run a program to its end. Its log joins the others; `output` takes what it prints.

        Raises CannotStart when it fails.
        """
        with self._console.pipe(name) as log:
            target = log if output is None else output
            process = processes.spawn(words, env=env, output=target, errors=log)
        try:
            self.wait_for(lambda: process.poll() is not None, seconds=300, else_say=f"{name} took too long.")
        finally:
            processes.end(process, seconds=0)
        if process.returncode:
            self.turn(0.1)
            raise CannotStart(f"{name} failed; the lines above say why.")

    def watch(self) -> NoReturn:
        """Keep everything running until told to end (Stopped) or until a child is hopeless (CannotStart)."""
        while True:
            self.turn(0.2)

    def turn(self, seconds: float) -> None:
        """Listen to the children for a moment, and start again whoever has died."""
        self._console.listen(seconds)
        if self._is_told_to_end or self._console.is_cut:
            raise Stopped
        for watched in self._watched:
            if watched.running is not None and watched.running.process.poll() is not None:
                self._mourn(watched, watched.running)
            if watched.running is None and time.monotonic() >= watched.due:
                self._revive(watched)

    def stop(self) -> None:
        """End everything: first, together, all that stand on the servers; then each server, newest first."""
        alive = [(each.service, each.running) for each in reversed(self._watched) if each.running is not None]
        self._end([pair for pair in alive if not pair[0].is_server])
        for pair in alive:
            if pair[0].is_server:
                self._end([pair])
        self._watched.clear()

    def _end(self, group: list[tuple[Service, Running]]) -> None:
        """Ask all of them, listen to their last words, and make sure of each."""
        for _, running in group:
            running.ask()
        deadline = time.monotonic() + max((service.patience for service, _ in group), default=0)
        while time.monotonic() < deadline and any(running.process.poll() is None for _, running in group):
            self._console.listen(0.05)
        for service, running in group:
            running.stop()
            self._register.strike(service.name)
        self._console.listen(0)

    def _told(self, number: int, frame: FrameType | None) -> None:
        if self._is_told_to_end:
            self._kill_all()
        self._is_told_to_end = True

    def _kill_all(self) -> None:
        for watched in self._watched:
            if watched.running is not None:
                processes.kill_group(watched.running.process.pid)

    def _launch(self, watched: _Watched) -> Running:
        with self._console.pipe(watched.service.name) as output:
            running = watched.service.start(output)
        watched.running, watched.began = running, time.monotonic()
        self._register.note(watched.service.name, running.process.pid)
        return running

    def _mourn(self, watched: _Watched, running: Running) -> None:
        """Note a death: clear away its group, and start again now, or after a pause that grows."""
        code, name = running.process.returncode, watched.service.name
        running.stop()
        watched.running = None
        is_early = time.monotonic() - watched.began < EARLY
        watched.early_deaths = watched.early_deaths + 1 if is_early else 0
        self._put_off(watched, f"{name} ended ({_cause(code)})")

    def _revive(self, watched: _Watched) -> None:
        try:
            self._launch(watched)
        except CannotStart as trouble:
            watched.early_deaths += 1
            self._put_off(watched, str(trouble))

    def _put_off(self, watched: _Watched, why: str) -> None:
        if watched.early_deaths >= MOST_EARLY_DEATHS:
            raise CannotStart(f"{why}, {watched.early_deaths} times in a row. The lines above say why.")
        pause = min(2 ** (watched.early_deaths - 1), LONGEST_PAUSE) if watched.early_deaths else 0.0
        watched.due = time.monotonic() + pause
        self._console.say(f"{why}; it is started again{f' in {pause:.0f} s' if pause else ''}")


def _cause(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"code {code}"
