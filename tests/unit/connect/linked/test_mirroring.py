"""What is shared with a clinic is repeated at 1up where the clinic has a user of its own there: no more than
was agreed, told before, and taken back until 1up has confirmed.
"""

import time
from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from connect import exporters
from connect.importing import gate
from connect.models import Account, Claim, ClinicAccount, Connection, Mirrored, Parting
from connect.services import mirroring, mirrors
from ground import scope
from ground.models import Job
from ground.policy import protected_tables
from ground.viewer import job_viewer
from portal import closing, viewers
from portal.admin import attention
from portal.models import Clinic, Closure
from records.models import Grant
from records.services import sharing
from records.services.sharing import Choice, Recipient
from tests import factories as make
from tests.unit.connect.linked.people import Person, scoped, work

PERMISSIONS = "*/_permission/*"


def a_clinic() -> Clinic:
    """A clinic, and somebody who works there."""
    clinic = make.clinic("Harbor Clinic")
    clinic.ana = make.membership(clinic, make.user())
    return clinic


@pytest.fixture
def harbor(sandbox):
    """One that has a user of its own at 1up."""
    clinic = a_clinic()
    assert mirrors.switch_on(clinic.pk)
    work(kind="clinic_account")
    return clinic


def collects(sandbox, person: Person, key: str = "4706") -> None:
    """Somebody connects a place, and all of it is here."""
    person.links(sandbox, key)
    sandbox.tick()
    work()


@pytest.fixture
def connected(sandbox, rosa):
    collects(sandbox, rosa)
    return rosa


def choice(**less) -> Choice:
    ends_at = timezone.now() + timedelta(days=90)
    return Choice(**{"ends_at": ends_at, "kinds": None, "places": None, "sensitive": True, **less})


def share(person: Person, clinic: Clinic, **less) -> Grant:
    """Agree to share all, or less than that, and have the clinic accept where it has not yet."""
    to = Recipient(clinic.name, clinic_id=clinic.pk)
    drafted = sharing.draft(viewer=person.viewer, to=to, choice=choice(**less))
    grant = sharing.offer(viewer=person.viewer, public_id=drafted.public_id)
    if grant.accepted_at is None:
        sharing.accept(viewer=viewers.staff_of(clinic.ana), public_id=grant.public_id)
    return grant


def seen(sandbox) -> list[tuple[int, str]]:
    """Who is let see which Patient at 1up."""
    return [(row["grantee"], row["patient_id"]) for row in sandbox.control("GET", "grants")["grants"]]


def mirrored(sandbox) -> list[tuple[int, str]]:
    """The same, after all that is to be done now was done."""
    work(kind="mirroring", hurry=False)
    return seen(sandbox)


def number(clinic: Clinic) -> int:
    return int(ClinicAccount.objects.get(clinic=clinic).external_id)


def charts(person: Person) -> list[str]:
    with scoped(person.patient):
        rows = Connection.objects.of(person.patient).values_list("accepted", flat=True)
        return sorted(one for accepted in rows for one in accepted)


def asked(sandbox, method: str) -> int:
    rows = sandbox.ledger()
    return sum("/_permission/" in row["path"] and row["method"] == method for row in rows)


def listed(person: Person) -> str:
    return person.browser.get("/records/sharing/").content.decode()


def test_what_is_shared_whole_is_seen_there_until_it_is_stopped(sandbox, connected):
    harbor = a_clinic()
    before = share(connected, harbor)
    mirrors.switch_on(harbor.pk)
    assert switched(sandbox) == []  # whoever agreed before was not told
    assert not mirrors.says(before)
    grant = share(connected, harbor)
    assert mirrors.says(grant)
    assert Mirrored._meta.db_table in protected_tables()
    assert mirrored(sandbox) == [(number(harbor), *charts(connected))]
    assert "At 1upHealth they see it too" in listed(connected)
    assert Job.objects.get(kind="mirroring", state="waiting").due_at >= grant.ends_at
    stopped = connected.browser.post(f"/records/sharing/{grant.public_id}/stop/", follow=True)
    assert "ask until it has confirmed" in stopped.content.decode()
    assert "not confirmed yet" in stopped.content.decode()
    assert viewers.staff_viewer(harbor.ana).patients == ()
    assert mirrored(sandbox) == []
    assert "1upHealth" not in listed(connected)
    assert not Job.objects.filter(kind="mirroring", state="waiting").exists()


