"""F01 to F06: the gateway answers with a status that is not 200, or with a web page that says it is."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.faults.bench import Bench, arrive
from tests.faults.ledger import exact, within
from tests.faults.registry import Verdict, fault, must
from tests.journeys.visitor import Visitor

_ODD = ("1", "date", "", "-5", "soon, perhaps")  # spellings of Retry-After that end soon
_PAGES = 2  # of Harbor's chart
_LONGEST = 900.0  # seconds that we obey at most


def walk_into(bench: Bench, *troubles: dict[str, object]) -> tuple[Visitor, int]:
    """Somebody comes back from a place whose chart has these troubles; and where the ledger stood before."""
    visitor = bench.person()
    chart, mark = arrive(visitor), bench.mark()
    for trouble in troubles:
        bench.site.sandbox.fault(route=chart, **trouble)
    visitor.follow("Back to the app")
    return visitor, mark


@fault("F01", "401 in the middle of the pages", quick=True)
def refused_token(bench: Bench) -> Verdict:
    """The access token ends between two pages, before its time."""
    visitor, mark = walk_into(bench, {"delay": 2.0, "times": None})
    bench.until(lambda: visitor.witness.of_theirs("records_record"), 30, "the first page")
    user = visitor.witness.app_user
    bench.site.sandbox.end_tokens(user, "access")
    bench.finished(visitor)
    refused = bench.asked(mark, "$everything") - _PAGES
    must(refused == 1, f"{refused} calls were refused and not one")
    must(bench.asked(mark, "/oauth2/token") == 1, "not one refresh")
    must(bench.site.sandbox.user(user)["revoked_families"] == 0, "the family was revoked")
    return Verdict(refused, f"one refresh, then the same page; {exact(visitor.witness)} records")


@fault("F02", "403: consent withdrawn")
def forbidden(bench: Bench) -> Verdict:
    """From the second page on the place says 403, for ever."""
    visitor, mark = walk_into(bench, {"nth": 2, "times": None, "status": 403})
    bench.finished(visitor)
    struck = bench.struck(mark, "$everything")
    kept = within(visitor.witness, error="refused")
    must(kept, "what came before was not kept")
    must(struck <= 2, f"asked {struck} times although the answer was no")
    said = visitor.go("/connect/places/").text
    must("did not" in said or "refused" in said or "not share" in said, "no page says so")
    bench.site.sandbox.heal()
    bench.checked(visitor)
    return Verdict(
        struck, f"{struck} asked, told on the page; after consent {exact(visitor.witness)} records"
    )


@fault("F03", "404 for what was there")
def gone(bench: Bench) -> Verdict:
    """A page is not found, once; then a record is taken away at the place."""
    visitor, mark = walk_into(bench, {"nth": 2, "status": 404})
    bench.finished(visitor)
    struck = bench.struck(mark, "$everything")
    kept = within(visitor.witness)
    bench.checked(visitor)
    all_of_them = exact(visitor.witness)
    must(kept < all_of_them, "nothing was missing, so nothing was put in")
    _take_one_away(bench, visitor)
    removed = bench.site.rows(
        "select count(*) from records_record where patient_id = %s and removed_at is not null",
        visitor.witness.patient,
    )[0][0]
    must(removed == 1, f"{removed} tombstones and not one")
    must(len(visitor.witness.kept()) == all_of_them, "the body of what was withdrawn is gone")
    return Verdict(struck + 1, f"{kept}, then {all_of_them} records; one withdrawn, its body kept")


def _take_one_away(bench: Bench, visitor: Visitor) -> None:
    sandbox, user = bench.site.sandbox, visitor.witness.app_user
    before = len(sandbox.truth(user))
    sandbox.change_chart(user, 4706, drop=[{"resourceType": "Immunization", "id": "flu-2025"}])
    sandbox.tick()
    must(len(sandbox.truth(user)) < before, "the place still has all of it")
    bench.checked(visitor, whole=True)


@fault("F04", "409 and 412")
def conflict(bench: Bench) -> Verdict:
    """Two pages answer as if somebody else had been quicker; what comes next is read anew."""
    struck, seen = 0, []
    for status in (409, 412):
        visitor, mark = walk_into(bench, {"nth": 2, "status": status})
        bench.finished(visitor)
        struck += bench.struck(mark, "$everything")
        seen.append(within(visitor.witness))
        bench.checked(visitor)
        seen.append(exact(visitor.witness))
        wrote = [each for each in bench.site.sandbox.ledger(mark) if each["method"] in ("PUT", "PATCH")]
        must(not wrote, "something was written upstream")
    return Verdict(struck, f"read again, nothing overwritten: {seen[0]} then {seen[1]} records")


@fault("F05", "429 with Retry-After in six spellings")
def too_many(bench: Bench) -> Verdict:
    """Seconds, a date, none, negative, garbage; and 999999, which holds us a quarter of an hour at most."""
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=8), usegmt=True)
    headers = [{"Retry-After": soon if each == "date" else each} if each else {} for each in _ODD]
    troubles = [{"nth": nth, "status": 429, "headers": each} for nth, each in enumerate(headers, 1)]
    visitor, mark = walk_into(bench, *troubles)
    _through(bench, visitor)
    struck = bench.struck(mark, "$everything")
    must(struck == len(_ODD), f"{struck} of {len(_ODD)} spellings were met")
    kept = exact(visitor.witness)
    waited, asked = _for_ever(bench)
    return Verdict(struck + 1, f"{kept} records; 999999 became {waited:.0f} s with {asked} calls meanwhile")


def _through(bench: Bench, visitor: Visitor) -> None:
    """To the end, with the waits made short."""

    def over() -> bool:
        if bench.postponed(visitor) > 1:
            bench.forget_waits()
            bench.hurried(visitor)
        return visitor.witness.is_over()

    bench.until(over, 120, "an import to end")


def _for_ever(bench: Bench) -> tuple[float, int]:
    """How long the wait is that 999999 seconds come to, and how often we asked in its first seconds."""
    visitor, _mark = walk_into(bench, {"nth": 2, "status": 429, "headers": {"Retry-After": "999999"}})
    bench.until(lambda: bench.postponed(visitor) > 30, 30, "the import to be postponed")
    waited, mark = bench.postponed(visitor), bench.mark()
    must(waited <= _LONGEST + 5, f"it waits {waited:.0f} s")
    page = visitor.go("/connect/places/")
    must(page.status == 200 and page.seconds < 5, "reading waits too")
    must(visitor.go("/records/").status == 200, "reading waits too")
    asked = bench.asked(mark, "$everything")
    must(asked == 0, f"asked {asked} times while it should wait")
    _through(bench, visitor)
    exact(visitor.witness)
    return waited, asked


@fault("F06", "500, 502, 503, 504, and a web page with 200")
def server_errors(bench: Bench) -> Verdict:
    """Each once, in front of one page or another."""
    statuses = [{"nth": nth, "status": status} for nth, status in enumerate((500, 502, 503, 504), 2)]
    visitor, mark = walk_into(bench, *statuses, {"nth": 6, "garbage": "html"})
    bench.until(lambda: bench.struck(mark, "$everything"), 30, "the first fault")
    postponed = bench.until(lambda: bench.postponed(visitor), 10, "the import to be postponed")
    bench.hurried_to_the_end(visitor)
    struck = bench.struck(mark, "$everything")
    must(struck == 5, f"{struck} of 5 were met")
    kept = exact(visitor.witness)
    return Verdict(struck, f"first wait {postponed:.0f} s, then {kept} records and no word of the web page")
