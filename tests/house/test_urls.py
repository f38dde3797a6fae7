"""Every address is asked the same five questions: its owner, a stranger, signed out, wrong method, gone."""

import pytest
from django.db import connection
from django.test import override_settings
from django.urls import reverse

from tests import factories as make
from tests.house.site_rules import FOR_OTHER_SITES, RULES, SHARED, STAFF, drawn_today
from tests.house.site_world import CANARIES, browser, comparable, names
from tests.rota import todays

pytestmark = pytest.mark.django_db

OWNED = sorted(
    name for name, rule in RULES.items() if rule.args and rule.who != "open" and name not in SHARED
)
NAMED = sorted(name for name, rule in RULES.items() if rule.args and rule.who != "open")
BEHIND = sorted(name for name, rule in RULES.items() if rule.who != "open")
OPEN = sorted(name for name, rule in RULES.items() if rule.who == "open")
#: A mail program or another site's page posts here by itself; the word in the address is the proof instead.
SIGNED_WORDS = {"portal:unsubscribe", "records:link_manifest"}
STAFF_NAMES = (
    "admin:index",
    "admin:portal_user_changelist",
    "admin:portal_patient_changelist",
    "admin:portal_agreement_changelist",
    "admin:portal_deed_changelist",
)
#: Tables that a mere GET may write: looks at records, the session's own clock, guesses, counts of calls.
WRITTEN_BY_READING = {
    "ground_count",
    "ground_look",
    "django_session",
    "portal_cache",
    "usersessions_usersession",
}


@pytest.fixture
def stranger():
    """Somebody with records of their own."""
    user = make.user("stranger@example.org")
    make.patient(user, given="Ada", family="Stranger")
    return user


def counts() -> dict[str, int]:
    """How many rows each table has that a GET may not touch. Read past the policies, by the table's pages."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("select relname, n_tup_ins + n_tup_upd + n_tup_del from pg_stat_xact_user_tables")
        found = dict(cursor.fetchall())
    return {table: count for table, count in found.items() if table not in WRITTEN_BY_READING}


# --- The table ---------------------------------------------------------------------------------------------
def test_every_address_has_a_rule():
    bare = {name for name in names() if not name.startswith(STAFF)}
    assert bare == set(RULES)


def test_an_address_without_a_name_or_a_rule_is_noticed():
    assert "?" not in RULES
    assert len(list(names())) > 60


# --- Does it work for its owner? ---------------------------------------------------------------------------
def test_each_answers_its_owner_and_reading_changes_nothing(rosa):
    client, rules, found = browser(rosa.user), drawn_today(), {}
    for name, rule in rules.items():
        before = counts()
        found[name] = client.get(rosa.address(name, rule.args)).status_code
        assert rule.notes or counts() == before, name
    assert found == {name: rule.get for name, rule in rules.items()}


def test_asking_for_the_head_alone_changes_nothing(rosa):
    client, before = browser(rosa.user), counts()
    for name, rule in drawn_today(4).items():
        if not rule.notes:
            client.head(rosa.address(name, rule.args))
            assert counts() == before, name


# --- For a stranger? ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("method", ["get", "post", "head"])
def test_somebody_elses_thing_is_as_if_it_were_not_there(rosa, stranger, method):
    client = browser(stranger)
    for name in OWNED if method == "get" else todays(OWNED, 3):  # `make access` tries all
        kind = RULES[name].args
        theirs = getattr(client, method)(rosa.address(name, kind))
        nothing = getattr(client, method)(rosa.gone(name, kind))
        assert (name, theirs.status_code) in ((name, 404), (name, 405))
        assert (name, theirs.status_code) == (name, nothing.status_code)
        assert comparable(theirs.content.decode()) == comparable(nothing.content.decode()), name
        assert (name, differing(theirs, nothing)) == (name, set())


def differing(one, other) -> set[str]:
    """Headers that are not the same, but for the request's id."""
    both = set(one.headers) | set(other.headers)
    return {name for name in both if one.headers.get(name) != other.headers.get(name)} - {
        "X-Request-Id",
        "Content-Length",
    }


