"""Emergency access: for who has just shown who they are, one patient, one hour."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ground.models import Reason
from portal import emergencies, reasons
from portal.emergencies import TooManyTries
from portal.forms_of_clinics import EmergencyForm
from portal.models import Patient, Role
from portal.reasons import Why
from portal.requests import AtWork
from portal.staff import staff_page


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.LEAD, Role.CLINICIAN)
def emergency(request: AtWork) -> HttpResponse:
    """`/clinic/emergency/`: open the records of somebody who has not shared them with this clinic."""
    return _confirmed(request)  # type: ignore[no-any-return]


@reauthentication_required(app="portal")  # type: ignore[untyped-decorator]
def _confirmed(request: AtWork) -> HttpResponse:
    form = EmergencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            patient = emergencies.find(by=request.membership, **form.who())
        except TooManyTries:
            form.add_error(None, _("Too many tries. Nobody is looked up for you before an hour is over."))
        else:
            if patient is not None:
                return _opened(request, patient, form.cleaned_data["words"])
            form.add_error(None, _("Nobody here has exactly this name and date of birth."))
    return render(request, "portal/clinic/emergency.html", {"nav": "patients", "form": form})


def _opened(request: AtWork, patient: Patient, words: str) -> HttpResponse:
    emergencies.begin(by=request.membership, patient=patient)
    reasons.give(request, patient.public_id, Why(Reason.EMERGENCY, words))
    messages.warning(request, _("Open for an hour. The patient and the leads of your clinic are told."))
    return redirect("portal:chart", public_id=patient.public_id)
