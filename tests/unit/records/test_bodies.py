"""Bodies come back byte for byte, from every dictionary that ever was."""

import os
import threading

import pytest

from records import bodies

SHIPPED = sorted(int(path.stem) for path in bodies._FOLDER.glob("*.zdict"))


@pytest.mark.parametrize("raw", [b"", b"{}", b"\x00\xff" * 7, os.urandom(5000), b'{"a": 1}' * 100_000])
def test_a_body_comes_back_byte_for_byte(raw):
    assert bodies.unpack(bodies.CURRENT, bodies.pack(raw)) == raw


def test_the_dictionary_we_write_with_ships_with_the_code():
    assert bodies.CURRENT in (0, *SHIPPED)


def test_an_unknown_dictionary_is_said_plainly():
    with pytest.raises(bodies.UnknownDictionary):
        bodies.unpack(9999, b"")


def test_several_threads_may_pack_at_once():
    wrong = []

    def work(number):
        raw = str(number).encode() * 2000
        wrong.extend(1 for _ in range(50) if bodies.unpack(bodies.CURRENT, bodies.pack(raw)) != raw)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
