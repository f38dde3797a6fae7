"""Rows that stand under the row policy: the administration reaches them patient by patient, as a viewer of
its own kind to whom no record is ever shown.

A list shows those of the patients for whom there was work lately, or of the one that was searched for; one
row is looked for with everybody in reach, a batch at a time, and shown with its own patient in reach alone.
"""

from collections.abc import Iterator
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ground import audit, scope
from ground.models import Job
from ground.viewer import Viewer
from portal.admin.house import Untouched, Words, number
from portal.models import Patient

LISTED = 500  # patients
_BATCH = 5000  # patients


def viewer(request: HttpRequest, *patients: int) -> Viewer:
    """Somebody of the administration, with these patients in reach and nobody's records in sight."""
    return Viewer("admin", patients, request.user.pk)


def lately() -> tuple[int, ...]:
    """The patients for whom there was work lately, the latest first."""
    rows = Job.objects.exclude(patient=None).values("patient_id").annotate(last=Max("pk")).order_by("-last")
    return tuple(row["patient_id"] for row in rows[:LISTED])


def patient_of(words: str) -> tuple[int, ...]:
    """The patient of this number, short or long; nobody where there is none."""
    try:
        found = Patient.objects.filter(public_id=UUID(words))
    except ValueError:
        found = Patient.objects.filter(pk=number(words))
    return tuple(found.values_list("pk", flat=True))


def whose(request: HttpRequest, rows: "QuerySet[Any]", pk: str) -> int | None:
    """The patient of a row under the policy; None where there is no such row."""
    for patients in _everybody():
        with scope.open(viewer(request, *patients)):
            found = rows.filter(pk=number(pk)).values_list("patient_id", flat=True).first()
        if found is not None:
            return int(found)
    return None


def _everybody() -> Iterator[tuple[int, ...]]:
    last = 0
    while True:
        following = Patient.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)
        patients = tuple(following[:_BATCH])
        if not patients:
            return
        yield patients
        last = patients[-1]


def drawn(answer: Any) -> Any:
    """A page, drawn while the scope is open."""
    if callable(render := getattr(answer, "render", None)):
        render()
    return answer


class InReach(Untouched):
    """Rows of patients, each reached inside a scope. A list names nobody, so it leaves no look; whoever
    opens a row leaves one in the patient's own list of looks.
    """

    find_by: ClassVar[Words] = _("the number of a patient")
    note: ClassVar[Words] = _(
        "Shown are the 500 patients for whom there was work lately. Search for a number to see another."
    )
    #: What is written down as looked at.
    looked: ClassVar[str] = "connections"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The list, of those in reach."""
        words = self.words(request)
        reach = patient_of(words) if words else lately()
        request.reach = reach  # type: ignore[attr-defined]
        told = {"note": "" if words else self.note, **(extra_context or {})}
        with scope.open(viewer(request, *reach)):
            return drawn(super().changelist_view(request, told))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """One row, its patient in reach; they see that somebody looked."""
        patient_id = self.whose(request, unquote(object_id or ""))
        reach = () if patient_id is None else (patient_id,)
        request.reach = reach  # type: ignore[attr-defined]
        looker = viewer(request, *reach)
        with scope.open(looker):
            if patient_id is not None and self.has_view_permission(request):
                audit.looked(looker, patient_id, self.looked)
            return drawn(super().changeform_view(request, object_id, form_url, extra_context))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """What was done to one row."""
        patient_id = self.whose(request, unquote(object_id))
        request.reach = () if patient_id is None else (patient_id,)  # type: ignore[attr-defined]
        with scope.open(viewer(request, *request.reach)):  # type: ignore[attr-defined]
            return drawn(super().history_view(request, object_id, extra_context))

    def whose(self, request: HttpRequest, pk: str) -> int | None:
        """The patient of a row."""
        return whose(request, self.model._base_manager.all(), pk)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """Only of those in reach: the policy alone uses no index."""
        return super().get_queryset(request).filter(patient_id__in=getattr(request, "reach", ()))

    @admin.display(description=_("patient"), ordering="patient_id")
    def patient_number(self, row: Any) -> SafeString:
        """The number of a row's patient, as a link to what is known of them here."""
        return format_html("<a href='/admin/portal/patient/{0}/change/'>#{0}</a>", row.patient_id)
