"""What a password must be: long alone, shorter beside a second step, never obvious (NIST SP 800-63B-4)."""

import re
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

ALONE = 15
WITH_A_SECOND_STEP = 8
_DIFFERENT = 5


def least(user: Any) -> int:
    """How many characters this user's password needs. A user who is not kept yet has no second step."""
    has_second_step = user is not None and user.pk is not None and is_mfa_enabled(user)
    return WITH_A_SECOND_STEP if has_second_step else ALONE


class LongEnough:
    """At least 15 characters, or 8 where a second step is set up."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError for a password that is too short."""
        needed = least(user)
        if len(password) < needed:
            text = _(
                "Use at least %(least)d characters. A short sentence only you would think of works well."
            )
            raise ValidationError(text, code="password_too_short", params={"least": needed})

    def get_help_text(self) -> str:
        """What to say beside the field."""
        return _(
            "At least %(alone)d characters, or %(with)d when you use a second step to sign in. "
            "A short sentence only you would think of works well."
        ) % {"alone": ALONE, "with": WITH_A_SECOND_STEP}


class NotObvious:
    """Not a few signs repeated, and not this site's own name dressed up."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError for a password that anybody would try first."""
        folded = password.casefold()
        rest = re.sub(r"[\W\d_]+", "", folded)
        for word in settings.SITE_NAME.casefold().split():
            rest = rest.replace(word, "")
        if len(set(folded)) < _DIFFERENT or not rest:
            raise ValidationError(_("That is too easy to guess."), code="password_obvious")

    def get_help_text(self) -> str:
        """What to say beside the field."""
        return _("Not this site's name, and not a few signs over and over.")
