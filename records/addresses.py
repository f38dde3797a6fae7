"""Where the pages of records stand: a patient's own below /records/; and for somebody who looks at another's,
the same pages below an address that says whose they are, so that two windows cannot be mixed up.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from django import urls

_before: ContextVar[str] = ContextVar("records.addresses", default="")


@contextmanager
def below(address: str) -> Iterator[None]:
    """While it is open, pages of records stand below `address`, which ends without a slash."""
    token = _before.set(address)
    try:
        yield
    finally:
        _before.reset(token)


def are_moved() -> bool:
    """Whether the reader looks at somebody else's pages."""
    return bool(_before.get())


def moved(name: str, address: str) -> str:
    """The address of a page by this name, for whoever reads it now."""
    return _before.get() + address if name.startswith("records:") else address


def reverse(name: str, args: Sequence[object] = ()) -> str:
    """As Django's, for pages of this room. All that makes links to them asks here."""
    return moved(name, urls.reverse(name, args=args))
