"""Links to a summary: who holds one sees what its grant says until it ends; who does not finds nothing."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from ground import scope
from ground.crypto import CannotOpen
from records import access
from records.models import HealthLink, LinkDoor, LinkOpening
from records.services import links, sharing
from tests import factories as make

pytestmark = pytest.mark.django_db
PASSCODE = "quiet river"


@pytest.fixture
def rosa():
    patient = make.patient()
    make.records(patient, make.condition("c"), make.observation("o"), make.condition("s", meta=_MARKED))
    return patient


_MARKED = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "ETH"}]}


def made(patient, **more):
    return make.health_link(patient, **{"kinds": ("conditions",), **more})


def seen(opened):
    with scope.open(opened.viewer):
        return set(access.visible_to(opened.viewer).values_list("fhir_id", flat=True))


def word(link):
    return links.parts(link)[0]


def enter(link, **more):
    return links.enter(word=word(link), recipient="Dr. Meyer", **more)


def opened(patient, link):
    viewer = make.looking(patient)
    with scope.open(viewer):
        return [(one.recipient, one.outcome) for one in links.openings(viewer, link)]


def test_who_holds_a_link_sees_what_was_ticked_and_nothing_marked(rosa):
    assert seen(enter(made(rosa))) == {"c"}
    assert seen(enter(made(rosa, sensitive=True))) == {"c", "s"}
    assert seen(enter(made(rosa, kinds=("test-results",)))) == {"o"}


def test_a_link_shows_one_grant_and_not_what_others_were_given(rosa):
    narrow = enter(made(rosa))
    made(rosa, kinds=None, sensitive=True)
    make.grant(rosa)
    assert seen(narrow) == {"c"}


def test_a_link_of_one_patient_reaches_no_other(rosa):
    tom = make.patient(given="Tom")
    make.records(tom, make.condition("t"))
    assert seen(enter(made(rosa))) == {"c"}


def test_each_opening_is_told_to_the_patient_and_to_nobody_else(rosa):
    link = made(rosa, passcode=PASSCODE)
    enter(link, passcode=PASSCODE)
    with pytest.raises(links.WrongPasscode):
        enter(link, passcode="something else")
    assert opened(rosa, link) == [("Dr. Meyer", "wrong"), ("Dr. Meyer", "opened")]
    tom = make.looking(make.patient(given="Tom"))
    with scope.open(tom), pytest.raises(links.NoSuchLink):
        links.one(tom, link.public_id)


def gone(act, *args, **named):
    with pytest.raises(links.NoSuchLink):
        act(*args, **named)


def test_a_stopped_link_shows_nothing_on_the_next_request_and_forgets_its_key(rosa):
    link = made(rosa)
    late = enter(link)
    secret = word(link)
    links.stop(viewer=make.looking(rosa), public_id=link.public_id)
    assert seen(late) == set()
    gone(links.enter, word=secret, recipient="x")
    gone(links.again, secret)
    with scope.open(make.looking(rosa)):
        kept = links.one(make.looking(rosa), link.public_id)
        assert (kept.secret, kept.is_good) == (None, False)
    assert not LinkDoor.objects.exists()


def test_what_is_over_shows_nothing_and_its_key_is_forgotten(rosa):
    link = made(rosa, ends_at=timezone.now() + timedelta(seconds=1))
    late = enter(link)
    with scope.open(make.looking(rosa)):
        type(link.grant).objects.filter(pk=link.grant_id).update(ends_at=timezone.now())
    LinkDoor.objects.update(ends_at=timezone.now())
    assert seen(late) == set()
    gone(enter, link)
    assert links.forget_ended() == 1
    assert links.forget_ended() == 0
    with scope.open(make.looking(rosa)):
        assert links.one(make.looking(rosa), link.public_id).secret is None


def test_stopping_all_that_is_shared_stops_links_too(rosa):
    link = made(rosa)
    sharing.stop_all(make.looking(rosa))
    gone(enter, link)


def test_a_word_that_nobody_has_finds_nothing(rosa):
    made(rosa)
    gone(links.enter, word="x" * 43, recipient="x")


def test_ten_wrong_passcodes_and_the_link_is_dead_also_for_the_right_one(rosa):
    link = made(rosa, passcode=PASSCODE)
    left = []
    for number in range(10):
        with pytest.raises(links.WrongPasscode) as told:
            enter(link, passcode=f"guess {number}")
        left.append(told.value.left)
        if number == 4:
            enter(link, passcode=PASSCODE)
    assert left == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
    gone(enter, link, passcode=PASSCODE)


def test_no_passcode_is_no_guess(rosa):
    link = made(rosa, passcode=PASSCODE)
    for _ in range(3):
        with pytest.raises(links.WrongPasscode) as told:
            enter(link)
        assert told.value.left == 10
    assert opened(rosa, link) == []


def test_a_link_that_is_opened_again_and_again_rests(rosa, monkeypatch):
    monkeypatch.setattr(links, "MOST_AN_HOUR", 2)
    link = made(rosa)
    for _ in range(2):
        enter(link)
    with pytest.raises(links.TooOften):
        enter(link)


def test_neither_word_nor_key_nor_passcode_can_be_read_in_the_rows(rosa):
    link = made(rosa, passcode=PASSCODE)
    with scope.open(make.looking(rosa)):
        row = HealthLink.objects.values().get(pk=link.pk, patient=rosa)
    told = repr([row, *LinkDoor.objects.values()]).encode() + bytes(row["secret_sealed"])
    for secret in (*links.parts(link), PASSCODE):
        assert secret.encode() not in told


def test_a_secret_moved_to_another_link_does_not_open(rosa):
    one, other = made(rosa), made(rosa)
    other.secret_sealed = one.secret_sealed
    with pytest.raises(CannotOpen):
        links.parts(other)


@pytest.mark.parametrize("model", [HealthLink, LinkOpening])
def test_links_are_reached_inside_their_patients_scope_alone(rosa, model):
    enter(made(rosa))
    with pytest.raises(ProgrammingError, match="no row scope is set"), transaction.atomic():
        model.objects.first()
    with scope.open(make.looking(make.patient(given="Tom"))):
        assert model.objects.first() is None


def test_a_link_is_none_of_the_grants_of_clinics_and_people(rosa):
    made(rosa)
    viewer = make.looking(rosa)
    with scope.open(viewer):
        assert sharing.given(viewer) == ()
        assert len(links.mine(viewer)) == 1


def test_a_draft_is_previewed_and_opened_by_nobody(rosa):
    viewer = make.looking(rosa)
    choice = make.choice(rosa, kinds=("conditions",))
    drafted = [links.draft(viewer=viewer, named="x", choice=choice) for _ in range(2)][-1]
    preview = sharing.preview_of(viewer, drafted.grant.public_id)
    with scope.open(preview):
        assert set(access.visible_to(preview).values_list("fhir_id", flat=True)) == {"c"}
    with scope.open(viewer):
        assert (links.mine(viewer), HealthLink.objects.filter(patient=rosa).count()) == ((), 1)
        gone(links.one, viewer, drafted.public_id)
    assert not LinkDoor.objects.exists()
