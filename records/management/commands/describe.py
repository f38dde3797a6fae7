"""`describe FILE`: a FHIR resource as a person would read it. `describe --report DIR`: how much of what is
sent reaches the page, by version and type.
"""

import json
from argparse import ArgumentParser
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from records.fhir import files, kinds, leaves
from records.fhir.files import VERSIONS, Chart, Unreadable
from records.fhir.row import Resource, Row
from records.fhir.wording import NO_VALUE
from records.templatetags.records_words import fact_words, flag_word, status_word, when

_NAMED = 5  # names of lost values on a line of the report


class Command(BaseCommand):
    """Reads files only; neither the database nor the network is asked."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A file, or a folder to report on."""
        parser.add_argument("file", nargs="?", type=Path, help="a resource or a Bundle, plain or .gz")
        parser.add_argument("--fhir-version", default="", choices=["", *VERSIONS])
        parser.add_argument("--json", action="store_true", help="the facts as JSON, one resource a line")
        parser.add_argument("--report", metavar="DIR", type=Path, help="measure every file under a folder")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print. Raises CommandError with a sentence."""
        file, folder, version = options["file"], options["report"], options["fhir_version"]
        if (file is None) == (folder is None):
            raise CommandError("Name one file, or a folder with --report.")
        try:
            if folder is not None:
                self._report(folder, version)
                return
            for line in _described(files.load(file, version), as_json=options["json"]):
                self.stdout.write(line)
        except Unreadable as trouble:
            raise CommandError(str(trouble)) from None

    def _report(self, folder: Path, version: str) -> None:
        sent: Counter[tuple[str, str]] = Counter()
        lost: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for chart in (files.load(path, version) for path in files.files(folder)):
            for resource in chart.resources:
                row = chart.fhir_version, str(resource.get("resourceType"))
                sent[row] += sum(1 for _leaf in leaves.leaves(resource))
                lost[row].update(
                    leaf.name for leaf in leaves.unseen(resource, chart.fhir_version, chart.names)
                )
        if not sent:
            raise CommandError(f"{folder}: no FHIR file in there.")
        self.stdout.write(f"{'version':8} {'type':28} {'values':>8} {'reach':>7}  not on the page")
        for row in sorted(sent):
            self.stdout.write(_line(*row, sent[row], lost[row]))
        self.stdout.write(_line("all", "", sum(sent.values()), Counter({"": _sum(lost.values())})).rstrip())


def _sum(counters: Any) -> int:
    return sum(sum(counter.values()) for counter in counters)


def _line(version: str, name: str, sent: int, lost: Counter[str]) -> str:
    share = 1 - sum(lost.values()) / max(sent, 1)
    named = ", ".join(f"{each} ({count})" for each, count in lost.most_common(_NAMED) if each)
    return f"{version:8} {name:28} {sent:8} {share:7.2%}  {named}".rstrip()


def _described(chart: Chart, *, as_json: bool) -> Iterator[str]:
    for resource in chart.resources:
        row = kinds.read(resource, chart.fhir_version, chart.names)
        if as_json:
            yield json.dumps(_as_json(resource, row), ensure_ascii=False)
        else:
            yield "\n".join(as_text(resource, row)) + "\n"


def as_text(resource: Resource, row: Row) -> Iterator[str]:
    """One record as a person reads it, line by line, in the language and time zone that are set."""
    kind, name = kinds.kind_of(resource), str(resource.get("resourceType"))
    title = row.head.title or _(kinds.untitled(kind, row.head, name))
    yield title
    yield "=" * len(title)
    about = (_(kinds.singular(kind, name)), when(row.head.when), status_word(row.head.status, kind.slug))
    yield " · ".join(filter(None, about))
    for result in row.results:
        parts = (result.value or _(result.absent or NO_VALUE), flag_word(result.flag), result.range)
        yield f"  {result.name}: {', '.join(filter(None, parts))}"
    for fact in row.facts:
        yield f"  {' > '.join(_(part) for part in (*fact.under, fact.label))}: {fact_words(fact)}"


def _as_json(resource: Resource, row: Row) -> dict[str, Any]:
    return {
        "resourceType": resource.get("resourceType"),
        "kind": kinds.kind_of(resource).slug,
        "head": row.head._asdict(),
        "facts": [
            {
                "label": _(fact.label),
                "value": fact_words(fact),
                "under": list(fact.under),
                "quiet": fact.quiet,
            }
            for fact in row.facts
        ],
        "results": [
            {"name": one.name, "value": one.value, "range": one.range, "flag": one.flag}
            for one in row.results
        ],
    }
