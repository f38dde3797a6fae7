"""The administration: staff with a second factor, no names, no health, every change written down."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.db import ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from connect import directory, gateway, tolls, weather
from connect.models import Account, Breaker, Connection, Happening, ImportRun, Pacing, Place, PlaceRequest
from connect.services import operating
from ground import audit, outbox, scope
from ground.models import Job, Look, Mail
from ground.viewer import Viewer, job_viewer
from portal import rotation
from portal.admin import site
from portal.models import Announcement, Closure, Deed, LookReport, Membership, PutAway, User
from records import access
from records.models import Quarantined
from tests import factories as make

pytestmark = pytest.mark.django_db

LISTS = (
    "/admin/portal/user/",
    "/admin/portal/patient/",
    "/admin/portal/agreement/",
    "/admin/portal/deed/",
)
#: What may stand on no page of it: who a patient is, and what their records, their mail and tokens say.
PLANTED = (
    "Rosalind",
    "Quillfeather",
    "1968",
    "May 14",
    "Sarcoidosis",
    "Prednisolone",
    "Condition",
    "o-secret",
)
PLANTED += ("sealed-token", "A word about your visit", "medications")


@pytest.fixture
def admin():
    user = make.user("admin@example.org", is_staff=True, is_superuser=True)
    Authenticator.objects.create(user=user, type="totp", data={})
    return user


@pytest.fixture
def browser(client, admin):
    client.force_login(admin)
    return client


@pytest.fixture
def rosa():
    user = make.user("rosa@example.org")
    patient = make.patient(user, given="Rosalind", family="Quillfeather")
    make.records(patient, make.condition(text="Sarcoidosis"))
    return user


@pytest.fixture
def linked(rosa):
    """Rosa's connection to Lakeside, an import of it that failed, and one thing that could not be kept."""
    patient = rosa.holdings.get().patient
    place = Place.objects.create(
        key="4706", name="Lakeside Clinic", city="Hill", folded="lakeside clinic hill"
    )
    nameless = b'{"resourceType":"Condition","code":{"text":"Prednisolone"}}'
    make.records(patient, nameless, source=make.source(patient))
    with scope.open(job_viewer(patient.pk)):
        account = Account(patient=patient)
        account.access = "sealed-token"
        account.save()
        mine = {"patient": patient, "account": account, "place": place, "fhir_version": "r4"}
        source = Quarantined.objects.get(patient_id=patient.pk).source_id
        link = Connection.objects.create(
            **mine, state=Connection.State.CONNECTED, accepted=["rosa-1"], source_id=source
        )
        Happening.objects.create(
            patient=patient,
            connection=link,
            at=timezone.now(),
            what="none_sent",
            kinds=["Condition"],
            key="1",
        )
        run = ImportRun.objects.create(
            patient=patient, connection=link, phase="ended", outcome="failed", error="no_answer",
            ended_at=timezone.now(), failed_kinds=["Condition"], walks=[{"id": "o-secret"}],
        )  # fmt: skip
    Job.objects.create(kind="import", subject=run.pk, patient=patient, state=Job.State.STUCK, note="Oops")
    return link


def words_of(browser, *paths: str) -> str:
    return "".join(browser.get(path).content.decode() for path in paths)


def runs_of(link: Connection) -> list[ImportRun]:
    with scope.open(job_viewer(link.patient_id)):
        return list(ImportRun.objects.of(link.patient_id).select_related("connection__place").order_by("pk"))


def reported(patient, user) -> LookReport:
    """A look at a patient that they ask about."""
    with scope.open(job_viewer(patient.pk)):
        audit.looked(make.staff(patient), patient.pk, "list", kind="medications", key="R4/Condition/o-secret")
        look = Look.objects.filter(patient_id=patient.pk).latest("pk")
    mine = {"patient": patient, "by": user.pk, "look_id": look.pk, "looker_id": 70}
    return LookReport.objects.create(**mine, looked_at=look.at, looker="Rosalind Quillfeather")


def act(browser, model: str, name: str, *rows) -> LogEntry | None:
    """Choose rows of a list, and what to do; say yes. The newest thing that was written down."""
    chosen = {"action": name, "_selected_action": [row.pk for row in rows]}
    address = reverse(f"admin:{model}_changelist")
    asked = browser.post(address, chosen)
    assert asked.status_code == 200
    assert "Yes: " in asked.content.decode()
    before = LogEntry.objects.count()
    assert browser.post(address, {**chosen, "sure": "yes"}).status_code == 302
    return LogEntry.objects.order_by("-pk").first() if LogEntry.objects.count() > before else None


