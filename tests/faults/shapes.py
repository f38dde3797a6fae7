"""F33 and F34: resources of shapes that nobody knows, and a chart of fifty thousand."""

import statistics
import time
from typing import Any
from urllib.parse import urljoin, urlsplit

import psutil

from tests.faults.bench import Bench
from tests.faults.ledger import exact
from tests.faults.registry import Verdict, fault, must
from tests.journeys.visitor import BIG, Visitor
from tests.sandbox_process import start_sandbox

_HUGE = 50_000
_MEMORY = 512 * 1024 * 1024  # bytes of one process of the worker
_PAGE = 0.3  # seconds
_MOST_PAGES = 220


def _drifted() -> list[dict[str, Any]]:
    """What a server may send after its next release."""
    code = {"text": "Asthma", "coding": [{"system": "http://snomed.info/sct", "code": "195967001"}]}
    condition = {"resourceType": "Condition", "code": code, "onsetDateTime": "2019-05"}
    result = {"resourceType": "Observation", "status": "final", "code": {"text": "Sodium"}}
    many: list[dict[str, Any]] = [
        {"resourceType": "Habitat", "name": [{"text": "a type nobody knows"}]},
        {"resourceType": "Condition"},
        {**condition, "code": "Asthma"},
        {**condition, "code": [code, code]},
        {**condition, "code": {"text": ["Asthma"], "coding": {"code": 7}}},
        {**condition, "clinicalStatus": "active"},  # as DSTU2 writes it
        {**condition, "clinicalStatus": {"coding": [{"code": "half-hearted"}]}},
        {**condition, "onsetDateTime": {"start": "2019"}},
        {**condition, "onsetDateTime": "in spring"},
        {**condition, "extension": _nested(20)},
        {**result, "valueQuantity": {"value": "6,1", "unit": ["mmol"]}},
        {**result, "valueQuantity": {"value": {"value": 6.1}}},
        {**result, "valueQuantity": [{"value": 6.1}]},
        {**result, "status": "imagined", "valueString": 7},
        {**result, "component": {"code": code}},
        {**result, "category": {"text": "laboratory"}},  # one, as DSTU2 has it
        {"resourceType": "MedicationOrder", "medicationCodeableConcept": {"text": "of DSTU2"}},
        {"resourceType": "MedicationRequest", "medication": {"concept": {"text": "of R5"}}},
        {"resourceType": "AllergyIntolerance", "substance": {"text": "of DSTU2"}},
        {"resourceType": "Immunization", "vaccineCode": None, "occurrenceDateTime": 2019},
        {"resourceType": "DocumentReference", "content": {"attachment": {"contentType": "text/plain"}}},
        {"resourceType": "Encounter", "class": {"coding": [{"code": "AMB"}]}, "period": "2020"},
    ]
    return [{"id": f"drift-{number}", **one} for number, one in enumerate(many)]


def _nested(depth: int) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = [{"url": "http://example.org/deep", "valueString": "deep"}]
    for _ in range(depth):
        made = [{"url": "http://example.org/deep", "extension": made}]
    return made


@fault("F33", "resources of shapes that nobody knows yet")
def drift(bench: Bench) -> Verdict:
    """They come with a look for what is new; all are kept as they came, and pages that show them open."""
    visitor = bench.connected()
    sandbox, user = bench.site.sandbox, visitor.witness.app_user
    before, drifted = len(sandbox.truth(user)), _drifted()
    sandbox.change_chart(user, 4706, add=drifted)
    sandbox.tick()
    added = len(sandbox.truth(user)) - before
    must(added == len(drifted), f"{added} of {len(drifted)} were put in")
    bench.checked(visitor)
    kept = exact(visitor.witness)
    pages, wrong = _every_page(visitor)
    must(not wrong, f"pages failed: {wrong[:3]}")
    return Verdict(added, f"{kept} records kept as they came, {pages} pages opened, none failed")


def _every_page(visitor: Visitor) -> tuple[int, list[str]]:
    """Follow every link below the records; how many pages, and which were no good."""
    waiting, seen, wrong = ["/records/"], {"/records/"}, []
    while waiting and len(seen) < _MOST_PAGES:
        path = waiting.pop(0)
        page = visitor.go(path)
        if page.status >= 500:
            wrong.append(f"{page.status} {urlsplit(path).path.rsplit('/', 2)[0]}")
        for _words, href in page.links:
            there = urlsplit(urljoin(page.url, href))
            is_ours = there.netloc == urlsplit(visitor.origin).netloc and there.path.startswith("/records/")
            if is_ours and there.path not in seen:
                seen.add(there.path)
                (waiting.insert(0, there.path) if "drift-" in there.path else waiting.append(there.path))
    return len(seen) - len(waiting), wrong


@fault("F34", "a chart of fifty thousand resources")
def huge(bench: Bench) -> Verdict:
    """Steady progress, bounded memory, pages as quick as ever."""
    site, before = bench.site, (bench.site.sandbox, dict(bench.site.settings))
    with start_sandbox(callback=f"{site.url}/connect/return/", tick=1, big=_HUGE, systems=300) as other:
        site.sandbox = other
        site.settings |= {
            "ONEUP_API_URL": other.api,
            "ONEUP_AUTH_URL": other.auth,
            "ONEUP_SEARCH_URL": other.search,
        }
        try:
            _again(bench)
            return _imported(bench)
        finally:
            site.sandbox, site.settings = before[0], before[1]
            _again(bench)


def _again(bench: Bench) -> None:
    for name in ("web", "worker"):
        if bench.site.is_up(name):
            bench.site.kill(name)
        bench.site.start(name)
    bench.until(bench.site.is_ready, 60, "the site")


def _imported(bench: Bench) -> Verdict:
    visitor = bench.person()
    visitor.connect(BIG)
    most, began, had, stood, longest = 0, time.monotonic(), 0, time.monotonic(), 0.0
    while not visitor.witness.is_over():
        must(time.monotonic() - began < 1200, "it had not ended after 20 minutes")
        worker = psutil.Process(bench.site.pid("worker"))
        most = max(most, *(each.memory_info().rss for each in (worker, *worker.children())))
        if (now := visitor.witness.of_theirs("records_record")) != had:
            had, stood = now, time.monotonic()
        longest = max(longest, time.monotonic() - stood)
        time.sleep(0.5)
    took = time.monotonic() - began
    kept = exact(visitor.witness)
    must(kept >= _HUGE, f"only {kept} records")
    must(most <= _MEMORY, f"a process of the worker took {most >> 20} MB")
    must(longest <= 60, f"nothing new for {longest:.0f} s")
    paths = ("/records/", "/records/test-results/", "/records/test-results/?page=200", "/records/timeline/")
    slow = max(statistics.median(visitor.go(path).seconds for _ in range(7)) for path in paths)
    must(slow <= _PAGE, f"a page takes {slow * 1000:.0f} ms")
    return Verdict(
        1, f"{kept} records in {took:.0f} s, {most >> 20} MB at most, slowest page {slow * 1000:.0f} ms"
    )
