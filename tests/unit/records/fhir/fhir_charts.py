"""Small made-up resources for the readers' tests, and how a row reads as plain lines.

After a wording was changed on purpose, `python tests/unit/records/fhir/fhir_charts.py` writes the pages
anew; then read the difference as a patient would.
"""

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[4]))

from records.fhir import kinds, parsing
from records.fhir.row import Fact, Head, Resource, Result, Row

FOLDER = Path(__file__).resolve().parents[3] / "data" / "fhir"
CHARTS = sorted(path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.glob("*/*/*.json"))
NAMES = {
    "Medication/amox": "Amoxicillin 500 mg capsule",
    "Condition/dm": "Type 2 diabetes",
    "Practitioner/okafor": "Dr. Ngozi Okafor",
}


def resource(chart: str) -> Resource:
    """The resource at "kind/version/name"."""
    return parsing.parse((FOLDER / f"{chart}.json").read_bytes())


def row(chart: str) -> Row:
    """The whole row of it, with the names a page would know."""
    return kinds.read(resource(chart), chart.split("/")[1].upper(), NAMES)


def facts(chart: str) -> dict[str, str]:
    """Its facts by label; of several with one label, the first."""
    found: dict[str, str] = {}
    for fact in row(chart).facts:
        found.setdefault(fact.label, fact.value)
    return found


def page(chart: str) -> str:
    """What a page of it says, line by line."""
    shown = row(chart)
    lines = [*_head(shown.head), "", *map(_fact, shown.facts), *map(_result, shown.results)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _head(head: Head) -> list[str]:
    number = "" if head.number is None else f"{head.number} {head.unit}"
    flag = f"{head.flag} ({head.flag_source})" if head.flag else ""
    marks = " ".join(filter(None, (head.sensitivity, "withdrawn" if head.withdrawn else "")))
    parts = [("title", head.title), ("when", head.when), ("status", head.status), ("code", head.code)]
    parts += [("value", head.value), ("number", number), ("category", head.category), ("flag", flag)]
    return [f"{name:9} {text}" for name, text in [*parts, ("marks", marks), ("search", head.search)] if text]


def _fact(fact: Fact) -> str:
    place = " > ".join((*fact.under, fact.label))
    text = fact.value.replace("\n", " / ")
    kind = "" if fact.kind == "text" else f" [{fact.kind}]"
    return f"{'  quietly, ' if fact.quiet else ''}{place}: {f'({text})' if fact.ours else text}{kind}"


def _result(result: Result) -> str:
    parts = (result.name, result.value or f"({result.absent})", result.range, result.flag, result.target)
    return "  result | " + " | ".join(parts)


if __name__ == "__main__":
    for each in CHARTS:
        (FOLDER / f"{each}.txt").write_text(page(each))
