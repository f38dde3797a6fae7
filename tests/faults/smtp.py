"""A mail server that is in trouble when told so: enough of SMTP (RFC 5321) to take a mail, or not to."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Server:
    """`trouble`: refuses (closes at once), hangs, busy (421), drops (in the middle of a mail); none."""

    port: int = 0
    trouble: str = ""
    met: int = 0
    taken: list[str] = field(default_factory=list)

    async def accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client."""
        with suppress(OSError, asyncio.IncompleteReadError):
            await self._met(reader, writer)
        writer.close()

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        trouble = self.trouble
        self.met += bool(trouble)
        if trouble == "refuses":
            return
        if trouble == "hangs":
            await asyncio.sleep(60)
            return
        writer.write(b"421 too busy\r\n" if trouble == "busy" else b"220 mail\r\n")
        while trouble != "busy" and (line := (await reader.readuntil(b"\n")).strip().upper()):
            if line == b"DATA":
                writer.write(b"354 go on\r\n")
                if trouble == "drops":
                    return
                self.taken.append((await reader.readuntil(b"\r\n.\r\n")).decode("utf-8", "replace"))
            writer.write(b"221 bye\r\n" if line == b"QUIT" else b"250 fine\r\n")
            if line == b"QUIT":
                return


@contextmanager
def serving() -> Iterator[Server]:
    """One for the length of the block."""
    server, loop = Server(), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    start = asyncio.start_server(server.accepted, "127.0.0.1", 0)
    listening = asyncio.run_coroutine_threadsafe(start, loop).result(5)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(listening.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
