"""Trouble on request, seen from a client on the other end of the wire."""

import json
import socket
import time
from http.client import HTTPConnection, IncompleteRead
from urllib.parse import urlsplit

import pytest
import requests

from sandbox.faults import Fault, read_fault

PATH = "/api/r4/metadata"


def raw(sandbox, timeout=5):
    """Status and body as a careless client reads them, without requests' own checks."""
    connection = HTTPConnection(urlsplit(sandbox.url).netloc, timeout=timeout)
    try:
        connection.request("GET", PATH)
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


def get(sandbox, **more):
    return sandbox.http.get(sandbox.url + PATH, timeout=5, **more)


def test_a_fault_strikes_from_the_nth_call_on_and_then_passes():
    fault = Fault(route="*/Patient*", nth=2, times=2)
    calls = [("GET", "/api/r4/Patient"), ("GET", "/other")] * 4
    assert [fault.strikes(*call) for call in calls if "Patient" in call[1]] == [False, True, True, False]


def test_a_fault_keeps_to_its_method():
    assert not Fault(method="POST").strikes("GET", "/x")


@pytest.mark.parametrize("wish", [{"statuss": 503}, {"garbage": "custard"}, {"how": "gently"}])
def test_a_fault_that_cannot_be_read_is_refused(wish):
    with pytest.raises(ValueError, match=r"fault|garbage|how"):
        read_fault(wish)


def test_a_status_once(sandbox):
    sandbox.fault(status=503, headers={"Retry-After": "7"})
    struck, after = get(sandbox), get(sandbox)
    assert (struck.status_code, struck.headers["Retry-After"], after.status_code) == (503, "7", 200)


def test_a_status_for_ever_until_healed(sandbox):
    sandbox.fault(status=500, times=None)
    assert {get(sandbox).status_code for _ in range(3)} == {500}
    sandbox.heal()
    assert get(sandbox).status_code == 200


def test_the_control_surface_is_never_struck(sandbox):
    sandbox.fault(status=500, times=None)
    assert sandbox.control("GET", "health")["ok"]


def test_another_route_is_left_alone(sandbox):
    sandbox.fault(route="/auth/*", status=500, times=None)
    assert get(sandbox).status_code == 200


def test_a_delay(sandbox):
    sandbox.fault(delay=0.3)
    start = time.monotonic()
    assert get(sandbox).status_code == 200
    assert time.monotonic() - start >= 0.3


def test_a_hang_never_answers(sandbox):
    sandbox.fault(hang=True)
    with pytest.raises(requests.ReadTimeout):
        sandbox.http.get(sandbox.url + PATH, timeout=0.3)


def test_a_drip_is_slow_but_whole(sandbox):
    whole = get(sandbox).json()
    sandbox.fault(drip=400)
    start = time.monotonic()
    assert get(sandbox).json() == whole
    assert time.monotonic() - start > 0.1


def test_a_dripping_reply_nobody_reads_any_more_ends(sandbox):
    sandbox.fault(drip=1)
    with pytest.raises(requests.ConnectionError):
        sandbox.http.get(sandbox.url + PATH, timeout=0.2)
    assert get(sandbox).status_code == 200


def test_a_cut_reply_misses_its_declared_end(sandbox):
    sandbox.fault(cut=20)
    with pytest.raises(IncompleteRead) as seen:
        raw(sandbox)
    assert len(seen.value.partial) == 20


def test_a_reset_connection(sandbox):
    sandbox.fault(cut=20, how="reset")
    with pytest.raises(ConnectionResetError):
        raw(sandbox)


def test_an_unmarked_cut_looks_complete_to_a_careless_client(sandbox):
    whole = raw(sandbox)[1]
    sandbox.fault(cut=20, how="unmarked")
    assert raw(sandbox) == (200, whole[:20])


@pytest.mark.parametrize("garbage", ["html", "truncated", "empty", "noise", "list", "null", "utf16"])
def test_garbage_is_no_object_of_utf8_json(sandbox, garbage):
    sandbox.fault(garbage=garbage)
    status, body = raw(sandbox)
    assert status == 200
    try:
        found = json.loads(body.decode())
    except ValueError:
        found = None
    assert not isinstance(found, dict)


def test_an_answer_can_be_lost_after_the_work_was_done(sandbox):
    sandbox.fault(route="*/user", method="POST", status=502, lost=True)
    made = sandbox.http.post(
        f"{sandbox.api}/user-management/v1/user", headers=sandbox.credentials, data={"app_user_id": "lost"}
    )
    assert made.status_code == 502
    assert sandbox.user("lost")["oneup_user_id"]


def test_a_struck_request_stands_in_the_ledger(sandbox):
    sandbox.fault(status=503)
    get(sandbox)
    [row] = sandbox.ledger()
    assert (row["status"], row["fault"]) == (503, True)


def test_a_reset_forgets_faults(sandbox):
    sandbox.fault(status=500, times=None)
    sandbox.reset()
    assert get(sandbox).status_code == 200


def test_a_connection_that_says_nothing_harms_nobody(sandbox):
    address = urlsplit(sandbox.url)
    with socket.create_connection((address.hostname, address.port)):
        assert get(sandbox).status_code == 200
