"""What came of asking a place for new records, in words."""

from django.utils.translation import gettext as _

from connect.models import Connection


def text(connection: Connection) -> str:
    """Why the place sends nothing anew, and what helps; "" where it was asked well, or never."""
    place = {"place": connection.place.name}
    match connection.ask_answer:
        case "no_sign_in":
            return _("%(place)s needs you to sign in again before it sends anything new.") % place
        case "user" | "not_connected":
            said = _("The connection to %(place)s is gone. Connect it again; what is here stays here.")
            return said % place
        case "too_soon":
            return _("%(place)s was asked shortly before, so we looked at what had come since.") % place
        case "trouble":
            said = _("%(place)s did not answer when we asked for anything new. We ask again by ourselves.")
            return said % place
        case "forbidden" | "unknown" | "place" | "version":
            said = _(
                "We could not ask %(place)s for anything new. This is nothing you did, and we have noted it."
                " What comes by itself is still collected."
            )
            return said % place
    return ""
