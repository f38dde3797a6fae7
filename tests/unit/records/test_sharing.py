"""Sharing: from a draft to a grant, its changes and its end, and what stays on record of them."""

from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from ground import scope
from ground.viewer import Viewer
from records import access
from records.models import Grant, GrantChange
from records.services import sharing
from records.services.sharing import CannotShare, Choice, NoSuchGrant, Recipient
from tests import factories as make

pytestmark = pytest.mark.django_db

HARBOR = Recipient("Harbor Clinic", clinic_id=7)


@pytest.fixture
def rosa():
    return make.patient()


@pytest.fixture
def mine(rosa):
    """Rosa, who decides."""
    return make.looking(rosa)


def choice(**more) -> Choice:
    return Choice(**{"ends_at": timezone.now() + timedelta(days=90), "kinds": None, "places": None, **more})


def offered(viewer: Viewer, to: Recipient = HARBOR, **more) -> Grant:
    drafted = sharing.draft(viewer=viewer, to=to, choice=choice(**more))
    return sharing.offer(viewer=viewer, public_id=drafted.public_id)


def seen(viewer: Viewer) -> set[str]:
    with scope.open(viewer):
        return set(access.visible_to(viewer).values_list("fhir_id", flat=True))


def test_a_preview_shows_what_the_clinic_will_see_and_the_clinic_nothing_yet(rosa, mine):
    make.records(rosa, make.condition("c"), make.observation("o"))
    drafted = sharing.draft(viewer=mine, to=HARBOR, choice=choice(kinds=("conditions",)))
    preview = sharing.preview_of(mine, drafted.public_id)
    assert (seen(preview), seen(make.staff(rosa))) == ({"c"}, set())
    sharing.offer(viewer=mine, public_id=drafted.public_id)
    assert seen(make.staff(rosa)) == set()
    sharing.accept(viewer=make.staff(), public_id=drafted.public_id, number=" H-1 ")
    assert seen(make.staff(rosa)) == seen(preview) == {"c"}
    with scope.open(make.staff(rosa)):
        assert sharing.chart_number(make.staff(rosa), rosa.pk) == "H-1"


def test_a_change_holds_at_once_and_keeps_what_was_accepted(rosa, mine):
    make.records(rosa, make.condition("c"), make.observation("o"))
    grant = offered(mine)
    sharing.accept(viewer=make.staff(), public_id=grant.public_id)
    changed = offered(mine, kinds=("test-results",))
    assert (changed.pk, changed.accepted_at is not None) == (grant.pk, True)
    assert seen(make.staff(rosa)) == {"o"}


def test_a_stop_holds_at_once_and_sharing_again_asks_the_clinic_again(rosa, mine):
    make.records(rosa, make.condition("c"))
    grant = offered(mine)
    sharing.accept(viewer=make.staff(), public_id=grant.public_id)
    sharing.stop(viewer=mine, public_id=grant.public_id)
    assert seen(make.staff(rosa)) == set()
    again = offered(mine)
    assert again.pk != grant.pk
    assert seen(make.staff(rosa)) == set()
    assert [one.pk for one in sharing.offered_to(make.staff())] == [again.pk]


def test_who_could_see_what_when_stays_on_record_and_cannot_be_rewritten(rosa, mine):
    grant = offered(mine, kinds=("conditions",))
    sharing.accept(viewer=make.staff(user=71), public_id=grant.public_id)
    offered(mine, kinds=("test-results",))
    sharing.stop(viewer=mine, public_id=grant.public_id)
    with scope.open(mine):
        told = sharing.changes(mine, grant)[::-1]
        assert [(one.kinds, one.accepted_at is None, one.stopped_at is None) for one in told] == [
            (["conditions"], True, True),
            (["conditions"], False, True),
            (["test-results"], False, True),
            (["test-results"], False, False),
        ]
        assert [one.changed_by for one in told] == [1, 71, 1, 1]
        rows = GrantChange.objects.filter(patient=rosa)
        for rewrite in (rows.delete, lambda: rows.update(kinds=[])):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                rewrite()


