"""The one accessor to bodies: exact bytes in, exact bytes out, compressed in between.

Most resources are a kilobyte or two and look alike, so a trained dictionary makes them six times smaller.
Dictionaries are files that ship with the code, numbered, trained on the sandbox's invented people only, and
kept for ever: a body can be read only with the one it was written with.
"""

import threading
from functools import cache
from pathlib import Path

import zstandard

_FOLDER = Path(__file__).with_name("dictionaries")
_LEVEL = 3
_NONE = 0

#: The dictionary that new bodies are written with.
CURRENT = 1

_own = threading.local()


class UnknownDictionary(Exception):
    """A body names a dictionary that this code does not ship with."""


def pack(raw: bytes) -> bytes:
    """Compress with the current dictionary."""
    return _compressor().compress(raw)


def unpack(dictionary: int, body: bytes) -> bytes:
    """The exact bytes that were packed. Raises UnknownDictionary."""
    return zstandard.ZstdDecompressor(dict_data=_dictionary(dictionary)).decompress(body)


def _compressor() -> zstandard.ZstdCompressor:
    """One per thread: two may not use one at once, and making one costs more than using it."""
    if not hasattr(_own, "compressor"):
        _own.compressor = zstandard.ZstdCompressor(
            level=_LEVEL, dict_data=_dictionary(CURRENT), write_dict_id=False
        )
    compressor: zstandard.ZstdCompressor = _own.compressor
    return compressor


@cache
def _dictionary(number: int) -> zstandard.ZstdCompressionDict | None:
    if number == _NONE:
        return None
    path = _FOLDER / f"{number}.zdict"
    if not path.is_file():
        raise UnknownDictionary(number)
    dictionary = zstandard.ZstdCompressionDict(path.read_bytes())
    # Here and not where it is used: doing it while another thread compresses with it ends the process.
    dictionary.precompute_compress(level=_LEVEL)
    return dictionary
