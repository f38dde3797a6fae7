"""`python -m sandbox [port]`: serve until told to stop. Prints one line, its address, when it listens."""

import os
import socket
import sys
from dataclasses import replace
from types import FrameType

import uvicorn

from sandbox.options import Options, read_options
from sandbox.server import build_app, build_world


class _Server(uvicorn.Server):
    """uvicorn, saying where it listens once it does, and gone at the first signal: there is nothing to
    save.
    """

    base = ""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(self.base, flush=True)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        os._exit(0)


def _listen(options: Options) -> socket.socket:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((options.host, options.port))
    except OSError as error:
        sys.exit(f"The sandbox cannot listen on {options.host}:{options.port}: {error.strerror}.")
    return listener


def main() -> None:
    """Start the sandbox with the options of the command line and the environment."""
    options = read_options(sys.argv[1:])
    listener = _listen(options)
    options = replace(options, port=listener.getsockname()[1])
    config = uvicorn.Config(
        build_app(build_world(options)),
        http="httptools",
        ws="none",
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=512,
    )
    server = _Server(config)
    server.base = options.base
    server.run(sockets=[listener])


if __name__ == "__main__":
    main()
