"""Pages that are spoiled inside, and replies that are packed wrongly."""

import gzip
import json
import zlib

import pytest

from sandbox.fault_pages import PAGES, spoil
from sandbox.faults import PACKED, read_fault
from sandbox.fhir_search import read_cursor

HERE = "http://127.0.0.1:1/api/r4/Patient/0a0b/$everything?_count=2&_after=WyJBIiwiMSJd"
THERE = "http://127.0.0.1:1/api/r4/Patient/0a0b/$everything?_count=2&_after=WyJBIiwiMyJd"


def page(kind, *, last=False):
    links = [{"relation": "self", "url": HERE}, *([] if last else [{"relation": "next", "url": THERE}])]
    entry = b'{"resource":{"resourceType":"A","id":"1","value":7.00}}'
    head = {"resourceType": "Bundle", "total": 9, "link": links}
    whole = json.dumps(head, separators=(",", ":")).encode()[:-1] + b',"entry":[' + entry + b"]}"
    text = spoil(kind, whole)
    assert b"7.00" in text
    return json.loads(text)


def following(bundle):
    return [link["url"] for link in bundle["link"] if link["relation"] == "next"]


def test_a_page_leads_to_itself():
    assert following(page("itself")) == [HERE]


def test_only_the_last_page_closes_a_circle():
    assert following(page("circle")) == [THERE]
    assert following(page("circle", last=True)) == [HERE.partition("&_after")[0]]


def test_endless_pages_come_after_the_last_one_and_never_repeat():
    assert following(page("endless")) == [THERE]
    found = [following(page("endless", last=True))[0] for _ in range(5)]
    assert len(set(found)) == 5
    assert {read_cursor(each.partition("_after=")[2])[0] for each in found} == {"Zzz"}


def test_a_page_leads_to_another_server_and_to_somebody_else():
    assert following(page("foreign")) == [HERE.replace("http://127.0.0.1:1", "https://elsewhere.example")]
    assert following(page("somebody-else")) == [HERE.replace("0a0b", "0123456789ab")]


def test_links_may_be_short_missing_or_no_links_at_all():
    assert following(page("path-only")) == [THERE.removeprefix("http://127.0.0.1:1")]
    assert following(page("unlinked")) == []
    assert isinstance(page("odd-links")["link"], dict)


@pytest.mark.parametrize(
    ("kind", "total"),
    [("total-less", 1), ("total-more", 1009), ("total-text", "many"), ("total-negative", -1)],
)
def test_a_total_is_wrong(kind, total):
    assert page(kind)["total"] == total


def test_entries_come_twice_or_with_holes_between():
    assert len(page("twice")["entry"]) == 2
    holes = page("holes")["entry"]
    assert {"resource": {"resourceType": "A", "id": "1", "value": 7.0}} in holes
    assert None in holes
    assert len(holes) > 6


@pytest.mark.parametrize("body", [b"", b"nothing", b"[]", b'{"resourceType":"Patient"}'])
@pytest.mark.parametrize("kind", PAGES)
def test_what_is_no_page_is_left_alone(kind, body):
    assert spoil(kind, body) == body


def test_only_one_packing_is_whole():
    body = b'{"a":1}' * 1000
    assert gzip.decompress(PACKED["gzip"](body)) == body
    for kind in ("gzip-broken", "gzip-short", "gzip-not"):
        with pytest.raises((OSError, EOFError, zlib.error)):
            gzip.decompress(PACKED[kind](body))
    bomb = PACKED["gzip-bomb"](body)
    assert len(bomb) < 500_000
    assert len(zlib.decompressobj(31).decompress(bomb, 10**9)) == 200_000_000


@pytest.mark.parametrize("wish", [{"page": "blank"}, {"packed": "zip"}])
def test_a_spoiling_nobody_knows_is_refused(wish):
    with pytest.raises(ValueError, match="is one of"):
        read_fault(wish)


def test_a_page_is_spoiled_on_its_way_out(sandbox):
    member = sandbox.member()
    sandbox.connect(member)
    sandbox.fault(route="*/Observation", page="foreign")
    sandbox.fault(route="*/Condition", packed="gzip")
    ask = {"headers": member.bearer, "timeout": 10}
    spoiled = sandbox.http.get(f"{sandbox.api}/r4/Observation", **ask).json()
    assert following(spoiled)[0].startswith("https://elsewhere.example/")
    packed = sandbox.http.get(f"{sandbox.api}/r4/Condition", **ask)
    assert (packed.headers["content-encoding"], packed.json()["resourceType"]) == ("gzip", "Bundle")
