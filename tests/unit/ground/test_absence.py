"""What is absent is answered as one."""

import pytest
from django.http import Http404

from ground.absence import or_404


class Gone(Exception):
    pass


def test_what_is_absent_is_a_404():
    with pytest.raises(Http404), or_404(Gone, KeyError):
        raise Gone


def test_another_fault_stays_what_it_is():
    with pytest.raises(LookupError, match="other"), or_404(Gone):
        raise LookupError("other")
