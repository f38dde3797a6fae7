"""The administration: staff with a second factor, no names, no health, every change written down."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry

from portal.admin import site
from portal.models import User
from tests import factories as make

pytestmark = pytest.mark.django_db

LISTS = (
    "/admin/portal/user/",
    "/admin/portal/patient/",
    "/admin/portal/agreement/",
    "/admin/admin/logentry/",
)


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


def words_of(browser, *paths: str) -> str:
    return "".join(browser.get(path).content.decode() for path in paths)


def test_no_page_of_it_names_a_patient_or_anything_of_their_health(browser, rosa):
    patient = rosa.holdings.get().patient
    more = f"/admin/portal/patient/{patient.pk}/change/", f"/admin/portal/user/{rosa.pk}/change/"
    page = words_of(browser, "/admin/", *LISTS, *more)
    assert "rosa@example.org" in page
    for word in ("Rosalind", "Quillfeather", "1968", "May 14", "Sarcoidosis", "Lakeside"):
        assert word not in page


def test_no_table_of_records_or_connections_is_in_it():
    assert {model._meta.label for model in site._registry} == {
        "portal.User",
        "portal.Patient",
        "portal.Agreement",
        "portal.Clinic",
        "portal.Invitation",
        "portal.Membership",
        "admin.LogEntry",
        "connect.PlaceRequest",
    }


def test_nobody_is_searched_for_in_an_address(browser):
    assert all(not model_admin.search_fields for model_admin in site._registry.values())


def test_stopping_an_account_is_written_down_without_a_name(browser, admin, rosa):
    browser.post(f"/admin/portal/user/{rosa.pk}/change/", {"is_staff": ""})
    rosa.refresh_from_db()
    assert not rosa.is_active
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id, entry.object_repr) == (admin, str(rosa.pk), f"user {rosa.pk}")
    assert "rosa" not in entry.change_message
    assert f"user {admin.pk}" in words_of(browser, "/admin/admin/logentry/")


def test_a_stopped_account_is_out_at_once(browser, client, rosa):
    theirs = type(client)()
    theirs.force_login(rosa)
    assert theirs.get("/account/").status_code == 200
    browser.post(f"/admin/portal/user/{rosa.pk}/change/", {})
    assert theirs.get("/account/").status_code == 302


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
