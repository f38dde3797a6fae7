"""Doing something to chosen rows: say before what it means, do it, write down who did what to whom."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal import operating
from portal.admin.house import Untouched, Words

Deed = Callable[[Any, HttpRequest, Any], bool]


def action(title: Words, means: Words, deed: str) -> Callable[[Deed], Any]:
    """An action of a list out of what it does to one row, which tells whether anything was done.

    `title` stands in the menu, `means` on the page that asks before; `deed` is written down.
    """

    def made(do: Deed) -> Any:
        @wraps(do)
        def act(self: Untouched, request: HttpRequest, rows: "QuerySet[Any]") -> HttpResponse | None:
            if request.POST.get("sure") != "yes":
                return _ask(self, request, rows, do.__name__, title, means)
            done = [row for row in rows if _done(self, request, row, do, deed)]
            _tell(request, len(done), rows.count())
            return None

        return admin.action(description=cast(Any, title), permissions=["act"])(act)

    return made


def _done(self: Untouched, request: HttpRequest, row: Model, do: Deed, deed: str) -> bool:
    done = do(self, request, row)
    if done:
        operating.note(user=request.user, about=row, what=deed)  # type: ignore[arg-type]
    return done


def _ask(
    self: Untouched, request: HttpRequest, rows: "QuerySet[Any]", name: str, title: Words, means: Words
) -> HttpResponse:
    """The page that says what it means, before anything happens."""
    told = {
        **self.admin_site.each_context(request),
        "title": title,
        "means": means,
        "rows": list(rows),
        "opts": self.opts,
        "called": self.called,
        "action": name,
        "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "box": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/sure.html", told)


def _tell(request: HttpRequest, done: int, chosen: int) -> None:
    if done:
        text = ngettext("Done, for %(n)d.", "Done, for %(n)d.", done)
        messages.success(request, text % {"n": done})
    if done < chosen:
        text = ngettext(
            "Nothing was to be done for %(n)d of them, or it is not possible now.",
            "Nothing was to be done for %(n)d of them, or it is not possible now.",
            chosen - done,
        )
        messages.warning(request, text % {"n": chosen - done})


def actor(request: HttpRequest) -> int:
    """The number of who acts."""
    return int(request.user.pk or 0)


def nothing() -> str:
    """What stands where there is nothing to show."""
    return _("none")
