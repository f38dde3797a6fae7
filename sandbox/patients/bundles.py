"""A folder of FHIR bundles as charts: one person and one sign-in for each bundle.

Every entry with a resource is in the chart exactly once. An entry keeps its own id, or takes the one its
`fullUrl` gives it, or gets one made of the file's name and the entry's position, so that the ids are the
same whenever the folder is read again.
"""

import gzip
import hashlib
import json
import logging
import re
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from sandbox.charts import Chart, dump, load
from sandbox.patients.references import Links
from sandbox.patients.versions import version_of

Resource = dict[str, Any]

KINDS = frozenset({"transaction", "collection", "searchset", "batch"})

_ID = re.compile(r"[A-Za-z0-9.\-]{1,64}")
_log = logging.getLogger(__name__)


class BundleError(ValueError):
    """A file of the folder cannot be read; names the file, never what is in it."""


def read_folder(folder: Path, systems: Mapping[str, int]) -> list[Chart]:
    """One chart for each bundle below `folder`, in order of path, at the place `systems` names for its
    version.

    Files that are no bundle of a patient (a bundle of hospitals, say) are passed over. Raises BundleError
    for a missing folder and for a file that is not JSON.
    """
    if not folder.is_dir():
        raise BundleError(f"there is no folder {folder}")
    charts: list[Chart] = []
    known: set[str] = set()  # ids of the Patients so far
    for path in sorted(_files(folder)):
        place = path.relative_to(folder).as_posix()
        resources = _read_bundle(path, place, known)
        if resources is None:
            _log.warning("passed over a file that is no bundle of a patient: %s", place)
            continue
        version = version_of(PurePosixPath(place), resources)
        known.add(resources[0]["id"])
        patient, *others = (dump(resource) for resource in resources)
        charts.append(Chart(systems[version], version, patient, others))
    return charts


def resources_of(bundle: Mapping[str, Any], place: str, taken: Iterable[str] = ()) -> list[Resource]:
    """The resources of a bundle, its first Patient first, with ids and with references as `Type/id`.

    `place` names the bundle for ids that must be made; `taken` are ids no Patient may have. Empty without a
    Patient.
    """
    entries = [entry for entry in bundle.get("entry", ()) if _holds_resource(entry)]
    links = Links()
    for position, entry in enumerate(entries):
        _give_id(entry, f"{place}#{position}", links, frozenset(taken))
    links.resolve(entry["resource"] for entry in entries)
    return _patient_first([entry["resource"] for entry in entries])


def _files(folder: Path) -> Iterable[Path]:
    return (
        path for path in folder.rglob("*") if path.name.endswith((".json", ".json.gz")) and path.is_file()
    )


def _read_bundle(path: Path, place: str, known: set[str]) -> list[Resource] | None:
    bundle = _read_json(path, place)
    if (
        not isinstance(bundle, dict)
        or bundle.get("resourceType") != "Bundle"
        or bundle.get("type") not in KINDS
    ):
        return None
    return resources_of(bundle, place, known) or None


def _read_json(path: Path, place: str) -> Any:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            return load(file.read())
    except (OSError, EOFError, zlib.error, json.JSONDecodeError, UnicodeDecodeError) as broken:
        raise BundleError(f"{place} cannot be read as JSON") from broken


def _holds_resource(entry: Any) -> bool:
    resource = entry.get("resource") if isinstance(entry, dict) else None
    return isinstance(resource, dict) and isinstance(resource.get("resourceType"), str)


def _give_id(entry: Resource, position: str, links: Links, taken: frozenset[str]) -> None:
    """Settle the resource's id and tell `links` every name it may be referred to by."""
    resource = entry["resource"]
    resource_type = resource["resourceType"]
    full_url = entry.get("fullUrl") if isinstance(entry.get("fullUrl"), str) else None
    wanted = resource.get("id") or _tail(full_url)
    chosen = wanted if isinstance(wanted, str) and _ID.fullmatch(wanted) else _made(position)
    clashes = resource_type == "Patient" and chosen in taken
    if clashes or links.has(resource_type, chosen):
        chosen = _made(position)
    links.add(resource, chosen, full_url=full_url, wanted=wanted)
    resource["id"] = chosen


def _tail(full_url: str | None) -> str | None:
    return re.split(r"[:/]", full_url)[-1] if full_url else None


def _made(position: str) -> str:
    return hashlib.sha256(position.encode()).hexdigest()[:20]


def _patient_first(resources: list[Resource]) -> list[Resource]:
    for at, resource in enumerate(resources):
        if resource["resourceType"] == "Patient":
            return [resource, *resources[:at], *resources[at + 1 :]]
    return []
