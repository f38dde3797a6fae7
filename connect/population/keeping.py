"""Part of a file into the store: each line to whom it belongs, the rest to nobody. Inside their scope."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from connect.gateway import Lines
from connect.importing import whose
from connect.models import PopulationRun, PopulationWant
from connect.population.homes import Home, Homes
from records import store


@dataclass(slots=True)
class Sorted:
    """Lines by where they go; how many go nowhere, and whether some name nobody."""

    kept: dict[Home, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    rejected: dict[Home, list[tuple[str, bytes]]] = field(default_factory=lambda: defaultdict(list))
    ownerless: list[tuple[bytes, bytes]] = field(default_factory=list)  # mark and line
    left_out: int = 0


def sort(part: Lines, homes: Homes) -> Sorted:
    """Each line to its home. One that cannot be read goes to whom it names, if that is one of them."""
    found = Sorted()
    for raw in part.resources:
        line = whose.line(raw)
        if line.owner == "" and line.kind in whose.NOBODYS and line.id:
            found.ownerless.append((whose.mark(line.kind, line.id), raw))
        elif line.owner and line.owner in homes.by_upstream:
            found.kept[homes.by_upstream[line.owner]].append(raw)
        else:
            found.left_out += 1
    for reason, raw in part.rejected:
        owner = whose.patient_in(raw)
        if owner in homes.by_upstream:
            found.rejected[homes.by_upstream[owner]].append((reason, raw))
        else:
            found.left_out += 1
    return found


def keep(run: PopulationRun, found: Sorted) -> None:
    """Keep what has a home, note what it names that may be nobody's, and count."""
    for home in sorted({*found.kept, *found.rejected}):  # always in one order: nobody waits in a circle
        lines = found.kept.get(home, [])
        _keep(run, home, lines, found.rejected.get(home, []))
    wants = [
        PopulationWant(patient_id=home.patient_id, run_id=run.pk, connection_id=home.connection_id, mark=mark)
        for home, lines in found.kept.items()
        for mark in sorted({mark for raw in lines for mark in whose.names(raw)})
    ]
    before = _wanted(run) if run.phase == PopulationRun.Phase.JOINING else 0
    PopulationWant.objects.bulk_create(wants, ignore_conflicts=True, batch_size=2000)
    if run.phase == PopulationRun.Phase.JOINING and wants and _wanted(run) > before:
        run.goes_on = True


def join(run: PopulationRun, found: Sorted, homes: Homes) -> None:
    """Give what names nobody to all whose records name it."""
    raws = dict(found.ownerless)
    by_connection = homes.by_connection
    wanting = PopulationWant.objects.filter(
        run_id=run.pk, mark__in=list(raws), patient_id__in=homes.viewer.patients
    )
    theirs = Sorted()
    for mark, connection_id in wanting.values_list("mark", "connection_id"):
        if connection_id in by_connection:
            theirs.kept[by_connection[connection_id]].append(raws[bytes(mark)])
    keep(run, theirs)


def _keep(run: PopulationRun, home: Home, lines: list[bytes], rejected: Iterable[tuple[str, bytes]]) -> None:
    kept = store.keep(
        patient_id=home.patient_id,
        source_id=home.source_id,
        origin=store.origin(run.gateway, "R4"),
        upstream_patient=home.upstream,
        resources=lines,
        rejected=tuple(rejected),
    )
    run.new += kept.new
    run.changed += kept.changed
    run.same += kept.same
    run.quarantined += kept.quarantined


def _wanted(run: PopulationRun) -> int:
    return int(PopulationWant.objects.filter(run_id=run.pk).count())