def every_page(browser) -> dict[str, str]:
    """Each list, and each row's own page and history, of everything there is."""
    found = {"/admin/": words_of(browser, "/admin/")}
    for model in site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found[reverse(f"{name}_changelist")] = words_of(browser, reverse(f"{name}_changelist"))
        patients = tuple(User.objects.values_list("holdings__patient_id", flat=True).exclude(holdings=None))
        with scope.open(Viewer("admin", patients)):
            rows = list(model._base_manager.values_list("pk", flat=True))
        for pk in rows:
            for page in ("change", "history"):
                address = reverse(f"{name}_{page}", args=[pk])
                answer = browser.get(address)
                assert answer.status_code == 200, address
                found[address] = answer.content.decode()
    return found


def test_no_page_of_it_names_a_patient_or_anything_of_their_health(browser, linked, rosa):
    outbox.post(to=rosa.email, subject="A word about your visit", body="A word about your visit")
    Breaker.objects.create(name="oneup:4706", failures=5)
    Pacing.objects.create(credential="oneup")
    Announcement.objects.create(text="Closed.", ends_at=timezone.now() + timedelta(days=1))
    PlaceRequest.objects.create(user=rosa, name="Far Clinic")
    Closure.objects.create(step="over", ended_at=timezone.now())
    make.membership(make.clinic(), rosa)
    patient = rosa.holdings.get().patient
    reported(patient, rosa)
    make.records(patient, {"resourceType": "MedicationRequest", "id": "m", "status": "active"})
    act(browser, "portal_user", "end_sign_ins", rosa)
    pages = every_page(browser)
    seen = {model for model in site._registry if any(f"/{model._meta.model_name}/" in one for one in pages)}
    assert seen == set(site._registry)
    assert len(pages) > 40
    assert "rosa@example.org" in pages["/admin/portal/user/"]
    assert {(page, word) for page, text in pages.items() for word in PLANTED if word in text} == set()


def test_every_row_is_written_down_by_its_number_alone(browser, linked, rosa):
    patient = linked.patient_id
    with scope.open(job_viewer(patient)):
        rows = [linked, linked.place, Quarantined.objects.get(patient_id=patient), linked.runs.get()]
        told = " ".join(str(row) for row in [*rows, rosa, rosa.holdings.get().patient])
    assert not [word for word in (*PLANTED, "rosa@", "Lakeside") if word in told]


def test_the_administration_is_shown_no_record(browser, rosa):
    patient = rosa.holdings.get().patient
    viewer = Viewer("admin", (patient.pk,))
    with scope.open(viewer):
        assert not access.visible_to(viewer).exists()
        assert not access.counted_for(viewer).exists()
        assert access.kinds_of(viewer) == frozenset()
    assert {m._meta.label for m in site._registry if m._meta.app_label == "records"} == {
        "records.Quarantined"
    }


def test_no_table_of_records_or_tokens_is_in_it():
    assert {model._meta.label for model in site._registry} == {
        "portal.User",
        "portal.Patient",
        "portal.Agreement",
        "portal.Closure",
        "portal.Clinic",
        "portal.Invitation",
        "portal.Membership",
        "portal.Announcement",
        "portal.Deed",
        "portal.LookReport",
        "ground.Look",
        "ground.Job",
        "ground.Mail",
        "connect.Breaker",
        "connect.Connection",
        "connect.ImportRun",
        "connect.Pacing",
        "connect.Place",
        "connect.PlaceRequest",
        "records.Quarantined",
    }


# --- Searching ---------------------------------------------------------------------------------------------
def test_nobody_is_searched_for_in_an_address(browser, rosa):
    assert all(not model_admin.search_fields for model_admin in site._registry.values())
    sent = browser.post("/admin/portal/user/find/", {"words": "ROSA@example.org"})
    assert sent.url == "/admin/portal/user/"
    page = words_of(browser, "/admin/portal/user/")
    assert "rosa@example.org" in page
    assert f"/admin/portal/user/{rosa.pk}/change/" in page
    assert page.count("/change/") == 1
    browser.post("/admin/portal/user/find/", {"words": ""})
    assert words_of(browser, "/admin/portal/user/").count("/change/") == 2


