"""Every chart of a kind and version as a person reads it, in three time zones.

After a wording was changed on purpose, `python tests/unit/records/read_aloud.py` writes the texts anew; then
read the difference as a patient would.
"""

import sys
from itertools import groupby, zip_longest
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    import django
    from django.conf import settings

    settings.configure(USE_TZ=True, TIME_ZONE="UTC", LANGUAGE_CODE="en-us")
    django.setup()

from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from records.management.commands.describe import as_text
from tests.unit.records.fhir.fhir_charts import CHARTS, FOLDER, resource, row

ZONES = ("Pacific/Honolulu", "UTC", "Asia/Kolkata")
CELLS = {cell: list(some) for cell, some in groupby(CHARTS, key=lambda chart: chart.rpartition("/")[0])}
"""The charts of each kind and version: {"visits/r4": ["visits/r4/appointment", …]}."""


def golden(cell: str) -> Path:
    """Where the text of a kind and version is kept."""
    return FOLDER / f"{cell}.txt"


def lines(chart: str, zone: str) -> list[str]:
    """The page of one chart for a reader in a time zone."""
    with translation.override("en"), timezone.override(ZoneInfo(zone)):
        text = "\n".join(as_text(resource(chart), row(chart)))
    return text.replace("\u202f", " ").split("\n")


def read(chart: str) -> str:
    """The page of one chart; a line that is not the same everywhere stands once for each zone."""
    found = []
    for said in zip_longest(*(lines(chart, zone) for zone in ZONES), fillvalue="(no line)"):
        here = (
            [said[0]]
            if len(set(said)) == 1
            else [f"{zone:17}|{line}" for zone, line in zip(ZONES, said, strict=True)]
        )
        found += here
    return "\n".join(line.rstrip() for line in found)


def cell_text(cell: str) -> str:
    """All charts of a kind and version, one below the other."""
    return "\n\n".join(read(chart) for chart in CELLS[cell]) + "\n"


if __name__ == "__main__":
    for each in CELLS:
        golden(each).write_text(cell_text(each))
