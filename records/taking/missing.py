"""That there is nothing of a kind, for papers: which kind of nothing, and what it does not mean.

Such papers are handed to people who decide by them. None of these sentences may be taken for "there is none".
"""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from records.reading import Nothing

_WHY: dict[str, Callable[[Nothing], str]] = {
    "unconnected": lambda why: _("No place is connected yet."),
    "unshared": lambda why: _("Records of this kind are not shared with you."),
    "unshown": lambda why: _("No record of this kind is among what is shared with you."),
    "waiting": lambda why: _("Not everything has been fetched yet."),
    "failed": lambda why: _("%(place)s could not be reached.") % {"place": why.place},
    "refused": lambda why: _("%(place)s did not share this; they may still have it.") % {"place": why.place},
    "none": lambda why: (
        ngettext(
            "%(place)s sent no record of this kind.",
            "No record of this kind was sent by %(place)s.",
            why.places,
        )
        % {"place": why.place}
    ),
}
_MEANS: dict[str, Callable[[], str]] = {
    "allergies": lambda: _("This does not mean that there are no allergies."),
    "medicines": lambda: _("This does not mean that no medicines are taken."),
    "conditions": lambda: _("This does not mean that there are no conditions."),
    "vaccines": lambda: _("This does not mean that no vaccines were given."),
}


def sentences(slug: str, reasons: Iterable[Nothing]) -> str:
    """Why there is nothing of a kind, and what that does not mean."""
    told = [_WHY[why.reason](why) for why in reasons]
    means = _MEANS.get(slug)
    return " ".join([*told, means() if means else _("This does not mean that there is none.")])