def test_an_address_made_by_hand_searches_nothing(browser, rosa):
    for query in ("email__startswith=r", "password__startswith=a", "q=rosa@example.org"):
        answer = browser.get(f"/admin/portal/user/?{query}")
        assert answer.status_code in (302, 400) or answer.content.decode().count("/change/") == 2


@pytest.mark.parametrize("name", ["portal_membership", "connect_place", "connect_connection"])
def test_a_search_takes_anything(browser, name):
    for words in ("7", "Harbor", "99999999999999999999", "\0", "'", "²"):
        browser.post(reverse(f"admin:{name}_find"), {"words": words})
        assert browser.get(reverse(f"admin:{name}_changelist")).status_code == 200


def test_who_may_not_see_a_list_may_not_search_it(client):
    user = make.user("staff@example.org", is_staff=True)
    Authenticator.objects.create(user=user, type="totp", data={})
    client.force_login(user)
    assert client.post("/admin/portal/user/find/", {"words": "x"}).status_code == 403
    assert client.get("/admin/connect/importrun/").status_code == 403


# --- Accounts ----------------------------------------------------------------------------------------------
def test_stopping_an_account_is_written_down_without_a_name(browser, admin, rosa):
    browser.post(f"/admin/portal/user/{rosa.pk}/change/", {"is_staff": ""})
    rosa.refresh_from_db()
    assert not rosa.is_active
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id, entry.object_repr) == (admin, str(rosa.pk), f"user {rosa.pk}")
    assert "rosa" not in entry.change_message
    assert f"/admin/portal/user/{admin.pk}/change/" in words_of(browser, "/admin/portal/deed/")


def test_a_stopped_account_is_out_at_once(browser, client, rosa):
    theirs = type(client)()
    theirs.force_login(rosa)
    assert theirs.get("/account/").status_code == 200
    browser.post(f"/admin/portal/user/{rosa.pk}/change/", {})
    assert theirs.get("/account/").status_code == 302


def test_somebody_is_signed_out_everywhere(browser, client, admin, rosa):
    theirs = type(client)()
    theirs.force_login(rosa)
    theirs.get("/account/")
    UserSession.objects.get_or_create(user=rosa, session_key=theirs.session.session_key, ip="127.0.0.1")
    entry = act(browser, "portal_user", "end_sign_ins", rosa)
    assert (entry.user, entry.object_id, entry.get_change_message()) == (
        admin,
        str(rosa.pk),
        "signed out everywhere",
    )
    assert theirs.get("/account/").status_code == 302


def test_a_lost_second_step_is_taken_off_and_its_owner_is_told(browser, admin, rosa):
    Authenticator.objects.create(user=rosa, type="totp", data={})
    assert act(browser, "portal_user", "take_off_second_step", rosa) is not None
    assert not is_mfa_enabled(rosa)
    assert Mail.objects.get(to=rosa.email).subject == "Your second step was taken off"
    assert act(browser, "portal_user", "take_off_second_step", admin) is None  # one's own
    assert is_mfa_enabled(admin)


def test_an_account_is_closed_for_somebody_who_cannot(browser, admin, rosa):
    assert act(browser, "portal_user", "close_account", rosa) is not None
    assert Closure.objects.get().user_id == rosa.pk
    assert act(browser, "portal_user", "close_account", admin) is None


def test_an_administrator_is_made_with_a_second_step_alone_and_unmade_by_another(browser, admin, rosa):
    assert act(browser, "portal_user", "make_administrator", rosa) is None
    Authenticator.objects.create(user=rosa, type="totp", data={})
    assert act(browser, "portal_user", "make_administrator", rosa) is not None
    assert User.objects.get(pk=rosa.pk).is_superuser
    assert act(browser, "portal_user", "unmake_administrator", rosa, admin) is not None
    assert not User.objects.get(pk=rosa.pk).is_superuser
    assert User.objects.get(pk=admin.pk).is_superuser


def test_nobody_but_an_administrator_makes_one(browser, admin, rosa):
    from django.contrib.auth.models import Permission

    Authenticator.objects.create(user=rosa, type="totp", data={})
    User.objects.filter(pk=admin.pk).update(is_superuser=False)
    admin.user_permissions.set(Permission.objects.filter(content_type__app_label="portal"))
    assert act(browser, "portal_user", "make_administrator", rosa) is None
    assert not User.objects.get(pk=rosa.pk).is_staff