def test_the_clinics_user_is_made_once_and_nothing_is_ever_read_by_it(sandbox):
    clinic = make.clinic()
    sandbox.fault(route="*/user-management/v1/user", method="POST", status=502, lost=True, times=1)
    mirrors.switch_on(clinic.pk)
    before = len(sandbox.ledger())
    work(kind="clinic_account")
    made = ClinicAccount.objects.get(clinic=clinic)
    calls = [row["path"] for row in sandbox.ledger()[before:]]
    assert sandbox.user(made.app_user_id)["connections"] == []
    assert made.external_id
    assert calls.count("/api/user-management/v1/user") == 2
    assert not any("oauth2" in path or "Patient" in path for path in calls)
    assert not {field.name for field in ClinicAccount._meta.fields} & {"access_sealed", "refresh_sealed"}
    other = make.clinic()
    mirrors.switch_on(other.pk)
    taken = sandbox.member(ClinicAccount.objects.get(clinic=other).app_user_id)
    work(kind="clinic_account")
    assert number(other) not in (taken.id, number(clinic))


LESS = {
    "a kind": {"kinds": ("conditions",)},
    "what is sensitive": {"sensitive": False},
    "what was before": {"since": timezone.now().date() - timedelta(days=9)},
    "what comes later": {"until": timezone.now().date()},
}


def test_whoever_leaves_something_out_is_not_repeated(sandbox, harbor, connected):
    share(connected, harbor)
    assert len(mirrored(sandbox)) == 1
    for what, less in LESS.items():
        share(connected, harbor, **less)
        assert mirrored(sandbox) == [], what
    share(connected, harbor)
    assert len(mirrored(sandbox)) == 1


@pytest.mark.rota(4)
def test_only_the_chosen_places_are_seen_and_of_all_places_a_later_one_too(sandbox, harbor, rosa):
    share(rosa, harbor)
    assert mirrored(sandbox) == []
    collects(sandbox, rosa, "4706")
    first = charts(rosa)
    assert [chart for _who, chart in mirrored(sandbox)] == first != []
    share(rosa, harbor, places=(rosa.connection().source_id,))
    collects(sandbox, rosa, "4707")
    assert [chart for _who, chart in mirrored(sandbox)] == first != charts(rosa)
    share(rosa, harbor)
    assert sorted(chart for _who, chart in mirrored(sandbox)) == charts(rosa)


def test_an_outage_changes_nothing_here_and_it_is_asked_until_it_is_confirmed(sandbox, harbor, connected):
    sandbox.fault(route=PERMISSIONS, method="PUT", status=502, lost=True, times=None)
    grant = share(connected, harbor)
    assert len(mirrored(sandbox)) == 1
    with scoped(connected.patient):
        assert Mirrored.objects.of(connected.patient).get().given_at is None
    sandbox.fault(route=PERMISSIONS, method="DELETE", status=503, times=None)
    sharing.stop(viewer=connected.viewer, public_id=grant.public_id)
    assert viewers.staff_viewer(harbor.ana).patients == ()
    for _ in range(3):
        assert len(mirrored(sandbox)) == 1
        assert "not confirmed yet" in listed(connected)
        assert "1upHealth has not confirmed for 1 patient" in str(attention.waiting())
        passes(hours=1)
    assert asked(sandbox, "DELETE") == 3
    sandbox.heal()
    assert mirrored(sandbox) == []
    assert "not confirmed" not in listed(connected)
    assert "1upHealth" not in str(attention.waiting())


def passes(**how_long: float) -> None:
    """Time passes: all that is due comes nearer."""
    passed = timedelta(**how_long)
    Job.objects.filter(state="waiting").update(due_at=F("due_at") - passed)
    for patient_id in Job.objects.filter(kind="mirroring").values_list("subject", flat=True).distinct():
        with scope.open(job_viewer(patient_id)):
            Mirrored.objects.of(patient_id).update(again_at=F("again_at") - passed)


