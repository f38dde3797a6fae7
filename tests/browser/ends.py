"""The ways to a place and back, walked in a real browser, with every end that people come to on them.

A walk yields each page it comes to: what it must say, and the next step that must work from there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.browser.ages import grow_quiet
from tests.browser.traveller import (
    DENIES,
    HARBOR,
    NEVER_BACK,
    PRAIRIE,
    SLOW,
    TIMES_OUT,
    Traveller,
)
from tests.journeys.visitor import Visitor

FORGED = "/connect/return/?success=true&iss=https%3A%2F%2Fanywhere.example"
NOTHING_HAPPENED = '{"resourceType": "Bundle", "type": "searchset", "total": 0, "entry": []}'
CONTINUE = "^Continue to their sign-in"
DONE = "Done\\. |What came is here"
STILL_COMING = "for the first time|may still be sending"


@dataclass(frozen=True)
class End:
    """A page that a walk ends at. `way_on` is the link or button to press next, `leads_to` the heading it
    opens, "" where it is not pressed: all but the name are regular expressions.
    """

    name: str
    heading: str
    says: str
    way_on: str
    leads_to: str = ""
    status: int = 200


Walk = Callable[[Traveller], Iterator[End]]


def who_cannot_leave(one: Traveller) -> Iterator[End]:
    """Before anybody has left: the directory, the gateway, a place that is not there, a typed return."""
    faults = one.site.sandbox.fault
    faults(route="/api/user-management/*", status=403, times=None)
    one.go("/connect/?q=Quillwater")
    yield End("we are not let in", "Find", "fault is on our side", "^Search again", "Find", 503)
    faults(route="/search/*", status=503, times=None)
    one.go("/connect/?q=Foxwater")
    yield End("the directory is down", "Find", "is not answering", "^Search again", "Find", 503)
    one.go("/connect/place/999999/")
    yield End("no such place", "nothing here", "where they were", "first page", "Good", 404)
    one.go(FORGED)
    yield End("a return nobody left for", "Nothing is waiting", "nothing was changed", "^My pl", "My places")
    for status, says in ((503, "again in a minute"), (403, "choose another place")):
        faults(route="/search/api/clinical/*", status=status, times=None)
        one.go(f"/connect/place/{HARBOR}/")
        one.press(CONTINUE)
        yield End(f"no way out, {status}", "Harbor", says, CONTINUE, "Sign in at Harbor", 503)


def who_agrees(one: Traveller) -> Iterator[End]:
    """All the way; three returns, the back button, a place that is connected already, one that lapsed."""
    one.go(f"/connect/place/{HARBOR}/")
    one.press(CONTINUE)
    leaving = one.page.url
    one.press("^Go to")
    one.sign_in_there()
    way_back = one.held_back()
    one.sign_out()
    one.go(way_back)
    yield End("signed out meanwhile", "Welcome back", "we go on where you left", "^Sign in$", "Sign in")
    one.sign_in()
    for _ in range(3):
        one.go(way_back)
    one.until(DONE)
    assert len(one.visitor.witness.runs()) == 1
    yield End("agreed", "Your records are here", "new records from Harbor", "^Show the records", "ecords")
    one.go(leaving)
    yield End("back after the return", "Your records are here", "Harbor", "^Add another place", "Find")
    one.go(f"/connect/place/{HARBOR}/")
    yield End("connected already", "Harbor", "Up to date", "^See how it stands", "Harbor")
    yield End("all about it", "Harbor", "You signed in at .* and agreed", "^Check now", "Harbor|Checked")
    one.until("Nothing new")
    yield End("nothing new", "Checked", "Last checked", "^Show the records", "ecords")
    one.go("/connect/?q=Harbor")
    yield End("connected already, found again", "Find", "Already connected", "See how it stands", "Harbor")
    one.change("state = 'lapsed'", "connect_connection")
    one.go("/connect/places/")
    yield End("lapsed", "My places", "earlier records stay here", "^Sign in again", "Harbor")
    yield End("lapsed, its page", "Harbor", "earlier records stay here", CONTINUE, "Sign in at Harbor")


def who_does_not_agree(one: Traveller) -> Iterator[End]:
    """Denied, declined by the place itself, and cancelled for want of the password."""
    declined = ("Nothing was shared", "did not agree, so nothing was shared", "^Start again with")
    one.leave_for(HARBOR)
    one.sign_in_there()
    one.agree(allow=False)
    one.until("did not agree")
    yield End("declined", *declined, "Harbor")
    one.connect(DENIES)
    one.until("did not agree")
    yield End("the place declines", *declined, "Denies")
    one.leave_for(PRAIRIE)
    one.page.get_by_label("User name").fill("rosa")
    one.page.get_by_label("Password").fill("not this one")
    one.page.get_by_role("button", name="Sign in", exact=True).click()
    one.page.get_by_text("do not belong together").wait_for()
    one.page.get_by_role("button", name="Cancel and go back").click()
    one.page.wait_for_url(one.site.url + "/**")
    one.until("did not agree")
    yield End("the sign-in fails, cancelled", *declined, "Prairie")


def who_is_never_sent_back(one: Traveller) -> Iterator[End]:
    """The place breaks after the sign-in, and the person comes by themselves."""
    one.leave_for(NEVER_BACK)
    one.sign_in_there()
    one.page.get_by_role("heading", name="Something went wrong").wait_for()
    one.go("/connect/?q=Never+Comes")
    yield End("never sent back, found again", "Find", "Not confirmed", "^Connect", "Never")
    one.go("/connect/places/")
    yield End(
        "never sent back", "My places", "have not come back here", "Did you finish", "it is you|sign in"
    )
    one.prove_who_i_am()
    yield End("asked", "Did you sign in at", "If it was you", "^Yes, it was me", "Never")
    one.until("did not come about")
    yield End("unreachable", "Not connected", "nothing you did", "^Start again", "Never")


def who_comes_back_elsewhere(one: Traveller) -> Iterator[End]:
    """The way back opens in another browser, and again when it is too late."""
    one.leave_for(HARBOR)
    one.sign_in_there()
    way_back, first = one.held_back(), one.page
    one.watch(one.chrome.new_context(viewport={"width": 1280, "height": 900}).new_page())
    one.go(way_back)
    yield End("another browser", "Nothing is waiting", "same browser", "^Sign in to see", "Sign in")
    one.sign_in()
    yield End("another browser, signed in", "My places", "have not come", "Did you finish", "sign in|is you")
    one.page.context.close()
    one.person.page = first
    late = "interval '31 minutes'"
    one.change(f"created_at = created_at - {late}, expires_at = expires_at - {late}", "connect_linkattempt")
    one.go(way_back)
    yield End("too late", "took too long", "half an hour only", "^Start again with Harbor", "Harbor")


def who_leaves_no_trace(one: Traveller) -> Iterator[End]:
    """A typed return is not believed, and no audit event ever comes."""
    one.site.sandbox.fault(route="*/AuditEvent", status=200, body=NOTHING_HAPPENED, times=None)
    one.leave_for(HARBOR)
    one.go(FORGED)
    one.until("We are checking with")
    yield End("a return typed by hand", "Harbor", "that your sign-in worked", "^My places")
    one.site.sandbox.fault(route="*/AuditEvent", status=200, body=NOTHING_HAPPENED, times=None)
    one.change("asks = 8")
    one.change("due_at = now()", "ground_job")
    one.until("have not heard")
    yield End("no event ever", "Not connected", "closed it before the end", "^Start again", "Harbor")


def who_has_two_tabs(one: Traveller) -> Iterator[End]:
    """Two tabs for one place, two places at once, and a place that withholds a kind."""
    one.site.sandbox.switch(refused_types={HARBOR: ["Immunization"], PRAIRIE: ["Immunization"]})
    one.go(f"/connect/place/{HARBOR}/")
    one.press(CONTINUE)
    with one.another_tab():
        one.go(f"/connect/place/{HARBOR}/")
        one.press(CONTINUE)
    one.page.reload()
    yield End("the stale tab", "You began again", "in the other tab", "^My places", "My places")
    one.leave_for(HARBOR)
    with one.another_tab():
        one.connect(PRAIRIE)
    one.sign_in_there()
    one.agree()
    one.until(DONE)
    yield End(
        "two places, the first",
        "Your records are here",
        "Not handed over .* Vacc",
        "^Show the records",
        "ecords",
    )
    one.go("/connect/places/")
    one.until("(?s)Up to date.*Up to date")
    yield End("two places, both", "My places", "Prairie", "^Harbor Teaching", "Harbor")
    one.go("/records/vaccines/")
    yield End(
        "kinds withheld", "Vaccines", "Prairie Clinics .* did not send", "^How to ask for it", "elp|uestion"
    )


def who_waits(one: Traveller) -> Iterator[End]:
    """A slow place, begun again, stopped; and a place that gives up half-way."""
    one.connect(SLOW)
    one.until(STILL_COMING)
    waiting = one.page.url
    one.change("started_at = started_at - interval '20 minutes'")
    one.page.reload()
    yield End("still sending", "Slow", "longer than most. You can leave", "^See what has arrived", "ecords")
    one.connect(SLOW)
    one.go(waiting)
    assert one.page.url != waiting
    yield End("begun again meanwhile", "Slow", "Slow Ingest", "^My places", "My places")
    one.go(f"/connect/place/{SLOW}/")
    one.press("^Stop updates")
    one.press("^Stop updates")
    one.go(waiting)
    yield End("stopped", "Stopped", "stays here", "^Start again", "Slow")
    one.connect(TIMES_OUT)
    one.until(DONE)
    yield End("given up half-way", "Not everything came", "may come later", "^Show the records", "ecords")


def whose_sign_in_ends(one: Traveller) -> Iterator[End]:
    """Away until the session ended; then somebody else sits there. And a chart of somebody else."""
    one.connect(HARBOR, "Helen")
    one.until("sent someone else's name")
    yield End("somebody else's chart", "Nothing was collected", "are not yours", "^See what you", "Account")
    one.leave_for(PRAIRIE)
    one.sign_in_there()
    way_back = one.held_back()
    grow_quiet(one.site, 16 * 60)
    one.go(way_back)
    yield End("away too long", "Welcome back", "we go on where you left", "^Sign in$", "Sign in")
    one.take_the_cookies_of(Visitor(one.site, "Helen", "Brandt", "30 December 1974").sign_up())
    one.go(way_back)
    yield End("somebody else signed in", "Nothing is waiting", "same browser", "^My places", "My places")


def who_is_written_differently(one: Traveller) -> Iterator[End]:
    """One of name and birth date differs: a question, and both answers."""
    for place, name, answer in (
        (PRAIRIE, "not mine", "They are not mine"),
        (HARBOR, "mine", "These are mine"),
    ):
        one.connect(place)
        one.until("is not as you told us")
        yield End(f"asked whose, {name}", ".", "Please have a look", "^Answer the question", "hose|it is you")
        one.prove_who_i_am()
        yield End(f"whose, {name}", "Whose records are these", "Another name", "^Send my answer")
        one.page.get_by_label(answer).check()
        one.press("^Send my answer")
        one.until(f"{DONE}|somebody else's")
        if place == PRAIRIE:
            yield End("not mine", "Nothing was collected", "You told us", "^Start again with", "Prairie")
    yield End("mine after all", "Your records are here", "from Harbor", "^Show the records", "ecords")


def whom_the_gateway_fails(one: Traveller) -> Iterator[End]:
    """No answer, and no for an answer, in the middle of collecting."""
    trouble = {"route": "*/Patient*", "times": None}
    one.site.sandbox.fault(**trouble, status=503, headers={"Retry-After": "600"})
    one.connect(HARBOR)
    one.until("is not answering")
    yield End("no answer", "Harbor", "We will try again at .* Nothing is lost", "^See what has", "ecords")
    one.site.sandbox.fault(**trouble, status=403)
    one.connect(PRAIRIE)
    one.until("did not hand over")
    yield End("refused", "This did not work", "You can try again", "^Start again", "Prairie")


MARIN = ("Rosa", "Marin", "14 May 1968")
WALKS: dict[Walk, tuple[str, ...]] = {
    who_cannot_leave: (),
    who_agrees: (),
    who_does_not_agree: (),
    who_is_never_sent_back: (),
    who_comes_back_elsewhere: (),
    who_leaves_no_trace: (),
    who_has_two_tabs: (),
    who_waits: (),
    whose_sign_in_ends: (),
    who_is_written_differently: MARIN,
    whom_the_gateway_fails: (),
}
