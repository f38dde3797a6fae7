"""A TCP proxy of our own: trouble that happens on the wire, between the product and its servers.

    with strung(("127.0.0.1", 8001)) as wire:
        wire.weather = Weather(stall_after=500, times=2)

It runs in a thread of its own; `weather` may be changed at any moment and holds for what passes from then on.
"""

import asyncio
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_PIECE = 65536
_LOOK = 0.05  # seconds between two looks at the weather while nothing may pass

Target = tuple[str, int] | Path  # a TCP address, or the file of a Unix socket


@dataclass(frozen=True)
class Weather:
    """What the wire does to what passes. Bytes are counted on the server's side of each connection."""

    latency: float = 0.0  # seconds that each piece of an answer takes longer
    rate: float = 0.0  # bytes a second of an answer; 0 is as fast as it comes
    refuse: bool = False  # a new connection is closed at once
    blackhole: bool = False  # nothing passes and nothing is closed
    half_open: bool = False  # the server's end of a connection goes, and the client is not told
    reset_after: int | None = None  # after so many bytes of answers the connection is reset
    stall_after: int | None = None  # after so many nothing more comes
    times: int | None = None  # how many connections it strikes; None: all


CALM = Weather()


class Wire:
    """A listening proxy. `struck` counts the connections that the weather did something to."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.struck = 0
        self._weather = CALM
        self._links: set[Link] = set()
        self.loop = asyncio.new_event_loop()
        self.port = 0

    @property
    def weather(self) -> Weather:
        """What it is like just now."""
        return self._weather

    @weather.setter
    def weather(self, weather: Weather) -> None:
        self._weather = weather

    def calm(self) -> int:
        """Let everything pass again; how many connections had been struck since the last time."""
        struck, self.struck, self._weather = self.struck, 0, CALM
        return struck

    def reset(self) -> int:
        """Reset every connection there is, once; how many."""
        return asyncio.run_coroutine_threadsafe(self._reset(), self.loop).result(10)

    async def _reset(self) -> int:
        links = list(self._links)
        for link in links:
            link.reset()
        return len(links)

    async def accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client's connection, for as long as it lasts."""
        if self._weather.refuse:
            self.struck += 1
            writer.transport.abort()
            return
        try:
            server = await self._opened()
        except OSError:
            writer.transport.abort()
            return
        link = Link(self, (reader, writer), server)
        self._links.add(link)
        try:
            await link.carry()
        finally:
            self._links.discard(link)

    async def _opened(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.target, Path):
            return await asyncio.open_unix_connection(str(self.target))
        return await asyncio.open_connection(*self.target)


Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Link:
    """One connection through the wire."""

    def __init__(self, wire: Wire, client: Stream, server: Stream) -> None:
        self._wire, self._client, self._server = wire, client, server
        self._is_struck = False
        self._passed = 0

    async def carry(self) -> None:
        """Both ways, until one of them ends."""
        ways = [
            asyncio.create_task(self._pump(self._client[0], self._server[1], answers=False)),
            asyncio.create_task(self._pump(self._server[0], self._client[1], answers=True)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        while self._wire.weather.half_open and self._strikes():
            await asyncio.sleep(_LOOK)
        for way in ways:
            way.cancel()
        for _reader, writer in (self._client, self._server):
            writer.close()

    def reset(self) -> None:
        """End it with a TCP reset towards the client; a lingering time of nought makes it one."""
        with suppress(OSError):
            sock = self._client[1].get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._client[1].transport.abort()
        self._server[1].transport.abort()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, answers: bool) -> None:
        with suppress(OSError):
            while piece := await source.read(_PIECE):
                await self._while_nothing_passes()
                if answers and (piece := await self._delayed(piece)) == b"":
                    return
                sink.write(piece)
                await sink.drain()

    async def _delayed(self, piece: bytes) -> bytes:
        """The piece after what the weather does to it: as it is, cut, or nothing when the link is gone."""
        weather = self._wire.weather
        limit = weather.reset_after if weather.reset_after is not None else weather.stall_after
        self._passed += len(piece)
        if limit is not None and self._passed > limit and self._strikes():
            self._client[1].write(piece[: max(0, limit - (self._passed - len(piece)))])
            if weather.reset_after is not None:
                await asyncio.sleep(_LOOK)  # let the first part arrive
                self.reset()
                return b""
            while self._wire.weather is weather:
                await asyncio.sleep(_LOOK)
            return b""
        if (
            pause := weather.latency + (len(piece) / weather.rate if weather.rate else 0)
        ) and self._strikes():
            await asyncio.sleep(pause)
        return piece

    async def _while_nothing_passes(self) -> None:
        while self._wire.weather.blackhole and self._strikes():
            await asyncio.sleep(_LOOK)

    def _strikes(self) -> bool:
        """Whether this connection is one of those that the weather strikes; counted once."""
        most = self._wire.weather.times
        if not self._is_struck and (most is None or self._wire.struck < most):
            self._is_struck = True
            self._wire.struck += 1
        return self._is_struck


@contextmanager
def strung(target: Target) -> Iterator[Wire]:
    """A wire to this target for the length of the block, on a free port of this machine."""
    wire = Wire(target)
    thread = threading.Thread(target=wire.loop.run_forever, name="wire", daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(
        asyncio.start_server(wire.accepted, "127.0.0.1", 0), wire.loop
    ).result(10)
    wire.port = server.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        wire.calm()
        asyncio.run_coroutine_threadsafe(_ended(wire, server), wire.loop).result(10)
        wire.loop.call_soon_threadsafe(wire.loop.stop)
        thread.join(5)
        wire.loop.close()


async def _ended(wire: Wire, server: asyncio.Server) -> None:
    """Listen no more, and leave nothing open."""
    server.close()
    await wire._reset()
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for each in rest:
        each.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    await asyncio.sleep(0)  # what was aborted is closed in the loop's next round
