"""What to make of an import that brought nothing, or not everything: why it may be, and what helps."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connect.models import ImportRun
from records.fhir.kinds import KINDS

Outcome = ImportRun.Outcome


def advice(run: ImportRun) -> str:
    """One paragraph for the page of an import that ended without records; empty where none is due."""
    match run.outcome:
        case Outcome.DECLINED:
            return _("If that was a mistake, start again and choose to agree on their page.")
        case Outcome.NOTHING:
            return _(
                "Their page may have shown an error, or you may have closed it before the end."
                " Nothing was collected. If you finished there, wait a few minutes and start again:"
                " they will remember you."
            )
        case Outcome.UNREACHABLE:
            return _(
                "The way between them and us broke off. This is nothing you did."
                " It often works an hour later."
            )
        case Outcome.NOT_MINE:
            return _not_mine(run.error)
        case Outcome.STOPPED:
            return _("What was collected until then stays here. You can connect the place again at any time.")
        case _:
            return ""


def withheld(run: ImportRun) -> str:
    """Which kinds the place did not hand over, of an import that went well; empty where it withheld none."""
    kinds = [_(kind.heading) for kind in KINDS if set(kind.types) & set(run.failed_kinds)]
    if run.outcome != Outcome.DONE or not kinds:
        return ""
    text = _("Not handed over by %(place)s, or not all of it: %(kinds)s. They may still have it.")
    return text % {"place": run.connection.place.name, "kinds": ", ".join(kinds)}


def unlisted(run: ImportRun) -> str:
    """How many more came than lists show, and what they are; empty where every record stands in a list."""
    if run.outcome != Outcome.DONE or not run.unlisted:
        return ""
    text = ngettext(
        "One more came that stands in no list: it says where other records are from, or the place marked it"
        " as a mistake.",
        "%(count)s more came that stand in no list: they say where other records are from, or the place"
        " marked them as a mistake.",
        run.unlisted,
    )
    return text % {"count": run.unlisted}


def _not_mine(error: str) -> str:
    if error == "not_mine":
        return _(
            "We left those records where they are. To collect your own, sign in there with your own account."
        )
    if error == "looked_after":
        return _(
            "Their records get pages of their own, so that nothing is mixed up. Choose that person, or add"
            " them, and sign in at the place once more: this time for them."
        )
    if error == "no_answer":
        return _("So we collected nothing. Start again, and we will ask again.")
    return _(
        "The name and date of birth they hold are not yours, so we left those records where they are."
        " Check that what you told us under Account is right, and that it was you who signed in there."
    )