def test_nobody_changes_themselves_or_an_address_or_makes_an_admin(browser, admin, rosa):
    assert browser.post(f"/admin/portal/user/{admin.pk}/change/", {"is_staff": ""}).status_code == 403
    form = {"is_active": "on", "email": "mine@example.org", "is_superuser": "on", "password": "x"}
    browser.post(f"/admin/portal/user/{rosa.pk}/change/", form)
    kept = User.objects.get(pk=rosa.pk)
    assert (kept.email, kept.is_superuser, kept.password) == (rosa.email, False, rosa.password)


@pytest.mark.parametrize("path", LISTS)
def test_nothing_is_added_or_deleted_here(browser, rosa, path):
    assert browser.get(f"{path}add/").status_code == 403
    assert browser.post(f"{path}{rosa.pk}/delete/", {"post": "yes"}).status_code in (302, 403, 404)
    assert browser.post(path, {"action": "delete_selected", "_selected_action": [rosa.pk]}).status_code != 500
    assert User.objects.filter(pk=rosa.pk).exists()


def test_what_was_done_stays_when_who_did_it_is_gone_and_nobody_rewrites_it(browser, admin, rosa):
    act(browser, "portal_user", "end_sign_ins", rosa)
    admin_id = admin.pk
    admin.delete()
    assert not LogEntry.objects.exists()
    deed = Deed.objects.get()
    assert (deed.user_id, deed.object_repr, deed.what) == (
        admin_id,
        f"user {rosa.pk}",
        "signed out everywhere",
    )
    for change in (lambda: Deed.objects.update(what="x"), lambda: Deed.objects.all().delete()):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()


# --- Clinics -----------------------------------------------------------------------------------------------
def test_a_share_code_is_changed_and_a_last_lead_ended(browser, rosa):
    clinic = make.clinic()
    member = make.membership(clinic, rosa)
    before = clinic.share_code
    act(browser, "portal_clinic", "new_code", clinic)
    clinic.refresh_from_db()
    assert clinic.share_code != before
    assert act(browser, "portal_membership", "end_work", member) is not None
    assert Membership.objects.get().ended_at is not None
    assert act(browser, "portal_membership", "end_work", member) is None


def test_a_clinic_is_let_see_at_1uphealth_only_once_somebody_says_so_and_until_they_say_no(browser):
    clinic, address = make.clinic(), reverse("admin:portal_clinic_changelist")
    asked = Job.objects.filter(kind="clinic_account", state="waiting")
    assert "its user there" not in words_of(browser, address)
    act(browser, "portal_clinic", "mirror", clinic)
    assert "yes, its user there is being made" in words_of(browser, address)
    assert asked.update(state="done") == 1
    assert act(browser, "portal_clinic", "mirror", clinic) is None
    asked.update(state="done")
    page = reverse("admin:portal_clinic_change", args=[clinic.pk])
    browser.post(page, {"name": clinic.name})  # without the tick of is_active
    assert asked.update(state="done") == 1
    assert act(browser, "portal_clinic", "mirror_no_more", clinic) is not None
    assert "its user there" not in words_of(browser, address)
    assert asked.exists()
    assert act(browser, "portal_clinic", "mirror", clinic) is None  # of one that is not active


# --- Places, connections, imports ---------------------------------------------------------------------------
def test_what_is_corrected_stays_whatever_the_directory_says(browser, linked):
    place = linked.place
    form = {"name": "Lakeside Hospital", "address": "", "city": "Hill", "state": "", "kind": ""}
    assert browser.post(f"/admin/connect/place/{place.pk}/change/", form).status_code == 302
    directory._remember("oneup", [gateway.Place(key="4706", name="LAKESD CLNC", city="Valley")])
    place.refresh_from_db()
    assert (place.name, place.city, place.corrected) == (
        "Lakeside Hospital",
        "Valley",
        {"name": "Lakeside Hospital"},
    )
    assert [one.pk for one in directory.remembered("oneup", "hospital valley").places] == [place.pk]
    act(browser, "connect_place", "uncorrect", place)
    directory._remember("oneup", [gateway.Place(key="4706", name="LAKESD CLNC", city="Valley")])
    place.refresh_from_db()
    assert place.name == "LAKESD CLNC"


