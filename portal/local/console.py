"""One log of many children: a name before each line, in colour on a terminal, and never a secret."""

import contextlib
import io
import json
import os
import selectors
import sys
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

_COLOURS = (36, 33, 35, 32, 34, 31)
_NAME_WIDTH = 8
_LONGEST_LINE = 64 * 1024


class Console:
    """Reads what the children say through pipes and writes it, line by line, to the screen and to a file."""

    def __init__(
        self,
        *,
        path: Path,
        secrets: Iterable[str] = (),
        noise: tuple[str, ...] = (),
        screen: TextIO | None = None,
    ) -> None:
        self.is_cut = False  # whether nobody reads the screen any more
        self._noise = noise
        self._screen = screen or sys.stdout
        if isinstance(self._screen, io.TextIOWrapper):
            self._screen.reconfigure(
                errors="replace"
            )  # a terminal that cannot write a letter is no reason to stop
        self._file = path.open("w", encoding="utf-8")
        path.chmod(0o600)
        self._secrets = [secret for secret in secrets if len(secret) >= 8]
        self._selector = selectors.DefaultSelector()
        self._rest: dict[int, bytes] = {}
        self._seen: list[str] = []
        self._last: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=50))
        self._is_coloured = self._screen.isatty() and not os.environ.get("NO_COLOR")

    @contextlib.contextmanager
    def pipe(self, name: str) -> Iterator[int]:
        """The writing end of a pipe for one child, open while the child is being started."""
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        self._selector.register(reading, selectors.EVENT_READ, name)
        self._rest[reading] = b""
        try:
            yield writing
        finally:
            os.close(writing)

    def listen(self, seconds: float) -> None:
        """Write what the children say during this time; returns early when they said something."""
        for key, _ in self._selector.select(seconds):
            self._take(key.fd, key.data)

    def say(self, text: str, *, name: str = "demo") -> None:
        """One line of our own, or of a child's."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        self._last[name].append(text)
        self._file.write(f"{name:<{_NAME_WIDTH}} | {text}\n")
        self._file.flush()
        if not self.is_cut:
            self._show(f"{self._coloured(name)} {text}")

    def has_said(self, name: str, words: str) -> bool:
        """Whether this child's last lines hold these words."""
        return any(words in line for line in self._last.get(name, ()))

    def close(self) -> None:
        """Write what is left and let go of the pipes."""
        while ready := self._selector.select(0):
            for key, _ in ready:
                self._take(key.fd, key.data)
        for reading in self._rest:
            os.close(reading)
        self._selector.close()
        self._file.close()

    def _show(self, line: str) -> None:
        """Whoever read us may have gone, as in `make demo | head`; we end in order all the same."""
        try:
            print(line, file=self._screen, flush=True)
        except BrokenPipeError:
            self.is_cut = True
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._screen.fileno())

    def _take(self, reading: int, name: str) -> None:
        try:
            read = os.read(reading, _LONGEST_LINE)
        except BlockingIOError:
            return
        *lines, rest = (self._rest[reading] + read).split(b"\n")
        if not read or len(rest) > _LONGEST_LINE:
            lines, rest = [*lines, rest], b""
        for line in lines:
            text = line.decode("utf-8", "replace").strip()
            if text and not any(noise in text for noise in self._noise):
                self.say(_readable(text), name=name)
        self._rest[reading] = rest
        if not read:
            self._selector.unregister(reading)
            os.close(reading)
            del self._rest[reading]

    def _coloured(self, name: str) -> str:
        if name not in self._seen:
            self._seen.append(name)
        padded = f"{name:<{_NAME_WIDTH}} |"
        if not self._is_coloured:
            return padded
        return f"\033[{_COLOURS[self._seen.index(name) % len(_COLOURS)]}m{padded}\033[0m"


def _readable(line: str) -> str:
    """The product's own log lines are JSON for machines; a person gets the event first."""
    if not line.startswith("{"):
        return line
    try:
        fields = json.loads(line)
        event = fields.pop("event")
    except (ValueError, KeyError, AttributeError):
        return line
    at, level = str(fields.pop("at", ""))[11:19], fields.pop("level", "")
    fields.pop("logger", None)
    return " ".join([at, level, str(event), *(f"{name}={value}" for name, value in fields.items())]).strip()
