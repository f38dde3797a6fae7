"""Exports and permissions: rows 20, 21 and 26 of the contract. Exports are counted here; what is in them is
printed where one user's are asked for with --json.
"""

import time
from collections import Counter

from connect import exporters
from connect.exporters import PacedExporter
from connect.gateway import ExportFile, ExportStep
from connect.management.oneup.verb import Desk, Given, Told, Unknown, Verb

_MOST = 8_000_000  # bytes read at once
_WAIT = 2.0  # seconds between two asks, where 1up does not say
_ASKS = 900


def _export(desk: Desk, given: Given) -> Told:
    exporter = desk.exporter(given["user"], given["fhir_version"])
    files = _files(exporter, exporter.begin(since=given["since"], types=_types(given)))
    kept: list[bytes] = []
    counts = _counted(exporter, files, kept if given["json"] else None)
    return Told(_rows(counts), f"{sum(counts.values())} resources.", _array(kept) if given["json"] else b"")


def _export_all(desk: Desk, given: Given) -> Told:
    try:
        exporter = exporters.population(group=given["group"], access=_access(desk, given), person=True)
    except exporters.Off:
        raise Unknown("Everybody's records are not asked for here: ONEUP_POPULATION is off.") from None
    files = _files(exporter, exporter.begin(since=given["since"], types=_types(given)))
    counts = _counted(exporter, files, None)
    return Told(_rows(counts), f"{sum(counts.values())} resources of everybody.")


def _permit(desk: Desk, given: Given) -> Told:
    number = desk.number(given["other"])
    desk.sharer().permit(desk.access(given["user"]), given["patient"], given["fhir_version"], number)
    return Told(sentence="That user sees this Patient now.")


def _withdraw(desk: Desk, given: Given) -> Told:
    number = desk.number(given["other"])
    desk.sharer().withdraw(desk.access(given["user"]), given["patient"], given["fhir_version"], number)
    return Told(sentence="That user does not see this Patient any more.")


def _access(desk: Desk, given: Given) -> str:
    return desk.access(given["as"]) if given["as"] else ""


def _types(given: Given) -> list[str]:
    return [each for each in given["types"].split(",") if each]


def _files(exporter: PacedExporter, step: ExportStep) -> tuple[ExportFile, ...]:
    """The files, asked for until they are there. Raises `Unknown` after half an hour."""
    status = step.status
    for _ in range(_ASKS):
        if step.files is not None:
            return step.files
        time.sleep(min(step.wait or _WAIT, 30.0))
        step = exporter.ask(status)
        status = step.status or status
    raise Unknown("1up has not made the export in half an hour.")


def _counted(
    exporter: PacedExporter, files: tuple[ExportFile, ...], kept: list[bytes] | None
) -> Counter[str]:
    counts: Counter[str] = Counter()
    for file in files:
        start: int | None = 0
        while start is not None:
            lines = exporter.lines(file, start, _MOST)
            counts[file.kind] += len(lines.resources) + len(lines.rejected)
            if kept is not None:
                kept.extend(lines.resources)
            start = lines.next
    return counts


def _array(kept: list[bytes]) -> bytes:
    return b"[" + b",\n".join(kept) + b"]"


def _rows(counts: Counter[str]) -> list[dict[str, object]]:
    return [{"type": kind, "resources": count} for kind, count in sorted(counts.items())]


VERBS = (
    Verb("export", "20", "all of one user as files, counted", _export,
         ("user", "--fhir-version", "--since", "--types")),
    Verb("export-all", "20, 21", "everybody's records or a group's as files, counted", _export_all,
         ("--group", "--as", "--since", "--types")),
    Verb("permit", "26", "let another user see a Patient", _permit,
         ("user", "patient", "other", "--fhir-version"),
         warns="That user reads the Patient's whole chart at 1up from then on."),
    Verb("withdraw", "26", "take that back", _withdraw, ("user", "patient", "other", "--fhir-version")),
)  # fmt: skip
