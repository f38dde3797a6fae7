"""The sections of an International Patient Summary, and which records each holds.

A summary is not the record: of measurements the newest of each, of the rest the newest so many; where more
were sent, the section says so. Nothing is left out for its status, which stands beside it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.utils.translation import gettext_noop as _

from ground.viewer import Viewer
from records import access, reading
from records.reading import Found, Several

_MOST = 200
_REPORTS = "reports"
_NOTHING = Several((), 0)
_PAST = frozenset({"resolved", "inactive", "remission"})
_MEDICINES = (
    *("MedicationRequest", "MedicationOrder", "MedicationPrescription", "MedicationStatement"),
    *("MedicationDispense", "MedicationAdministration"),
)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section: its LOINC code and what LOINC calls it, its title (a message id), the kind it is made of."""

    code: str
    display: str
    title: str
    slug: str
    required: bool = False


def _all(viewer: Viewer, slug: str) -> Several:
    return reading.several(viewer, slug, most=_MOST)


def _of(*types: str) -> Callable[[Viewer, str], Several]:
    return lambda viewer, slug: reading.several(viewer, slug, most=_MOST, types=types)


def _now(viewer: Viewer, slug: str) -> Several:
    return _those(_all(viewer, slug), lambda found: found.record.status not in _PAST)


def _then(viewer: Viewer, slug: str) -> Several:
    return _those(_all(viewer, slug), lambda found: found.record.status in _PAST)


def _those(some: Several, fits: Callable[[Found], bool]) -> Several:
    """Some of them; where there were more than could be read, the number of all stays."""
    kept = tuple(found for found in some.found if fits(found))
    is_cut = len(some.found) < some.total
    return replace(some, found=kept, total=some.total if is_cut else len(kept))


def _newest(viewer: Viewer, slug: str) -> Several:
    return reading.newest(viewer, slug, most=_MOST)


_CHAPTERS: tuple[tuple[Chapter, Callable[[Viewer, str], Several]], ...] = (
    (
        Chapter("48765-2", "Allergies and adverse reactions Document", _("Allergies"), "allergies", True),
        _all,
    ),
    (Chapter("11450-4", "Problem list - Reported", _("Conditions"), "conditions", True), _now),
    (
        Chapter("10160-0", "History of Medication use Narrative", _("Medicines"), "medicines", True),
        _of(*_MEDICINES),
    ),
    (Chapter("11369-6", "History of Immunization note", _("Vaccines"), "vaccines"), _all),
    (
        Chapter(
            "30954-2",
            "Relevant diagnostic tests/laboratory data note",
            _("Test results"),
            "test-results",
        ),
        _newest,
    ),
    (Chapter("47519-4", "History of Procedures Document", _("Procedures"), "procedures"), _all),
    (
        Chapter("46264-8", "History of medical device use", _("Devices and implants"), "other"),
        _of("Device", "DeviceUseStatement", "DeviceUsage"),
    ),
    (Chapter("11348-0", "History of Past illness note", _("Past conditions"), "conditions"), _then),
    (Chapter("18776-5", "Plan of care note", _("Care plans"), "care-plans"), _of("CarePlan")),
    (Chapter("8716-3", "Vital signs note", _("Vital signs"), "vitals"), _newest),
)


def gather(viewer: Viewer) -> tuple[tuple[Chapter, Several], ...]:
    """Every section with its records; of kinds that are not shared nothing is looked for, as each look costs
    many conditions. Inside the viewer's scope.
    """
    shared = access.kinds_of(viewer)
    found = [
        (chapter, take(viewer, chapter.slug) if shared is None or chapter.slug in shared else _NOTHING)
        for chapter, take in _CHAPTERS
    ]
    if shared is not None and _REPORTS not in shared:
        return tuple(found)
    return tuple(_with_reports(viewer, chapter, some) for chapter, some in found)


def _with_reports(viewer: Viewer, chapter: Chapter, some: Several) -> tuple[Chapter, Several]:
    """The results' section holds the newest reports too."""
    if chapter.code != "30954-2":
        return chapter, some
    more = reading.several(viewer, _REPORTS, most=_MOST // 4, types=("DiagnosticReport",))
    return chapter, replace(some, found=(*some.found, *more.found), total=some.total + more.total)
