"""My places and the page of each: every state in words, what comes next, what came, what happened."""

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from connect import weather
from connect.gateway import Event
from connect.importing import history
from connect.models import Connection, Happening, ImportRun
from connect.services import forecasts
from ground import jobs, scope
from records import store
from tests import factories as make
from tests.unit.connect.linked.people import Person, a_connection, a_place

pytestmark = pytest.mark.django_db

NOON = timezone.make_aware(datetime(2026, 11, 18, 12))  # a Wednesday
State, Outcome, What = Connection.State, ImportRun.Outcome, Happening.What


@pytest.fixture
def rosa():
    return Person()


def a_run(connection: Connection, outcome: str = "", error: str = "", **more: Any) -> ImportRun:
    """The latest import of a connection; under way where it came to nothing yet."""
    ended = {"phase": "ended", "ended_at": timezone.now()} if outcome else {"phase": "fetching"}
    told = {"connection": connection, "outcome": outcome, "error": error, **ended, **more}
    return ImportRun.objects.create(patient_id=connection.patient_id, **told)


def fed(rosa: Person, connection: Connection, *records: dict[str, Any]) -> Connection:
    """What the place sent, all of it."""
    source = make.source(rosa.patient, key=connection.place.source_key, name=connection.place.name)
    if records:
        make.records(rosa.patient, *records, source=source)
    with scope.open(rosa.viewer):
        refused = {"patient_id": rosa.patient.pk, "source_id": source.pk}
        store.note_delivery(**refused, kind="vaccines", state="refused", note="place")
        make.settled(source)
        connection.source_id = source.pk
        connection.save()
    return connection


def all_states(rosa: Person, *only: str) -> dict[str, Connection]:
    """A connection in each state there is, or in some, by what is the matter with it."""
    now, day = timezone.now(), timedelta(days=1)
    names = {
        "good": ("Lakeside Clinic", State.CONNECTED, {"collected_at": now - day / 6, "new_records": 4}),
        "nothing new": ("Prairie Clinics", State.CONNECTED, {"collected_at": now - day}),
        "failing": ("Old Mill Medical Center of Lower Saxony and Surroundings", State.CONNECTED,
                    {"collected_at": now - 4 * day, "last_error": "no_answer"}),
        "none sent": ("Copper Basin Dental", State.CONNECTED, {"collected_at": now - day}),
        "collecting": ("Twin Rivers", State.COLLECTING, {}),
        "checking": ("Summit Health Plan", State.COLLECTING, {"collected_at": now - 2 * day}),
        "question": ("Harbor Teaching Hospital (demo)", State.QUESTION, {}),
        "lapsed": ("Cedar Family Practice", State.LAPSED, {"collected_at": now - 30 * day}),
        "stopped": ("Elm Street Pediatrics", State.ENDED,
                    {"collected_at": now - 90 * day, "ended_at": now - day}),
        "not mine": ("Valley Women’s Health", State.REFUSED, {}),
    }  # fmt: skip
    runs = {
        "good": {"outcome": "done"}, "failing": {"outcome": "failed", "error": "no_answer"},
        "collecting": {"is_first": True, "seen": 418, "total": 1150}, "checking": {},
        "question": {"phase": "question"}, "not mine": {"outcome": "not_mine", "error": "looked_after"},
    }  # fmt: skip
    made = {}
    for number, (what, (name, state, more)) in enumerate(names.items()):
        if what in (only or names):
            a_place(str(9000 + number), name=name, address=f"{number + 2} Pier Rd Portland ME 04101")
            made[what] = a_connection(rosa, str(9000 + number), state=state, accepted=["p"], **more)
    for what, connection in made.items():
        if what in RECORDS:
            fed(rosa, connection, *RECORDS[what]())
        with scope.open(rosa.viewer):
            if what in runs:
                a_run(connection, **runs[what])
            if what in ("good", "nothing new", "failing"):
                due = now + 2 * day
                jobs.put(forecasts.CHECK, subject=connection.pk, patient_id=rosa.patient.pk, due=due)
    with scope.open(rosa.viewer):
        good = made["good"]
        good.access_state, good.access_until = "active", now + 60 * day
        good.save()
        live(good, now)
    return made


#: What those places hold that sent anything, or nothing.
RECORDS = {
    "good": lambda: (make.observation(), make.observation(), make.condition()),
    "nothing new": lambda: (make.condition(text="Hay fever"),),
    "none sent": lambda: (),
}


