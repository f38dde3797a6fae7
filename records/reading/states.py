"""Two states of a record side by side: read with the same names, so that only the source's changes differ."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ground.viewer import Viewer
from records import access, bodies
from records.fhir import during, kinds, parsing
from records.fhir.differing import Change, differing
from records.fhir.row import Resource, Row
from records.models import Record, Version
from records.reading.lines import Line, lines
from records.reading.unread import NEVER
from records.templatetags.records_words import fact_words

_MOST_NAMES = 30

Names = Mapping[tuple[int, str], Line]
"""Records by origin and key ("Medication/123")."""


@dataclass(frozen=True, slots=True)
class State:
    """A body, unpacked: of an origin and its FHIR version."""

    origin_id: int
    fhir_version: str
    resource: Resource = field(repr=False)

    def read(self, names: Names) -> Row:
        """The whole row, with what it refers to called by its name."""
        called = {key: line.record.title for (origin, key), line in names.items() if origin == self.origin_id}
        return kinds.read(self.resource, self.fhir_version, called)

    def refers_to(self) -> set[tuple[int, str]]:
        """What it names, as far as a page looks it up."""
        found = {*kinds.references(self.resource, _MOST_NAMES), self.visit}
        return {(self.origin_id, key) for key in found if key}

    @property
    def visit(self) -> str:
        """The key of the visit it says it belongs to, "" for none."""
        found = during.visit(self.resource)
        return f"Encounter/{found}" if found else ""


def state(kept: Record | Version, fhir_version: str) -> State:
    """What a record is, or was."""
    body = bodies.unpack(kept.dictionary, bytes(kept.body))
    return State(kept.origin_id, fhir_version, parsing.parse(body))


def named(viewer: Viewer, states: Iterable[State]) -> Names:
    """The viewer's records that these states name; two queries, none where they name nothing."""
    keys = {key for one in states for key in one.refers_to()}
    pairs = [key.split("/", 1) for _origin, key in keys if "/" in key]
    if not pairs:
        return {}
    rows = access.visible_to(viewer).filter(
        origin_id__in={origin for origin, _key in keys},
        resource_type__in={name for name, _ in pairs},
        fhir_id__in={key for _, key in pairs},
    )
    found = lines(viewer, rows, NEVER)
    by_key = {
        (one.record.origin_id, f"{one.record.resource_type}/{one.record.fhir_id}"): one for one in found
    }
    return {key: by_key[key] for key in keys if key in by_key}


def changes(old: State, new: State, names: Names) -> tuple[Change, ...]:
    """What differs, in the reader's language."""
    return differing(old.read(names), new.read(names), fact_words)
