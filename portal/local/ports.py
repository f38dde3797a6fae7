"""Is a port free, and does something answer there?"""

import http.client
import socket

from portal.local.trouble import CannotStart


def demand(port: int, *, setting: str, what: str) -> None:
    """Make sure nobody listens on this port, by either name of this machine. Raises CannotStart."""
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        if _is_taken(family, host, port):
            raise CannotStart(
                f"Port {port}, for {what}, is taken by another program. Stop that program, or choose another "
                f"port: make demo {setting}={port + 1000 if port < 64536 else port - 1000}"
            )


def _is_taken(family: socket.AddressFamily, host: str, port: int) -> bool:
    """Whether a program listens there. A machine without IPv6 has nobody listening on it."""
    try:
        with socket.socket(family) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            line.bind((host, port))
    except PermissionError:
        raise CannotStart(f"Port {port} is for root alone. Choose one above 1024.") from None
    except OSError:
        with socket.socket(family) as line:
            line.settimeout(1)
            return line.connect_ex((host, port)) == 0
    return False


def answers(port: int, path: str) -> bool:
    """Whether a web server there gives an answer to this path, other than that it is in trouble."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        line.request("GET", path, headers={"Host": f"localhost:{port}"})
        return line.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()
