"""Reading an address that may be hostile, before anything is sent there or anybody is led there."""

import ipaddress
import re
import socket
from dataclasses import dataclass, field

_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[!-~]*?)?(?:\?(?P<query>[!-~]*?))?(?:#[!-~]*)?",
    re.IGNORECASE,
)

_FOR_OTHERS = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
"""Where an IPv6 address has another, of IPv4, inside."""


@dataclass(frozen=True, slots=True)
class Address:
    """An absolute http(s) address in parts; `host` in lower case, `port` always filled in, `path` at least
    "/".
    """

    scheme: str
    host: str
    port: int
    path: str = field(repr=False)
    query: str = field(repr=False)

    @property
    def origin(self) -> tuple[str, str, int]:
        """What must be equal for a token to travel along: scheme, host and port."""
        return self.scheme, self.host, self.port


def parse_address(text: str) -> Address:
    """Read an address strictly: printable ASCII, no backslash, no user name in it. Raises `ValueError`.

    One pattern of our own instead of a lenient parser, because two lenient parsers disagree about hostile
    input.
    """
    found = None if "\\" in text else _ADDRESS.fullmatch(text)
    if found is None:
        raise ValueError("not an address we can use")
    scheme = found["scheme"].lower()
    port = int(found["port"] or (443 if scheme == "https" else 80))
    if not 0 < port < 65536:
        raise ValueError("not a port")
    return Address(scheme, found["host"].lower(), port, found["path"] or "/", found["query"] or "")


def public_address(host: str, port: int) -> str:
    """The numeric address of a host, if all of its addresses are public ones: never this machine, never the
    network around it, never one that stands for another. Raises OSError.
    """
    found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for one in map(ipaddress.ip_address, found):
        stands_for_another = one.version == 6 and any(one in network for network in _FOR_OTHERS)
        if not one.is_global or one.is_multicast or stands_for_another:
            raise OSError("not a public address")
    return found[0]