def test_a_hidden_place_is_found_no_more(browser, linked):
    act(browser, "connect_place", "hide", linked.place)
    assert directory.remembered("oneup", "lakeside").places == ()
    act(browser, "connect_place", "show_again", linked.place)
    assert len(directory.remembered("oneup", "lakeside").places) == 1


def test_a_place_on_hold_is_not_asked_until_somebody_says_so(browser, linked):
    road = tolls.Road("oneup", "ingest", "api.example", ())
    errand = tolls.Errand(person=True, whose=linked.patient_id, place="4706")
    act(browser, "connect_place", "leave_alone", linked.place)
    weather.went_well([weather.place_breaker("oneup", "4706")])
    with pytest.raises(tolls.Resting), tolls.crossing(road, errand):
        pass
    act(browser, "connect_place", "ask_again", linked.place)
    with tolls.crossing(road, errand):
        pass


def test_why_an_import_failed_stands_there_in_words_and_it_is_tried_again(browser, linked, rosa):
    run = runs_of(linked)[0]
    page = words_of(browser, f"/admin/connect/importrun/{run.pk}/change/")
    assert "did not answer, for about six hours" in page
    assert "tried again by itself" in page
    assert act(browser, "connect_importrun", "again", run) is not None
    assert [one.ended_at is None for one in runs_of(linked)] == [False, True]
    assert act(browser, "connect_connection", "look_now", linked) is not None  # the one that is under way


@pytest.mark.parametrize("outcome", [*ImportRun.Outcome.values])
def test_every_end_of_an_import_has_its_words(outcome):
    run = ImportRun(outcome=outcome, ended_at=timezone.now(), error="failed" if outcome == "failed" else "")
    assert bool(operating.why(run)) == (outcome not in ("", "done", "refused"))
    run.error = "something new"
    assert operating.why(run)


def test_whole_charts_are_read_again_on_demand(browser, linked):
    with scope.open(job_viewer(linked.patient_id)):
        Connection.objects.filter(patient_id=linked.patient_id).update(complete_at=timezone.now())
    assert act(browser, "connect_connection", "read_everything", linked) is not None
    assert [one.is_complete for one in runs_of(linked)] == [False, True]


def test_opening_a_connection_is_seen_by_its_patient(browser, linked, admin):
    browser.get("/admin/connect/connection/")
    with scope.open(job_viewer(linked.patient_id)):
        assert not Look.objects.filter(patient_id=linked.patient_id).exists()
    browser.get(f"/admin/connect/connection/{linked.pk}/change/")
    with scope.open(job_viewer(linked.patient_id)):
        look = Look.objects.get(patient_id=linked.patient_id)
    assert (look.viewer_kind, look.user_id, look.what) == ("admin", admin.pk, "connections")


def test_what_could_not_be_kept_is_tried_again(browser, linked):
    patient = linked.patient_id
    with scope.open(job_viewer(patient)):
        row = Quarantined.objects.get(patient_id=patient)
    assert act(browser, "records_quarantined", "keep_again", row) is None
    from records import bodies

    with scope.open(job_viewer(patient)):  # as if a mended reader took it
        now_good = bodies.pack(b'{"resourceType":"Condition","id":"c9"}')
        Quarantined.objects.filter(patient_id=patient).update(body=now_good)
    assert act(browser, "records_quarantined", "keep_again", row) is not None
    with scope.open(make.looking(rosa_patient := type("P", (), {"pk": patient}))):
        assert access.visible_to(make.looking(rosa_patient)).filter(fhir_id="c9").exists()
        assert not Quarantined.objects.filter(patient_id=patient).exists()


# --- Work and mail -----------------------------------------------------------------------------------------
def test_stuck_work_is_tried_again_and_waiting_work_done_now(browser, linked):
    stuck = Job.objects.get(state=Job.State.STUCK)
    assert act(browser, "ground_job", "again", stuck) is not None
    later = Job.objects.create(kind="canary", subject=0, due_at=timezone.now() + timedelta(days=1))
    assert act(browser, "ground_job", "do_now", later) is not None
    later.refresh_from_db()
    assert later.due_at <= timezone.now()


def test_a_mail_is_sent_now_or_not_at_all(browser, rosa):
    mail = outbox.post(to=rosa.email, subject="x", body="y")
    Job.objects.filter(kind="mail").update(due_at=timezone.now() + timedelta(hours=1))
    assert act(browser, "ground_mail", "send_now", mail) is not None
    assert Job.objects.get(kind="mail").due_at <= timezone.now()
    assert act(browser, "ground_mail", "do_not_send", mail) is not None
    assert not Mail.objects.exists()