def test_a_strangers_pages_show_nothing_of_rosas(rosa, stranger):
    client = browser(stranger)
    for name, rule in RULES.items():
        if name != "connect:place":  # a hospital's page is the same for everybody, and names the hospital
            page = client.get(rosa.address(name, rule.args)).content.decode(errors="replace")
            assert (name, [word for word in CANARIES if word in page]) == (name, [])


def test_rosas_own_pages_do_show_them(rosa):
    client = browser(rosa.user)
    pages = [
        client.get(rosa.address(name, RULES[name].args)).content.decode()
        for name in ("portal:home", "records:one")
    ]
    assert [word for word in CANARIES if word not in "".join(pages)] == []


# --- Signed out? -------------------------------------------------------------------------------------------
def test_signed_out_each_leads_to_the_sign_in_and_back(rosa):
    nobody = browser()
    for name in BEHIND:
        address = rosa.address(name, RULES[name].args)
        assert nobody.get(address).headers.get("Location") == f"/accounts/login/?next={address}", name
        assert nobody.post(address).headers.get("Location") == "/accounts/login/?next=/", name
    assert not nobody.cookies


def test_signed_out_there_and_not_there_are_alike(rosa):
    nobody = browser()
    for name in NAMED:
        kind = RULES[name].args
        there, nothing = (nobody.get(address(name, kind)) for address in (rosa.address, rosa.gone))
        assert (name, there.status_code, there.content) == (name, nothing.status_code, nothing.content)


def test_an_open_page_answers_whoever_is_signed_out(rosa):
    for name in OPEN:
        answer = browser().get(rosa.address(name, RULES[name].args))
        assert answer.status_code in (200, 302, 404), name
        assert [word for word in CANARIES if word in answer.content.decode()] == [], name


# --- With the wrong method? --------------------------------------------------------------------------------
@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_no_other_method_is_taken(rosa, method):
    for client in (browser(rosa.user), browser()):
        for name, rule in drawn_today(3).items():  # `make access` tries all of them, with each role
            taken = 204 if method == "options" and name in FOR_OTHER_SITES else 405
            assert (name, getattr(client, method)(rosa.address(name, rule.args)).status_code) == (name, taken)


def test_what_takes_no_form_says_so(rosa):
    client, before = browser(rosa.user), counts()
    for name, rule in RULES.items():
        if not rule.post and not rule.notes and rule.get != 404:
            assert (name, client.post(rosa.address(name, rule.args)).status_code) == (name, 405)
    assert counts() == before


def test_a_form_from_elsewhere_changes_nothing(rosa):
    client, before = browser(rosa.user, enforce_csrf_checks=True), counts()
    for name, rule in RULES.items():
        if rule.post and name not in SIGNED_WORDS:
            answer = client.post(rosa.address(name, rule.args), {"action": "anything"})
            assert (name, answer.status_code) == (name, 403)
    assert counts() == before


# --- Gone? -------------------------------------------------------------------------------------------------
def test_what_is_not_there_is_not_found(rosa):
    client = browser(rosa.user)
    for name in todays(NAMED, 3):
        address = rosa.gone(name, RULES[name].args)
        assert client.get(address).status_code in (404, 405), name
        assert client.post(address).status_code in (404, 405), name


def test_the_demos_mail_is_there_in_the_demo_alone(rosa):
    with override_settings(DEMO=True):
        assert browser().get("/demo/mail/").status_code == 200


# --- Staff -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", STAFF_NAMES)
def test_the_administration_is_closed_to_all_but_staff_with_a_second_factor(rosa, name):
    address = reverse(name)
    assert browser().get(address, follow=True).redirect_chain[-1][0].startswith("/accounts/login/")
    assert browser(rosa.user).get(address).status_code == 302
    half = make.user("half@example.org", is_staff=True, is_superuser=True)
    sent = browser(half).get(address, follow=True)
    assert sent.redirect_chain[-1][0] == "/accounts/2fa/"
    type(rosa.user).objects.filter(pk=rosa.user.pk).update(is_staff=True, is_superuser=True)
    assert browser(rosa.user).get(address).status_code == 200


def test_a_patient_who_tries_the_administration_comes_home(rosa):
    assert browser(rosa.user).get("/admin/portal/user/", follow=True).redirect_chain[-1][0] == "/"
