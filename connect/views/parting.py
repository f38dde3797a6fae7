"""Stop updates from a place, delete its records, and the receipts of both. Each asks first who you are."""

import uuid

from allauth.account.decorators import reauthentication_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from connect import forms, services
from connect.models import Connection
from connect.views.doorman import connection_of, for_patient
from ground import scope


@require_http_methods(["GET", "HEAD", "POST"])
@for_patient
def stop(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """`/connect/places/<id>/stop/`: say what that means, then collect nothing more. What is here stays."""
    return _stopped(request, connection_of(request, public_id))  # type: ignore[no-any-return]


@reauthentication_required(app="connect")  # type: ignore[untyped-decorator]
def _stopped(request: HttpRequest, connection: Connection) -> HttpResponse:
    if request.method != "POST":
        return render(request, "connect/stop.html", {"nav": "places", "connection": connection})
    try:
        parting = services.stop(viewer=request.viewer, connection=connection)  # type: ignore[attr-defined]
    except services.NotConnected:
        return redirect("connect:places")
    return redirect("connect:receipt", parting.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_patient
def delete(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """`/connect/places/<id>/delete/`: say what goes and what stays, then delete, here and at the gateway."""
    return _deleted(request, connection_of(request, public_id))  # type: ignore[no-any-return]


@reauthentication_required(app="connect")  # type: ignore[untyped-decorator]
def _deleted(request: HttpRequest, connection: Connection) -> HttpResponse:
    form = forms.DeleteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            parting = services.delete(viewer=request.viewer, connection=connection)  # type: ignore[attr-defined]
        except services.NotConnected:
            return redirect("connect:places")
        return redirect("connect:receipt", parting.public_id)
    with scope.open(request.viewer):  # type: ignore[attr-defined]
        count = services.would_delete(connection)
    page = {"nav": "places", "connection": connection, "form": form, "going": services.going(count)}
    return render(request, "connect/delete.html", {**page, "words": count.words, "files": count.takeouts})


@require_safe
@for_patient
@scope.scoped
def receipts(request: HttpRequest) -> HttpResponse:
    """`/connect/receipts/`: everything that was stopped or deleted."""
    found = services.receipts(request.patient.pk)  # type: ignore[attr-defined]
    return render(request, "connect/receipts.html", {"nav": "places", "receipts": found})


@require_safe
@for_patient
@scope.scoped
def receipt(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """`/connect/receipts/<id>/`: what is done here, what is confirmed there, what stays."""
    parting = services.parting_of(request.patient, public_id)  # type: ignore[attr-defined]
    if parting is None:
        raise Http404
    page = {"nav": "places", "place": parting.place, "told": services.receipt(parting)}
    return render(request, "connect/receipt.html", page)
