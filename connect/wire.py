"""Connections that keep a deadline of their own, and such as lead only to addresses that everybody can reach.

`connect.http` is built on them, and says why.
"""

import http.client
import io
import socket
import time
from contextvars import ContextVar
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from connect.address import public_address

_BUFFER = 64 * 1024  # bytes


class Deadline:
    """A moment after which a call is over, however busy the other side still looks."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Seconds left. Raises `TimeoutError` when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


ends: ContextVar[Deadline | None] = ContextVar("deadline", default=None)
"""When the call that is under way is over."""


class _Pipe(io.RawIOBase):
    """A socket's bytes, where each receive may take no longer than the deadline still allows."""

    def __init__(self, source: io.RawIOBase, sock: socket.socket) -> None:
        super().__init__()
        self._source, self._sock = source, sock

    def readable(self) -> bool:
        """Say so to the buffer above."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Receive once."""
        if (deadline := ends.get()) is not None:
            self._sock.settimeout(deadline.remaining())
        return self._source.readinto(buffer)

    def close(self) -> None:
        """Let the socket go, which waits for this when the connection was not to be kept."""
        self._source.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """A response whose headers, chunk sizes and body all come through the pipe above."""

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = io.BufferedReader(_Pipe(self.fp.detach(), sock), _BUFFER)


class _Connection(HTTPConnection):
    response_class = _Response


class _SecureConnection(HTTPSConnection):
    response_class = _Response


class _PublicConnection(_SecureConnection):
    """A connection to a host that a stranger named: the very address it connects to must be one that
    everybody can reach. The name still stands in the certificate's check.
    """

    def _new_conn(self) -> socket.socket:
        named = self._dns_host
        self._dns_host = public_address(named, self.port or 443)
        try:
            return super()._new_conn()
        finally:
            self._dns_host = named


class Pool(urllib3.HTTPConnectionPool):
    """To anywhere."""

    ConnectionCls = _Connection


class SecurePool(urllib3.HTTPSConnectionPool):
    """To anywhere, over TLS."""

    ConnectionCls = _SecureConnection


class PublicPool(urllib3.HTTPSConnectionPool):
    """To where a stranger said."""

    ConnectionCls = _PublicConnection
