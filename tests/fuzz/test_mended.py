"""What hostile input once broke, each made small."""

import pytest

from tests import factories as make
from tests.house.site_world import browser

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("moment", ["9999-12-31", "9999-12-31T23:59:59-12:00", "9998-12-31T23:59:59.999999Z"])
def test_a_record_of_the_last_year_there_is_costs_its_list_nothing(moment):
    user = make.user()
    rosa = make.patient(user)
    make.records(rosa, make.condition("far", text="Far", on=moment), make.condition("near", text="Near"))
    page = browser(user).get("/records/conditions/")
    assert page.status_code == 200
    assert ("Far" in page.content.decode(), "Near" in page.content.decode()) == (True, True)
