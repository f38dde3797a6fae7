"""A share of the hostile pages of `make fuzz`: a real import with a real worker."""

from pathlib import Path

import pytest

from tests.fuzz import garbage

KINDS = ["a web page", "cut off", "next is elsewhere", "a hundred thousand deep"]


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.rota(5)  # `make fuzz` runs it each time
def test_pages_that_are_none_end_an_import_clearly_and_cost_nothing_before_them(tmp_path: Path):
    result = garbage.run(tmp_path, KINDS)
    assert result.problems == []
    assert (result.dead, result.decoyed) == (0, 0)
    ends = {each.kind: (each.outcome, each.error) for each in result.outcomes}
    assert ends == {
        "a web page": ("failed", "sign_in"),
        "cut off": ("done", "unreadable"),
        "next is elsewhere": ("done", "unreadable"),
        "a hundred thousand deep": ("done", "short"),
    }
