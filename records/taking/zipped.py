"""Everything a patient's places sent, byte for byte, as one zip file made while it is being fetched.

Made on the way out and kept nowhere: a copy that lies around is one more place to guard.
"""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from ground.viewer import Viewer
from records import reading
from records.reading import Kept
from records.taking.tables import results

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,63}")


class _Pipe(io.RawIOBase):
    """What the zip is written to: holds only what nobody has fetched yet."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        """Say so to the zip."""
        return True

    def write(self, data: Any) -> int:
        """Hold it."""
        self._held += data
        return len(data)

    def fetched(self) -> bytes:
        """What was written since the last time."""
        data = bytes(self._held)
        self._held.clear()
        return data


def whole(viewer: Viewer) -> Iterator[bytes]:
    """The bytes of the zip, piece by piece: each record as its place sent it, a table of results, a list of
    all files with their checksums, and a page that says what it is.
    """
    pipe, listed = _Pipe(), []
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as parcel:
        parcel.writestr("README.txt", _read_me())
        for kept in reading.everything(viewer):
            path = _path(kept)
            parcel.writestr(path, kept.body)
            listed.append(_entry(path, kept))
            yield pipe.fetched()
        parcel.writestr("results.csv", "".join(results(viewer)))
        parcel.writestr("manifest.json", _manifest(listed))
    yield pipe.fetched()


def _path(kept: Kept) -> str:
    record = kept.record
    place = f"{slugify(kept.place)[:60] or 'place'}-{kept.place_id}"
    folder = f"fhir/{place}/{kept.fhir_version.lower()}/{_plain(record.resource_type)}"
    return f"{folder}/{_plain(record.fhir_id)}.json"


def _plain(name: str) -> str:
    """A name that is a file's on every system and leads nowhere else; a strange one gets its checksum."""
    if _PLAIN.fullmatch(name) and ".." not in name:
        return name
    return f"id-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:24]}"


def _entry(path: str, kept: Kept) -> dict[str, Any]:
    return {
        "path": path,
        "sha256": hashlib.sha256(kept.body).hexdigest(),
        "place": kept.place,
        "fhirVersion": kept.fhir_version,
        "enteredInError": kept.record.withdrawn,
    }


def _manifest(listed: list[dict[str, Any]]) -> str:
    made = timezone.now().isoformat(timespec="seconds")
    return json.dumps({"made": made, "files": listed}, indent=1, ensure_ascii=False)


def _read_me() -> str:
    lines = (
        _("These are your health records, as your places sent them to us."),
        _("fhir/ holds one file for each record, in the FHIR format that other apps and hospitals read."),
        _("results.csv holds test results and vital signs as a table for any spreadsheet."),
        _("manifest.json lists every file with its checksum (SHA-256), its place and its FHIR version."),
        _("Nobody but you protects this file: keep it where you keep other private papers."),
    )
    return "\n\n".join(lines) + "\n"
