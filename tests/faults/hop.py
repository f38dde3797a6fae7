"""F15: callbacks that come twice, twenty at once, without a session, in another, late, for another place."""

import re
from concurrent.futures import ThreadPoolExecutor

import requests

from tests.faults.bench import Bench
from tests.faults.ledger import exact
from tests.faults.registry import Verdict, fault, must
from tests.journeys.plain import Plain
from tests.journeys.visitor import HARBOR, Visitor

_AT_ONCE = 20


@fault("F15", "callback twice, twenty at once, without a session, in another, late, for another place")
def callbacks(bench: Bench) -> Verdict:
    """Over HTTP; what must not start an import starts none, and what may starts one."""
    seen = [_without_a_session(bench), _in_another(bench), _late(bench), _elsewhere(bench)]
    visitor = _agreed(bench)
    address = _callback(visitor)
    with ThreadPoolExecutor(_AT_ONCE) as crowd:
        replies = list(crowd.map(lambda _: _opened(visitor, address), range(_AT_ONCE)))
    must(all(each.status_code == 200 for each in replies), "a callback failed")
    visitor.go(address)
    bench.finished(visitor)
    must(len(visitor.witness.runs()) == 1, f"{len(visitor.witness.runs())} imports of one sign-in")
    kept = exact(visitor.witness)
    return Verdict(
        _AT_ONCE + 1 + sum(seen), f"{_AT_ONCE + 1} callbacks made one import of {kept}; the others none"
    )


def _agreed(bench: Bench) -> Visitor:
    visitor = bench.person()
    visitor.leave_for(HARBOR)
    visitor.sign_in_there()
    visitor.press("^Allow")
    return visitor


def _callback(visitor: Visitor) -> str:
    return next(href for words, href in visitor.page.links if "Back to the app" in words)


def _opened(visitor: Visitor, address: str) -> requests.Response:
    """The address in another tab of the same browser."""
    browser = Plain(visitor.origin)
    browser.http.cookies.update(visitor.http.cookies)
    return browser.http.get(address, timeout=60)


def _without_a_session(bench: Bench) -> int:
    visitor = _agreed(bench)
    reply = requests.get(_callback(visitor), timeout=60)
    must(reply.status_code < 500 and "Harbor" not in reply.text, "told a stranger about a place")
    must(visitor.witness.runs() == [], "an import without a session")
    return 1


def _in_another(bench: Bench) -> int:
    visitor, other = _agreed(bench), bench.person("Helen", "Brandt", "30 December 1974")
    page = other.go(_callback(visitor))
    must("Nothing is waiting here" in page.text, "another session was believed")
    must(visitor.witness.runs() == [] and other.witness.runs() == [], "an import in another session")
    return 1


def _late(bench: Bench) -> int:
    visitor = _agreed(bench)
    bench.site.change(
        "update connect_linkattempt set created_at = created_at - interval '31 minutes',"
        f" expires_at = expires_at - interval '31 minutes' where patient_id = {visitor.witness.patient}"
    )
    page = visitor.go(_callback(visitor))
    must("This took too long" in page.text, "31 minutes were not too long")
    must(visitor.witness.runs() == [], "an import after 31 minutes")
    return 1


def _elsewhere(bench: Bench) -> int:
    """The callback claims another place than the one left for: only the gateway's own events count."""
    visitor = bench.person()
    visitor.leave_for(HARBOR)
    visitor.go("/connect/return/?success=true&iss=https%3A%2F%2Fanywhere.example")
    bench.until(lambda: visitor.witness.runs(), 20, "the question to the gateway")
    must(visitor.witness.of_theirs("records_record") == 0, "records without a sign-in")
    must(not re.search("Your records are here", visitor.page.text), "a page claims records")
    return 1
