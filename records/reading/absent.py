"""Why a file cannot be read here, in plain words, and what somebody can do about it."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as said

_ASK = said("Ask %(place)s for it: you have a right to a copy.")
_WHY: dict[str, tuple[str, str]] = {
    "waiting": (
        said("We have not fetched this file from %(place)s yet."),
        said(
            "Please look again in a few minutes. If you have stopped collecting from there, it comes when you"
            " connect the place again."
        ),
    ),
    "missing": (said("%(place)s names this file and does not have it any more."), _ASK),
    "refused": (said("%(place)s did not hand this file over."), _ASK),
    "too_large": (
        said("This file is too large for us: we fetch files of up to 20 MB."),
        said("You may find it in %(place)s’s own portal. Or ask them for it: you have a right to a copy."),
    ),
    "failed": (
        said("We could not read what %(place)s sent for this file."),
        said(
            "We try again each time we look there for new records. Or ask %(place)s for it: you have a right"
            " to a copy."
        ),
    ),
    "elsewhere": (
        said(
            "%(place)s keeps this file somewhere that we are not let into. We only fetch from the service"
            " that you agreed to."
        ),
        _ASK,
    ),
    "nothing": (said("%(place)s sent the name of this document without the document itself."), _ASK),
    "blank": (
        said("This file has nothing in it that can be read. The download has it as it was sent."),
        "",
    ),
    "closed": (
        said(
            "We cannot show this file here: it is broken, very large, or of a kind that could do harm. The"
            " download has it exactly as it was sent; open it only if you expect it."
        ),
        "",
    ),
}


def why(state: str, place: str) -> dict[str, Any]:
    """The sentence for a state of `records.reading.papers` (or "blank", "closed"), its tone and what is next;
    `again` where looking again helps.
    """
    text, then = _WHY.get(state, _WHY["failed"])
    return {
        "text": _(text) % {"place": place},
        "next": _(then) % {"place": place} if then else "",
        "tone": "plain" if state in ("waiting", "blank") else "warn",
        "again": state == "waiting",
    }
