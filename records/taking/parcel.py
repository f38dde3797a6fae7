"""A zip file that is written piece by piece, by several hands: what was written so far need not be there.

Each file's place in it, size and checksum are noted (`Entry`), so that whoever goes on later can write the
directory at the end. Format: PKWARE APPNOTE 6.3.9, with data descriptors, and zip64 where it is needed.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

_PRIVATE = 0o600 << 16


class Entry(msgspec.Struct, array_like=True, frozen=True):
    """One file in the zip. `about`: what the manifest says of it beside its checksum (SHA-256, in hex)."""

    path: str
    sha256: str
    size: int
    packed: int
    crc: int
    offset: int
    flags: int
    about: dict[str, str | bool]


class _Pipe(io.RawIOBase):
    """What the zip is written to: holds only what nobody has fetched yet, and knows how much went before."""

    def __init__(self, start: int) -> None:
        super().__init__()
        self._held = bytearray()
        self._at = start

    def writable(self) -> bool:
        """Say so to the zip."""
        return True

    def write(self, data: Any) -> int:
        """Hold it."""
        self._held += data
        self._at += len(data)
        return len(data)

    def tell(self) -> int:
        """Bytes since the beginning of the zip, whoever wrote them."""
        return self._at

    def close(self) -> None:
        """Nothing to close; and a zip that others finish writes its end into nothing when it is forgotten."""

    def fetched(self) -> bytes:
        """What was written since the last time."""
        data = bytes(self._held)
        self._held.clear()
        return data


@dataclass(frozen=True, slots=True)
class Written:
    """What was added to a zip: its bytes, and what is in them."""

    data: bytes
    entries: list[Entry]


class Parcel:
    """A zip being written, from byte `start` on. `made` is the time that all its files carry."""

    def __init__(self, made: datetime, start: int = 0) -> None:
        self._made = made
        self._pipe = _Pipe(start)
        self._zip = zipfile.ZipFile(self._pipe, "w", zipfile.ZIP_DEFLATED)
        self.entries: list[Entry] = []
        """What was put and is not yet in `written`."""

    def put(self, path: str, data: bytes | str, **about: str | bool) -> None:
        """Write one file. `path` must be new."""
        raw = data.encode() if isinstance(data, str) else data
        info = self._info(path)
        self._zip.writestr(info, raw)
        self.entries.append(
            Entry(
                path=path,
                sha256=hashlib.sha256(raw).hexdigest(),
                size=info.file_size,
                packed=info.compress_size,
                crc=info.CRC,
                offset=info.header_offset,
                flags=info.flag_bits,
                about=about,
            )
        )

    def written(self) -> Written:
        """What was put since the last time."""
        entries, self.entries = self.entries, []
        return Written(self._pipe.fetched(), entries)

    def finish(self, earlier: Iterable[Entry]) -> Written:
        """The directory of all files, and with it the end. `earlier`: what others put before `start`."""
        mine = self._zip.filelist
        self._zip.filelist = [*map(self._known, earlier), *mine]
        self._zip.close()
        return self.written()

    def _info(self, path: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(path, self._made.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = _PRIVATE
        return info

    def _known(self, entry: Entry) -> zipfile.ZipInfo:
        info = self._info(entry.path)
        info.file_size, info.compress_size, info.CRC = entry.size, entry.packed, entry.crc
        info.header_offset, info.flag_bits = entry.offset, entry.flags
        return info


def pack(entries: Iterable[Entry]) -> bytes:
    """Entries as they are kept until the end."""
    return msgspec.msgpack.encode(list(entries))


def unpack(kept: bytes) -> list[Entry]:
    """The entries that `pack` kept."""
    return msgspec.msgpack.decode(kept, type=list[Entry])
