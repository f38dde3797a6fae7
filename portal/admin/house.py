"""The one admin site, and what all its lists have in common: a plain name, a sentence, a search by POST."""

from collections.abc import Callable
from typing import Any, ClassVar

from allauth.mfa.utils import is_mfa_enabled
from csp.decorators import csp_replace
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from portal.admin import attention

# Django's own admin scripts build pages from HTML, which Trusted Types would refuse. The rest stays.
_POLICY = {"require-trusted-types-for": None}
Words = str | Promise
_LONGEST = 200

#: The rooms of the first page, in their order.
SECTIONS: tuple[tuple[str, Words], ...] = (
    ("people", gettext_lazy("People")),
    ("clinics", gettext_lazy("Clinics")),
    ("places", gettext_lazy("Places and imports")),
    ("work", gettext_lazy("Work, mail and what people are told")),
    ("audit", gettext_lazy("What was looked at and done")),
)


class Site(admin.AdminSite):
    """Signing in happens at the front door; staff without a second factor are sent to set one up."""

    site_header = site_title = "Tributary"
    index_title = gettext_lazy("Administration")
    index_template = "admin/first.html"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Active staff whose account has a second factor."""
        return super().has_permission(request) and bool(is_mfa_enabled(request.user))

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The front door's own sign-in; or the second factor, for staff who lack one."""
        wanted = request.GET.get("next", "")
        is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, None)
        onward = wanted if is_ours else reverse("admin:index")
        if self.has_permission(request):
            return HttpResponseRedirect(onward)  # `redirect` would take some words for names of pages
        if super().has_permission(request):
            return redirect("mfa_index")
        return redirect("portal:home") if request.user.is_authenticated else redirect_to_login(onward)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """One page changes passwords: the account's own, which also tells the address that it happened."""
        return redirect("account_change_password")

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """As Django's, with the policy that its scripts can live with."""
        return csp_replace(_POLICY)(super().admin_view(view, cacheable))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """What waits for somebody, then every list."""
        return super().index(request, {"waiting": attention.waiting(), **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The lists by what they are about, with names that people use; one app's where Django asks that."""
        apps = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        listed = [(self._registry[each["model"]], each) for app in apps for each in app["models"]]
        return [room for name, words in SECTIONS if (room := _room(name, words, listed))["models"]]


def _room(name: str, words: Words, listed: list[tuple[Any, dict[str, Any]]]) -> dict[str, Any]:
    mine = [(model, each) for model, each in listed if getattr(model, "section", "") == name]
    rows = [{**each, "name": model.called, "about": model.about} for model, each in mine]
    return {"name": words, "app_label": name, "app_url": reverse("admin:index"), "models": rows}


site = Site(name="admin")


class Untouched(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that the admin shows and that nobody adds, changes or deletes here."""

    #: Where it stands on the first page, what people call it, and what it is.
    section: ClassVar[str]
    called: ClassVar[Words]
    about: ClassVar[Words]
    #: What can be typed to find a row; empty where nothing can.
    find_by: ClassVar[Words] = ""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    change_list_template = "admin/listed.html"
    change_form_template = "admin/shown.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def may_act(self, request: HttpRequest) -> bool:
        """Whether this person may do what a list offers beyond looking: whoever may change such rows."""
        return admin.ModelAdmin.has_change_permission(self, request)

    has_act_permission = may_act

    @admin.display(description=gettext_lazy("number"), ordering="pk")
    def no(self, row: Any) -> str:
        """By which a row is called."""
        return f"#{row.pk}"

    def found(self, rows: "QuerySet[Any]", words: str) -> "QuerySet[Any]":
        """The rows that somebody looks for by these words."""
        return rows

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only the filters at the side: nothing is searched for by an address."""
        names = [one[0] if isinstance(one, tuple) else one for one in self.list_filter]
        return any(lookup.split("__")[0] == name for name in names)

    def get_urls(self) -> list[URLPattern]:
        """Django's, and the one that a search is sent to."""
        search = self.admin_site.admin_view(require_POST(self.search))
        return [path("find/", search, name=self._name("find")), *super().get_urls()]

    def search(self, request: HttpRequest) -> HttpResponse:
        """Keep what is searched for on our side, and show the list; nothing typed shows all again."""
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        request.session[self._name("find")] = _typed(request.POST.get("words", ""))
        return redirect(f"admin:{self._name('changelist')}")

    def words(self, request: HttpRequest) -> str:
        """What is searched for in this list now."""
        return str(request.session.get(self._name("find"), "")) if self.find_by else ""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The list, or what was found in it."""
        request.finding = words = self.words(request)  # type: ignore[attr-defined]
        told = {"title": self.called, "about": self.about, "find_by": self.find_by, "words": words}
        told["find_url"] = reverse(f"admin:{self._name('find')}")
        return super().changelist_view(request, {**told, **(extra_context or {})})

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """All; inside a list that is searched, what was found."""
        rows = super().get_queryset(request)
        words = getattr(request, "finding", "")
        return self.found(rows, words) if words else rows

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """One row; its heading says of which list."""
        told = {"title": self.called, "about": self.about}
        return super().changeform_view(request, object_id, form_url, {**told, **(extra_context or {})})

    def _name(self, what: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{what}"


class Made(Untouched):
    """Rows that whoever may adds and changes here, and that nobody deletes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever may."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever may."""
        return admin.ModelAdmin.has_change_permission(self, request, obj)


def _typed(words: str) -> str:
    return words.replace("\0", "").strip()[:_LONGEST]


def number(words: str) -> int:
    """The number somebody typed; 0, which nothing has, where it is none."""
    digits = words.removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 18 else 0


def yes_no(value: object) -> str:
    """As people say it."""
    return _("yes") if value else _("no")