def live(connection: Connection, now: datetime) -> None:
    """Three weeks of a connection: a sign-in, the first records, quiet days, and something new."""
    first = now - timedelta(days=20)

    def event(what: str, minutes: int, kinds: tuple[str, ...] = ()) -> Event:
        at = first + timedelta(minutes=minutes)
        return Event(connection.place.key, "", what, "r4", at, kinds, f"{what}-{minutes}")

    history.note(connection, [
        event("selected", 0), event("returned", 2), event("started", 3),
        event("failed", 5, ("Immunization",)), event("finished", 9),
    ])  # fmt: skip
    told = [(What.CAME, 19.99, 412), *((What.NOTHING_NEW, ago, 0) for ago in range(18, 3, -1))]
    for what, ago, count in (*told, (What.INCOMPLETE, 2, 1), (What.CAME, 0.2, 4)):
        history.act(connection, what, about=str(ago), count=count)
        Happening.objects.of(connection.patient_id).filter(key=f"{what}:{ago}").update(
            at=now - timedelta(days=ago)
        )


def words(person: Person, path: str) -> str:
    """What a page says, in one line."""
    answer = person.browser.get(path)
    assert answer.status_code == 200
    page = answer.content.decode().partition("<main")[2]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def page_of(person: Person, connection: Connection, more: str = "") -> str:
    return words(person, f"/connect/places/{connection.public_id}/{more}")


SAYS = {
    "good": ("Up to date", "4 records came. Last checked", "We will look again on", "Access good until",
             "Not sent to us: Vaccines. They may still have it."),
    "nothing new": ("Up to date", "Nothing new. Last checked"),
    "failing": ("Not complete", "We could not reach Old Mill", "Your records up to", "We will try again on"),
    "none sent": ("None sent", "They answered, but sent no records. They may hold records"),
    "collecting": ("Collecting", "418 of about 1,150 records."),
    "checking": ("Checking", "Checking Summit Health Plan for anything new. What you see is from"),
    "question": ("Needs your answer", "is not as you told us. Please have a look", "Answer the question"),
    "lapsed": ("Sign in again", "needs you to sign in again to keep this up to date. Your earlier"),
    "stopped": ("Stopped", "we collect nothing more. What we collected before stays here."),
    "not mine": ("Not yours", "is of somebody you look after. It is not collected here."),
}  # fmt: skip


def test_my_places_and_the_page_of_each_say_what_since_when_and_what_now(rosa):
    made = all_states(rosa)
    page = words(rosa, "/connect/places/")
    assert "2 places wait for you. They stand first." in page
    for what, said in SAYS.items():
        card = page.partition(made[what].place.name)[2]
        for each in said:
            assert each in card, (what, each)
    order = [made[what].place.name for what in ("question", "lapsed", "failing", "good", "stopped")]
    assert [page.index(name) for name in order] == sorted(page.index(name) for name in order)
    for what, connection in made.items():
        for each in SAYS[what][:2]:
            assert each in page_of(rosa, connection), what


def test_a_page_says_what_came_what_did_not_and_what_happened_newest_first(rosa):
    connection = all_states(rosa, "good")["good"]
    page = page_of(rosa, connection)
    assert re.search(r"Test results +2", page)
    assert re.search(r"Refused Vaccines\. They answered .* How to ask for it", page)
    assert re.search(r"None sent .*Allergies.* That does not mean there is nothing", page)
    assert "Show all, 3 more" in page
    assert "You signed in at" not in page
    page = page_of(rosa, connection, "?all=1")
    told = [
        "4 new records came.",
        "Not everything came: 1 new record",
        "We looked on 15 days. Nothing was new.",
        "412 new records came.",
        "had sent everything",
        "did not hand over: Vaccines.",
        "began to send",
        "You signed in at Lakeside Clinic and agreed.",
    ]
    assert [page.index(each) for each in told] == sorted(page.index(each) for each in told)


def test_of_one_minute_what_must_have_come_before_stands_below_whatever_the_clocks_say(rosa):
    connection = a_connection(rosa, collected_at=NOON)
    with scope.open(rosa.viewer):
        history.note(connection, [Event(connection.place.key, "", "started", "r4", NOON, (), "s")])
        for late, what in ((1, What.NOTHING_NEW), (3, What.ASKED)):
            history.act(connection, what, about="x")
            mine = Happening.objects.of(rosa.patient).filter(what=what)
            mine.update(at=NOON + timedelta(seconds=late))
    page = page_of(rosa, connection)
    told = ["Nothing was new", "began to send", "We asked "]
    assert [page.index(each) for each in told] == sorted(page.index(each) for each in told)