def test_it_ends_on_its_last_day_and_with_the_clinic_and_with_its_user(sandbox, harbor, connected):
    grant = share(connected, harbor)
    assert len(mirrored(sandbox)) == 1
    mirrors.switch_off(harbor.pk)
    assert switched(sandbox) == []
    mirrors.switch_on(harbor.pk)
    share(connected, harbor)
    assert len(switched(sandbox)) == 1
    for word, many in (("question", 0), ("open", 1)):
        with scoped(connected.patient):
            gate.set_to(connected.connection(), word)
        assert len(mirrored(sandbox)) == many
    Clinic.objects.update(is_active=False)
    mirrors.clinic_changed(harbor.pk)
    assert switched(sandbox) == []
    Clinic.objects.update(is_active=True)
    mirrors.clinic_changed(harbor.pk)
    assert len(switched(sandbox)) == 1
    with scoped(connected.patient):
        Grant.objects.filter(pk=grant.pk).update(ends_at=timezone.now())
    passes(days=91)
    assert mirrored(sandbox) == []


def switched(sandbox) -> list[tuple[int, str]]:
    work(kind="clinic_account")
    return mirrored(sandbox)


def phase(person: Person) -> str:
    with scoped(person.patient):
        return Parting.objects.of(person.patient).get().phase


@pytest.mark.rota(4)
def test_what_is_deleted_is_hidden_before_it_is_deleted_there(sandbox, harbor, connected):
    share(connected, harbor)
    mirrored(sandbox)
    connected.browser.post(f"/connect/places/{connected.connection().public_id}/delete/", {"sure": "on"})
    while phase(connected) != "there":
        work(1, kind="parting")
    work(3, kind="parting")
    assert len(seen(sandbox)) == 1
    assert mirrored(sandbox) == []
    work(kind="parting")
    deleted = [row["path"] for row in sandbox.ledger() if row["method"] == "DELETE"]
    assert ["_permission" in path for path in deleted] == [True, False]


@pytest.mark.rota(4)
def test_closing_an_account_takes_it_back_before_the_account_there_is_closed(sandbox, harbor, connected):
    share(connected, harbor)
    mirrored(sandbox)
    with scoped(connected.patient):
        mine = Account.objects.of(connected.patient).get().app_user_id
    sandbox.fault(route=PERMISSIONS, status=503, times=None)
    closing.begin(connected.user)
    work(kind="parting")
    mirrored(sandbox)
    work(4, kind="closing")
    assert len(seen(sandbox)) == 1
    assert sandbox.truth(mine) != []
    sandbox.heal()
    passes(hours=1)
    assert mirrored(sandbox) == []
    work(12, kind="closing")
    assert sandbox.truth(mine) == []
    assert Closure.objects.get().step != "permissions"


@pytest.mark.rota(4)
def test_what_changes_while_a_slice_rests_is_not_forgotten(sandbox, harbor, connected, monkeypatch):
    grant, others = share(connected, harbor), []
    rests, finds = mirroring._rest, mirroring._next

    def stops():
        sharing.stop(viewer=connected.viewer, public_id=grant.public_id)
        connection.close()

    def meanwhile(*given):
        if not others:
            others.append(Thread(target=stops))
            others[0].start()
            time.sleep(0.2)
        return rests(*given)

    def and_is_heard(*given):
        found = finds(*given)
        for each in others:
            each.join()
        return found

    monkeypatch.setattr(mirroring, "_rest", meanwhile)
    monkeypatch.setattr(mirroring, "_next", and_is_heard)
    work(3, kind="mirroring", hurry=False)
    assert mirrored(sandbox) == []


def test_a_patient_that_somebody_else_shared_is_never_taken_for_ones_own(sandbox, connected):
    """Two people of one name and birth date: what the gateway lists of one the other was only let see."""
    other = Person(email="other@example.org")
    other.links(sandbox, person="Mateo")
    sandbox.tick()
    with scoped(other.patient):
        theirs = Account.objects.of(other.patient).get()
    with scoped(connected.patient):
        access = Account.objects.of(connected.patient).get().access
    (chart,) = charts(connected)
    exporters.sharer(whose=None).permit(access, chart, "r4", theirs.external_id)
    work()
    assert (charts(other), other.records()) == ([], [])
    assert other.connection().state != "question"
    assert not Claim.objects.filter(patient=other.patient).exists()
