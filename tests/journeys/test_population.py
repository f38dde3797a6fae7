"""An export of a clinic's population on the whole site, its worker killed in the middle."""

import pytest

from tests.population.bench import export
from tests.site import Site

pytestmark = pytest.mark.rota(3)  # `make population` exports a thousand people and kills three times


def test_an_export_of_thirty_people_outlives_a_kill(site: Site):
    site.sandbox.fault(route="*.ndjson", delay=0.3, times=None)
    came = export(site, people=30, resources=60, kills=1, sharing=27, say=lambda line: None)
    site.sandbox.heal()
    assert came.is_good, came
    assert came.kills == 1
    assert (came.true, came.told["left_out"] > 0) == (27 * 60, True)
