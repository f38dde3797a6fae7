"""What the bench stands on: a wire that does to connections what it says, and verdicts that are honest."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.faults import running
from tests.faults.registry import Fault, NotRun, Verdict, must
from tests.faults.wire import Weather, Wire, strung


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A wire to a server that answers every line a thousandfold."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    client = listener.accept()[0]
                    threading.Thread(target=answer, args=(client,), daemon=True).start()

        def answer(client: socket.socket) -> None:
            with suppress(OSError), client:
                while line := client.recv(10):
                    client.sendall(line * 1000)

        threading.Thread(target=serve, daemon=True).start()
        with strung(("127.0.0.1", listener.getsockname()[1])) as made:
            yield made
        listener.shutdown(socket.SHUT_RDWR)


def asked(wire: Wire, seconds: float = 5.0) -> bytes:
    """What comes back of a thousand answers, until the connection ends or nothing comes for so long."""
    got = b""
    with socket.create_connection(("127.0.0.1", wire.port), timeout=seconds) as client:
        client.sendall(b"x")
        while len(got) < 1000 and (piece := client.recv(65536)):
            got += piece
    return got


def test_a_calm_wire_passes_everything(wire: Wire):
    assert asked(wire) == b"x" * 1000
    assert wire.struck == 0


def test_a_reset_comes_after_as_many_bytes_as_it_says(wire: Wire):
    wire.weather = Weather(reset_after=400, times=1)
    with pytest.raises(ConnectionResetError):
        asked(wire)
    assert len(asked(wire)) == 1000
    assert wire.calm() == 1


@pytest.mark.parametrize("weather", [Weather(stall_after=400), Weather(blackhole=True)])
def test_a_stall_and_a_black_hole_bring_nothing_and_close_nothing(wire: Wire, weather: Weather):
    wire.weather = weather
    with pytest.raises(TimeoutError):
        asked(wire, 0.3)
    assert wire.calm() == 1
    assert len(asked(wire)) == 1000


def test_a_slow_wire_is_slow(wire: Wire):
    wire.weather = Weather(latency=0.2, rate=10_000)
    began = time.monotonic()
    assert len(asked(wire)) == 1000
    assert time.monotonic() - began >= 0.3


def test_a_refused_connection_ends_at_once(wire: Wire):
    wire.weather = Weather(refuse=True)
    with suppress(ConnectionError):
        assert asked(wire) == b""
    assert wire.struck == 1


class Quiet:
    """A bench with nothing to calm."""

    def calm(self) -> None:
        """Nothing."""


def judged(put: object) -> str:
    return running._one(Quiet(), Fault("F00", "nothing", put, False)).verdict  # type: ignore[arg-type]


def breaks(_bench: object) -> Verdict:
    raise KeyError("a defect of the bench")


def cannot(_bench: object) -> Verdict:
    raise NotRun("not on this machine")


def loses(_bench: object) -> Verdict:
    must(False, "one record is missing")
    return Verdict(1, "")


@pytest.mark.parametrize(
    ("put", "verdict"),
    [
        (lambda _bench: Verdict(1, "fine"), "survived"),
        (lambda _bench: Verdict(0, "it never happened"), "not survived"),
        (loses, "not survived"),
        (cannot, "not run"),
        (breaks, "broke"),
    ],
)
def test_a_verdict_says_what_happened_and_never_ends_the_bench(put: object, verdict: str, capsys):
    assert judged(put) == verdict
