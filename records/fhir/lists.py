"""Lists somebody keeps: of problems, of medicines at discharge, of what was thrown out."""

from records.fhir.elements import first_code, items, joined, member, status_code, words
from records.fhir.facts import coded, dated, noted, qualified, said, worded
from records.fhir.heads import build
from records.fhir.moments import recorded
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.terms import LIST_MODES
from records.fhir.texts import clean
from records.fhir.wording import STATUSES

UNNAMED = _("Something without a name")
EMPTY = _("This list is empty. That alone does not say that there is nothing to list.")


def head(resource: Resource, known: Known) -> Head:
    """Named by its title, with what it holds as value."""
    about = resource.get("code")
    return build(
        resource,
        title=clean(resource.get("title")) or words(about),
        when=resource.get("date"),
        status=status_code(resource.get("status")),
        code=first_code(about),
        value=joined(_name(one, known) for one in items(resource.get("entry")) if not _is_gone(one)),
        category=status_code(about),
        about=about,
    )


def _name(entry: object, known: Known) -> str:
    return known.name(member(entry, "item"))


def _is_gone(entry: object) -> bool:
    return member(entry, "deleted") is True


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """What stands on it, what was taken off it, who keeps it and as of when."""
    entries = items(resource.get("entry"))
    return [
        qualified(resource),
        *(fact for one in entries for fact in _entry(one, recorded(resource.get("date")), known)),
        None if entries else Fact(_("On the list"), EMPTY, ours=True),
        said(_("Why it is empty"), words(resource.get("emptyReason"))),
        said(_("Kind of list"), words(resource.get("code"))),
        worded(_("How it is kept"), resource.get("mode"), LIST_MODES),
        worded(_("Status"), resource.get("status"), STATUSES),
        dated(_("Date"), resource.get("date")),
        said(_("Kept by"), known.name(resource.get("source"))),
        said(_("In the order"), words(resource.get("orderedBy"))),
        said(_("Visit"), known.name(resource.get("encounter"))),
        *noted(resource, known),
        *coded(resource.get("code")),
    ]


def _entry(entry: object, as_of: str, known: Known) -> list[Fact | None]:
    """One line of it, or of what was taken off it; its date where that is another than the list's."""
    name, flag = _name(entry, known), words(member(entry, "flag"))
    label = _("Taken off the list") if _is_gone(entry) else _("On the list")
    dated_on = recorded(member(entry, "date"))
    shown = said(label, f"{name} ({flag})" if flag else name) if name else Fact(label, UNNAMED, ours=True)
    return [
        shown,
        None if name else said(_("What was said of it"), flag),
        dated(_("Date"), dated_on) if dated_on != as_of else None,
    ]
