"""Whom to call in an emergency: typed here, printed on the emergency page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ground.absence import or_404
from ground.scope import scoped
from records import access, reading, services
from records.addresses import reverse
from records.forms_of_contacts import ContactsForm
from records.views.visit import Visit


@require_http_methods(["GET", "HEAD", "POST"])
@scoped
def contacts(request: Visit) -> HttpResponse:
    """`/records/take/emergency/contacts/`: up to three people, by name and number."""
    with or_404(access.NotTheirs):
        access.speaks_for(request.viewer)
    kept = reading.to_call(request.viewer)
    form = ContactsForm(request.POST if request.method == "POST" else None, kept=kept)
    if request.method == "POST" and form.is_valid():
        services.keep_contacts(viewer=request.viewer, people=form.typed())
        messages.success(request, _("Kept. It stands on your emergency page."))
        return redirect(reverse("records:card", args=["emergency"]))
    return render(request, "records/contacts.html", {"nav": "take", "form": form})