def test_drafts_leave_no_trace(rosa, mine):
    for _ in range(2):
        sharing.draft(viewer=mine, to=HARBOR, choice=choice())
    with scope.open(mine):
        assert Grant.objects.of(rosa.pk).count() == 1
        assert not GrantChange.objects.filter(patient=rosa).exists()
        assert sharing.given(mine) == ()


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ({"kinds": ()}, "nothing"),
        ({"places": ()}, "nothing"),
        ({"kinds": ("secrets",)}, "kinds"),
        ({"places": (999_999,)}, "places"),
        ({"since": date(2020, 1, 2), "until": date(2020, 1, 1)}, "dates"),
        ({"ends_at": timezone.now() - timedelta(days=1)}, "end"),
        ({"ends_at": timezone.now() + timedelta(days=3650)}, "end"),
    ],
)
def test_what_cannot_be_shared_is_said(mine, chosen, reason):
    with pytest.raises(CannotShare) as refused:
        sharing.draft(viewer=mine, to=HARBOR, choice=choice(**chosen))
    assert refused.value.reason == reason


def test_nobody_but_the_patient_shares(rosa, mine):
    grant = offered(mine)
    sharing.accept(viewer=make.staff(), public_id=grant.public_id)
    for stranger in (make.staff(rosa), Viewer("carer", (rosa.pk,), 1), Viewer("job", (rosa.pk,))):
        for verb in (sharing.offer, sharing.stop, sharing.confirm):
            with pytest.raises(access.NotTheirs):
                verb(viewer=stranger, public_id=grant.public_id)
        with pytest.raises(access.NotTheirs):
            sharing.draft(viewer=stranger, to=HARBOR, choice=choice())


def test_another_patients_grant_is_not_there(mine):
    grant = offered(mine)
    tom = make.looking(make.patient(given="Tom"))
    for verb in (sharing.offer, sharing.stop, sharing.confirm):
        with pytest.raises(NoSuchGrant):
            verb(viewer=tom, public_id=grant.public_id)
    with pytest.raises(NoSuchGrant):
        sharing.preview_of(tom, grant.public_id)


def test_another_clinic_can_neither_see_nor_answer_an_offer(mine):
    grant = offered(mine)
    for stranger in (make.staff(clinic=8), Viewer("carer", (), 70)):
        assert sharing.offered_to(stranger) == ()
        for verb in (sharing.accept, sharing.decline):
            with pytest.raises(NoSuchGrant):
                verb(viewer=stranger, public_id=grant.public_id)


def test_what_was_declined_or_is_over_cannot_be_accepted(rosa, mine):
    grant = offered(mine)
    sharing.decline(viewer=make.staff(), public_id=grant.public_id)
    with pytest.raises(NoSuchGrant):
        sharing.accept(viewer=make.staff(), public_id=grant.public_id)
    late = offered(mine)
    with scope.open(mine):
        Grant.objects.of(rosa.pk).update(ends_at=timezone.now() - timedelta(days=1))
    with pytest.raises(NoSuchGrant):
        sharing.accept(viewer=make.staff(), public_id=late.public_id)
    assert offered(mine).pk != late.pk


def test_a_person_sees_once_they_accepted_and_for_a_year_at_a_time(rosa, mine):
    make.records(rosa, make.condition("c"))
    grant, carer = offered(mine, Recipient("Ana")), Viewer("carer", (rosa.pk,), 70)
    taken = {"patient_id": rosa.pk, "public_id": grant.public_id, "user_id": 70}
    assert sharing.accept_as_person(**taken).person_id == 70
    assert seen(carer) == {"c"}
    with pytest.raises(NoSuchGrant):
        sharing.accept_as_person(**taken)
    with scope.open(mine):
        Grant.objects.of(rosa.pk).update(confirmed_at=timezone.now() - timedelta(days=366))
    assert seen(carer) == set()
    sharing.confirm(viewer=mine, public_id=grant.public_id)
    assert seen(carer) == {"c"}
