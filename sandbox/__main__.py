"""`python -m sandbox [port]`: serve until told to stop. Prints one line, its address, when it listens."""

import os
import socket
import sys
from dataclasses import replace
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from sandbox.memory import Memory
from sandbox.options import Options, read_options
from sandbox.server import build_app, build_world
from sandbox.state import Holder


class _Server(uvicorn.Server):
    """uvicorn, saying where it listens once it does, and gone at the first signal."""

    def __init__(self, config: uvicorn.Config, holder: Holder, memory: Memory | None) -> None:
        super().__init__(config)
        self._holder = holder
        self._memory = memory

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(self._holder.world.options.base, flush=True)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """No request is worth waiting for; what outlives the process is written down."""
        if self._memory:
            self._memory.save(self._holder.state)
        os._exit(0)


def _listen(options: Options) -> socket.socket:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    # Named as TCP, so that asyncio turns Nagle off: else each small answer waits 40 ms for an ACK.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((options.host, options.port))
    except OSError as error:
        sys.exit(f"The sandbox cannot listen on {options.host}:{options.port}: {error.strerror}.")
    return listener


def _uvicorn(app: ASGIApp) -> uvicorn.Config:
    """httptools keeps header names with underscores; nothing is logged, so no token can be."""
    return uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )


def main() -> None:
    """Start the sandbox with the options of the command line and the environment."""
    options = read_options(sys.argv[1:])
    listener = _listen(options)
    options = replace(options, port=listener.getsockname()[1])
    holder = Holder(build_world(options))
    memory = Memory(options.state_file) if options.state_file else None
    if memory:
        memory.recall(holder.state)
    _Server(_uvicorn(build_app(holder, memory)), holder, memory).run(sockets=[listener])


if __name__ == "__main__":
    main()
