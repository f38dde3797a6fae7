"""Links to summaries that patients bring from anywhere, opened by staff of a clinic."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from connect.services import outside
from portal.requests import AtWork
from portal.staff import staff_page
from records.views import viewer_words


@require_safe
@staff_page()
def page(request: AtWork) -> HttpResponse:
    """`/clinic/open/`: type or scan a link; it is decrypted in the browser."""
    mine = request.membership
    told = {"words": viewer_words.as_json(), "recipient": f"{mine.name}, {mine.clinic.name}"[:120]}
    return render(request, "portal/clinic/open.html", {"nav": "open", **told})


@require_POST
@staff_page()
def fetch(request: AtWork) -> HttpResponse:
    """`/clinic/open/fetch/`: what another site keeps for a link, still encrypted; no key comes here."""
    typed = {name: request.POST.get(name, "").strip() for name in ("url", "recipient", "passcode", "direct")}
    direct = bool(typed.pop("direct"))
    if not typed["url"] or not typed["recipient"]:
        return JsonResponse({}, status=400)
    try:
        files = outside.fetch(direct=direct, **typed)
    except outside.NothingThere:
        return JsonResponse({}, status=404)
    except outside.WrongPasscode as wrong:
        return JsonResponse({"remainingAttempts": wrong.left}, status=401)
    except outside.CannotFetch:
        return JsonResponse({}, status=502)
    return JsonResponse(
        {"files": [{"contentType": one.content_type, "embedded": one.embedded} for one in files]}
    )