def test_while_a_place_is_checked_its_page_still_says_what_is_known(rosa):
    ends = timezone.now() + timedelta(days=60)
    known = {"collected_at": timezone.now() - timedelta(days=2), "access_state": "active"}
    connection = a_connection(rosa, state=State.COLLECTING, access_until=ends, **known)
    with scope.open(rosa.viewer):
        a_run(connection)
    page = page_of(rosa, connection)
    for said in ("Next look We are looking now", "Access good until", "Last checked", "We will remind you"):
        assert said in page
    with scope.open(rosa.viewer):
        Connection.objects.of(rosa.patient).update(collected_at=None)
    assert "Next look" not in page_of(rosa, connection)


def test_a_place_in_trouble_says_so_on_its_card_its_page_and_before_leaving(rosa):
    connection = a_connection(rosa)
    here = ("/connect/places/", f"/connect/places/{connection.public_id}/", "/connect/place/4706/")
    assert not any("trouble today" in words(rosa, path) for path in here)
    for whose in range(200, 220):
        weather.count("oneup", "4706", whose=whose, failed=True)
    for path in here:
        assert "This place is having trouble today, not only for you. It is nothing you did" in words(
            rosa, path
        )


def test_somebody_elses_records_beside_mine_lead_to_their_own_pages(rosa):
    connection = a_connection(rosa, others=1, collected_at=timezone.now())
    page = page_of(rosa, connection)
    assert "also sent records of somebody with another name or birth date" in page
    assert "Are they of a child or somebody you look after?" in page


def test_a_sign_in_that_ends_soon_is_said_before_it_does(rosa):
    ends = timezone.now() + timedelta(days=5)
    connection = a_connection(rosa, collected_at=timezone.now(), access_state="active", access_until=ends)
    for page in (words(rosa, "/connect/places/"), page_of(rosa, connection)):
        assert re.search(r"Sign in soon .* Your sign-in there ends on .* Sign in again", page)
    assert "Check now" in page
    assert "Put the next sign-in into my calendar" in page
    with scope.open(rosa.viewer):
        connection.access_renewable = True
        connection.save()
    assert "Sign in soon" not in page_of(rosa, connection)


def test_who_just_asked_reads_when_to_ask_again(rosa):
    connection = a_connection(rosa, collected_at=timezone.now())
    assert "Check now" in page_of(rosa, connection)
    with scope.open(rosa.viewer):
        connection.asked_at = timezone.now() - timedelta(minutes=2)
        connection.save()
    page = page_of(rosa, connection)
    assert "Check now" not in page
    assert "You can check again at" in page


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (timedelta(hours=2), "later today"),
        (timedelta(hours=9), "tonight"),
        (timedelta(hours=15), "tonight"),
        (timedelta(hours=24), "tomorrow"),
        (timedelta(days=6), "on Tuesday"),
        (timedelta(days=7), "on Nov. 25, 2026"),
    ],
)
def test_a_time_to_come_is_said_as_people_say_it(later, said):
    with patch.object(timezone, "now", return_value=NOON):
        assert forecasts.when(NOON + later) == said
        assert forecasts.again(NOON + later) == f"We will look again {said}."


ACCESS = [
    (
        {"access_state": "active", "access_until": NOON},
        "Access good until Nov. 18, 2026.",
        "By Nov. 18, 2026.",
    ),
    ({"access_state": "active"}, "They do not say until when.", "They do not say."),
    ({"access_state": "active", "access_renewable": True}, "Access is good.", "they lengthen your access"),
    ({"access_state": "expired", "access_until": NOON}, "Access ended on Nov. 18, 2026.", "Now, to keep"),
    ({"access_state": "revoked"}, "Access was taken back.", "Now, to keep"),
    ({}, "", "They do not say."),
    ({"state": "lapsed"}, "", "Now, to keep"),
]


@pytest.mark.parametrize(("known", "access", "sign_in"), ACCESS)
def test_what_is_known_of_the_sign_in_there_is_said_and_no_more(known, access, sign_in):
    connection = Connection(**known)
    assert access in forecasts.access(connection)
    assert bool(access) == bool(forecasts.access(connection))
    assert sign_in in forecasts.sign_in(connection)
