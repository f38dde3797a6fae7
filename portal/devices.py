"""Browsers that somebody has signed in with before, and the mail about one that is new.

Nothing is kept about a browser. It is given a signed cookie that holds opaque words, one for each account it
was used for; who can show their own word is no stranger. Losing the cookie costs one mail too many, never one
too few.
"""

from hashlib import sha256

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from portal.models import User

COOKIE = "__Host-known"
_SALT = "portal.devices"
_LIFE = 400 * 24 * 3600  # seconds; browsers keep no cookie longer
_ACCOUNTS = 8  # a family's computer
_PENDING = "_known_as"


def noticed(request: HttpRequest, user: User, *, first_time: bool) -> None:
    """Somebody signed in: tell them by mail unless this browser is known, or the account is new itself."""
    known, mine = _known(request), _word(user)
    if mine not in known and not first_time:
        get_adapter(request).send_notification_mail("account/email/new_device", user)
    others = [word for word in known if word != mine]
    setattr(request, _PENDING, [mine, *others][:_ACCOUNTS])


def remember(request: HttpRequest, response: HttpResponse) -> None:
    """Give the browser its cookie, if somebody has just signed in with it."""
    words = getattr(request, _PENDING, None)
    if words:
        response.set_cookie(
            COOKIE,
            signing.dumps(words, salt=_SALT),
            max_age=_LIFE,
            secure=True,
            httponly=True,
            samesite="Lax",
        )


def _known(request: HttpRequest) -> list[str]:
    try:
        words = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_LIFE)
    except signing.BadSignature:
        return []
    return [word for word in words if isinstance(word, str)] if isinstance(words, list) else []


def _word(user: User) -> str:
    """What stands in the cookie for an account. It ends with the account's password, so that a browser known
    before a reset is a stranger after it.
    """
    return sha256(f"{settings.SECRET_KEY}:{user.pk}:{user.password}".encode()).hexdigest()[:32]
