"""The words in a mail by which its reader, signed in or not, ends mails of that sort."""

from django.core import signing

_SALT = "ground.unsubscribing"


def token(user_id: int) -> str:
    """A signed word for one user's mails. Good for ever: an old mail must still be able to end new ones."""
    return signing.dumps(user_id, salt=_SALT)


def user_of(token: str) -> int | None:
    """Whose mails a word ends; None when we did not make it."""
    try:
        user_id = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    return user_id if isinstance(user_id, int) else None
