"""What is not there, or not theirs, is answered as one: 404, by the same page (goal G05)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import Http404


@contextmanager
def or_404(*absent: type[Exception]) -> Iterator[None]:
    """Raises Http404 in place of these."""
    try:
        yield
    except absent as told:
        raise Http404 from told