def test_a_budget_is_whole_again(browser):
    row = Pacing.objects.create(credential="oneup", percent=25)
    assert act(browser, "connect_pacing", "whole_again", row) is not None
    row.refresh_from_db()
    assert row.percent == 100


def test_keys_are_moved_by_a_job_that_a_button_begins(browser, admin):
    assert browser.post("/ops/keys/move/").url == "/ops/"
    job = Job.objects.get(kind=rotation.JOB)
    assert LogEntry.objects.get().object_repr == f"job {job.pk} ({rotation.JOB})"
    assert type(rotation.one_slice(job)).__name__ == "Done"


def test_what_somebody_does_not_recognize_is_settled_and_they_read_so(browser, rosa):
    report = reported(rosa.holdings.get().patient, rosa)
    assert "1 patient does not recognize a look" in words_of(browser, "/admin/")
    assert act(browser, "portal_lookreport", "take_up", report) is not None
    assert act(browser, "portal_lookreport", "was_wrong", report) is not None
    report.refresh_from_db()
    assert report.status == LookReport.Status.WRONG
    assert act(browser, "portal_lookreport", "was_right", report) is None


# --- Announcements -----------------------------------------------------------------------------------------
def test_an_announcement_stands_on_every_page_until_it_is_put_away_or_over(browser, client, rosa):
    now = timezone.now()
    form = {"text": "We are closed on Sunday.", "tone": "warn"}
    for name, at in (("begins_at", now - timedelta(days=1)), ("ends_at", now + timedelta(days=1))):
        form |= {f"{name}_0": at.strftime("%Y-%m-%d"), f"{name}_1": at.strftime("%H:%M:%S")}
    assert browser.post("/admin/portal/announcement/add/", form).status_code == 302
    told = Announcement.objects.get()
    theirs = type(client)(SERVER_NAME="localhost")
    theirs.force_login(rosa)
    assert "We are closed on Sunday." in words_of(theirs, "/account/")
    assert "We are closed on Sunday." not in words_of(type(client)(), "/help/")
    here = {"HTTP_REFERER": "http://localhost:8000/account/?x=1"}
    away = theirs.post(f"/announcements/{told.public_id}/away/", **here)
    assert away.url == "/account/?x=1"
    assert theirs.post(f"/announcements/{told.public_id}/away/").url == "/"
    assert PutAway.objects.count() == 1
    assert "We are closed" not in words_of(theirs, "/account/")
    assert "We are closed" in words_of(browser, "/account/")
    act(browser, "portal_announcement", "end_now", told)
    assert "We are closed" not in words_of(browser, "/account/")


def test_an_announcement_that_ends_before_it_begins_is_not_made(browser):
    form = {"text": "x", "tone": "plain", "begins_at_0": "2026-11-21", "begins_at_1": "10:00:00"}
    browser.post("/admin/portal/announcement/add/", {**form, "ends_at_0": "2026-11-20", "ends_at_1": "1:00"})
    assert not Announcement.objects.exists()


# --- The door ----------------------------------------------------------------------------------------------
def test_staff_without_rights_see_an_empty_house(client):
    user = make.user("staff@example.org", is_staff=True)
    Authenticator.objects.create(user=user, type="totp", data={})
    client.force_login(user)
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/portal/user/").status_code == 403


def test_passwords_are_changed_at_the_front_door(browser):
    assert browser.get("/admin/password_change/").url == "/accounts/password/change/"


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_its_sign_in_leads_to_no_other_site(client, wanted):
    assert "evil" not in client.get("/admin/login/", {"next": wanted}).url
    assert "alert" not in client.get("/admin/login/", {"next": wanted}).url


def test_its_sign_in_leads_on_to_the_page_that_was_asked_for(browser):
    assert browser.get("/admin/login/?next=/admin/portal/user/").url == "/admin/portal/user/"
    assert browser.get("/admin/login/?next=//evil.example").url == "/admin/"


@pytest.mark.parametrize("wanted", ["20240101", "9999-12-31T23:59", "portal:home", "portal", " ", "index"])
def test_its_sign_in_takes_a_word_for_no_page(browser, wanted):
    assert browser.get("/admin/login/", {"next": wanted}).url == "/admin/"
