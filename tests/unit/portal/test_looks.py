"""Who looked: the log as the patient reads it, and asking about what one does not recognize."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ground import audit, scope
from ground.models import Look, Mail, Reason
from ground.viewer import Viewer, job_viewer
from portal import look_reports, lookers
from portal.models import LookReport
from tests import factories as make
from tests.house.site_world import browser

pytestmark = pytest.mark.django_db
PAGE = "/records/looks/"


class Rosa:
    """She, and Ana of a clinic who looked at two pages of hers."""

    def __init__(self) -> None:
        self.user = make.user("rosa@example.org")
        self.patient = make.patient(self.user)
        self.clinic = make.clinic("Harbor Family Care")
        self.lead = make.membership(self.clinic, make.user("lead@example.org"), name="Lea Lead")
        self.ana = make.membership(self.clinic, make.user(), name="Ana Ruiz", role="clinician")
        self.client = browser(self.user)

    def look(self, member=None, **more) -> Look:
        """`member` looks; she herself where none is given."""
        viewer = make.looking(self.patient, self.user)
        if member is not None:
            who = {"user_id": member.user_id, "clinic_id": member.clinic_id, "reason": "treatment", **more}
            viewer = Viewer("staff", (self.patient.pk,), **who)
        with scope.open(viewer):
            audit.looked(viewer, self.patient.pk, "list", kinds=["conditions"])
            return Look.objects.filter(patient=self.patient).latest("pk")

    def log(self, page: int = 1) -> lookers.Log:
        with scope.open(self.viewer):
            return lookers.log_of(self.viewer, page)

    @property
    def viewer(self) -> Viewer:
        return make.looking(self.patient, self.user)


@pytest.fixture
def rosa():
    return Rosa()


def test_a_visit_says_who_from_where_when_what_and_why(rosa):
    rosa.look(rosa.ana, words="Before her operation")
    rosa.look(rosa.ana, words="Before her operation")
    (day,) = rosa.log().days
    (visit,) = day.others
    assert (visit.who, visit.at, visit.kinds) == ("Ana Ruiz", "Harbor Family Care", ("Conditions",))
    assert (visit.why, visit.words, visit.pages, visit.is_own) == (
        "Treatment",
        "Before her operation",
        2,
        False,
    )
    page = rosa.client.get(PAGE).content.decode()
    for words in ("Ana Ruiz", "Harbor Family Care", "Conditions", "Treatment", "Before her operation"):
        assert words in page
    assert "I do not recognize this" in page


def test_ones_own_looks_are_folded_and_cannot_be_reported(rosa):
    own = rosa.look()
    page = rosa.client.get(PAGE).content.decode()
    assert "<details><summary>Your own looks</summary>" in page
    assert "Nobody but you." in page
    assert "I do not recognize this" not in page
    assert rosa.client.get(f"{PAGE}{own.pk}/report/").status_code == 404


def test_who_left_the_clinic_keeps_the_name_in_the_log(rosa):
    rosa.look(rosa.ana)
    rosa.ana.ended_at = timezone.now()
    rosa.ana.save()
    assert rosa.log().days[0].others[0].who == "Ana Ruiz"


@pytest.mark.parametrize(
    ("viewer", "who"),
    [
        (Viewer("job", ()), "We ourselves, by a program"),
        (Viewer("link", ()), "Somebody with a link you made"),
        (Viewer("staff", (), 999, 999), "Somebody of the clinic"),
        (Viewer("carer", (), 999), "Somebody who looks after these records"),
    ],
)
def test_whoever_it_was_there_are_words_for_it(rosa, viewer, who):
    with scope.open(job_viewer(rosa.patient.pk)):
        audit.looked(viewer, rosa.patient.pk, "list")
    assert rosa.log().days[0].others[0].who == who


def test_days_stand_on_pages_of_seven(rosa):
    now = timezone.now()
    with scope.open(rosa.viewer):
        for back in range(9):
            at = now - timedelta(days=back)
            Look.objects.create(patient=rosa.patient, at=at, viewer_kind="job", what="x")
    first, second = rosa.log(), rosa.log(2)
    assert [len(one.days) for one in (first, second)] == [7, 2]
    assert (first.previous, first.next, second.previous, second.next) == (0, 2, 1, 0)
    assert rosa.client.get(PAGE, {"page": "999"}).status_code == 200
    assert rosa.client.get(PAGE, {"page": "x"}).status_code == 200


def test_the_page_asks_as_much_of_many_looks_as_of_one(rosa, django_assert_max_num_queries):
    for _each in range(20):
        rosa.look(rosa.ana)
        rosa.look(rosa.lead)
    with django_assert_max_num_queries(12):
        rosa.log()


def test_reading_the_log_is_no_look(rosa):
    rosa.client.get(PAGE)
    with scope.open(rosa.viewer):
        assert not Look.objects.filter(patient=rosa.patient).exists()


def test_a_report_tells_the_lead_and_the_operators_and_no_health_data(rosa):
    look = rosa.look(rosa.ana)
    address = f"{PAGE}{look.pk}/report/"
    assert "Ana Ruiz" in rosa.client.get(address).content.decode()
    rosa.client.post(address)
    rosa.client.post(address)
    made = LookReport.objects.get()
    assert (made.status, made.looker, made.clinic, made.look_id) == (
        "sent",
        "Ana Ruiz",
        rosa.clinic,
        look.pk,
    )
    mails = {mail.to: mail for mail in Mail.objects.all()}
    assert set(mails) == {"lead@example.org", "help@tributary.example"}
    for mail in mails.values():
        assert "Ana Ruiz" in mail.body
        assert not [
            word for word in ("Rosa", "Delgado", "Condition", "condition") if word in mail.body + mail.subject
        ]


def test_a_lead_who_looked_is_not_the_one_who_is_asked(rosa):
    look = rosa.look(rosa.lead)
    rosa.client.post(f"{PAGE}{look.pk}/report/")
    assert [mail.to for mail in Mail.objects.all()] == ["help@tributary.example"]


def test_the_patient_sees_how_a_report_stands(rosa):
    look = rosa.look(rosa.ana)
    rosa.client.post(f"{PAGE}{look.pk}/report/")
    made = LookReport.objects.get()
    assert "You asked about this." in rosa.client.get(PAGE).content.decode()
    assert look_reports.take_up(public_id=made.public_id)
    assert "being looked into" in rosa.client.get(PAGE).content.decode()
    assert look_reports.settle(public_id=made.public_id, by=rosa.lead.user, was_right=False)
    assert "it should not have happened" in rosa.client.get(PAGE).content.decode()
    assert not look_reports.settle(public_id=made.public_id, by=rosa.lead.user, was_right=True)
    assert not look_reports.waiting().exists()


def test_nobody_reads_or_reports_somebody_elses_looks(rosa):
    look = rosa.look(rosa.ana)
    ada = make.user("ada@example.org")
    make.patient(ada, given="Ada")
    stranger = browser(ada)
    assert "Ana Ruiz" not in stranger.get(PAGE).content.decode()
    assert stranger.post(f"{PAGE}{look.pk}/report/").status_code == 404
    assert not LookReport.objects.exists()


def test_each_reason_has_words():
    assert [value for value, label in Reason.choices if not str(label)] == []
