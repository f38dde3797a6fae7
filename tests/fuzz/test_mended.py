"""What hostile input once broke, each made small."""

import time
from io import BytesIO
from urllib.parse import quote

import pytest
from django.test import RequestFactory

from connect.oneup import bundles
from connect.oneup.brackets import NotWhole
from portal.arriving import Arriving
from tests import factories as make
from tests.fuzz import addresses
from tests.house.site_world import World, browser
from tests.rota import todays

pytestmark = pytest.mark.django_db

GOOD = b'{"resourceType":"Basic","id":"good"}'
NO_JSON = b'{"resourceType":"Basic","id":"odd","x":NaN}'


@pytest.mark.parametrize("moment", ["9999-12-31", "9999-12-31T23:59:59-12:00", "9998-12-31T23:59:59.999999Z"])
def test_a_record_of_the_last_year_there_is_costs_its_list_nothing(moment):
    user = make.user()
    rosa = make.patient(user)
    make.records(rosa, make.condition("far", text="Far", on=moment), make.condition("near", text="Near"))
    page = browser(user).get("/records/conditions/")
    assert page.status_code == 200
    assert ("Far" in page.content.decode(), "Near" in page.content.decode()) == (True, True)


@pytest.mark.parametrize(
    "charset", ["charset*=utf-8''a%00b", "charset=hex", "charset=rot13", "charset=undefined"]
)
def test_a_charset_that_python_cannot_read_text_with_is_not_asked_for(charset):
    told = {"CONTENT_TYPE": f"application/x-www-form-urlencoded; {charset}", "CONTENT_LENGTH": "3"}
    environ = RequestFactory().post("/?q=a").environ | told | {"wsgi.input": BytesIO(b"b=c")}
    request = Arriving(environ)
    assert (request.GET["q"], request.POST["b"]) == ("a", "c")


def bundle(*resources: bytes) -> bytes:
    entries = b",".join(b'{"resource":%s}' % one for one in resources)
    return b'{"resourceType":"Bundle","entry":[%s]}' % entries


@pytest.mark.parametrize("text", [b"[{" * 600_000, b"x" * 4_000_000], ids=["brackets", "megabytes"])
def test_long_texts_beside_something_that_is_no_json_do_not_cost_the_page(text):
    long = b'{"resourceType":"Basic","id":"long","x":"%s"}' % text
    found = bundles.cut(bundle(GOOD, long, NO_JSON, long, long))
    assert found.resources[0] == GOOD
    assert len(found.resources) + len(found.rejected) == 5


def test_a_page_cut_off_inside_a_text_of_many_quotes_is_refused_in_no_time():
    began = time.monotonic()
    with pytest.raises(NotWhole):
        bundles.cut(bundle(GOOD)[:-2] + b',{"resource":{"x":"' + (b"\\" + b'"') * 300_000)
    assert time.monotonic() - began < 5


def test_a_null_byte_in_any_part_of_any_address_is_an_address_of_nothing():
    rosa = World()
    client = browser(rosa.user)
    client.raise_request_exception = False
    found = {}
    for _name, path, arguments in todays(addresses.all_of(rosa), 5):
        for argument in arguments:
            damaged = path.replace(f"/{quote(argument)}/", "/a%00b/", 1)
            found[damaged] = client.get(damaged).status_code
    assert {path: status for path, status in found.items() if status >= 500} == {}
    assert len(found) > 10
