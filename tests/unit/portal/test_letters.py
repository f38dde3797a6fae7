"""Mails a person gets from us, and how they end those they do not want."""

import pytest
from django.core import mail
from django.urls import reverse

from connect import notices
from ground import outbox, unsubscribing
from ground.models import Job, Mail
from portal.models import User
from tests.unit.portal import somebody as they

EMAIL = "rosa@example.org"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rosa():
    return they.member(EMAIL)[0]


def letters_of_news() -> list[Mail]:
    return list(Mail.objects.filter(to=EMAIL, subject__startswith="Your records from"))


def test_a_sign_in_with_a_browser_never_seen_is_told_by_mail(rosa):
    they.sign_in(they.browser(), EMAIL)
    assert "browser that was not used for it before" in they.letters(EMAIL)[0]


def test_the_same_browser_is_known_the_next_time(rosa):
    browser = they.browser()
    they.sign_in(browser, EMAIL)
    before = len(they.letters(EMAIL))
    browser.post("/accounts/logout/")
    they.sign_in(browser, EMAIL)
    assert len(they.letters(EMAIL)) == before


def test_a_browser_of_somebody_else_is_still_new(rosa):
    browser = they.browser()
    they.member("mateo@example.org")
    they.sign_in(browser, "mateo@example.org")
    browser.post("/accounts/logout/")
    they.sign_in(browser, EMAIL)
    assert "not used for it before" in they.letters(EMAIL)[0]


def test_a_cookie_made_by_hand_is_not_believed(rosa):
    browser = they.browser()
    browser.cookies["__Host-known"] = "WyJhIl0:made-up"
    they.sign_in(browser, EMAIL)
    assert "not used for it before" in they.letters(EMAIL)[0]


def test_the_first_sign_in_of_a_new_account_is_no_news():
    browser = they.browser()
    they.sign_up(browser, "new@example.org")
    assert not [letter for letter in they.letters("new@example.org") if "not used for it before" in letter]


def test_the_link_in_a_mail_ends_mails_of_its_sort_without_signing_in(rosa):
    notices.records_arrived(rosa, "Quillwort Clinic")
    (letter,) = letters_of_news()
    assert letter.unsubscribe_url in letter.body
    path = letter.unsubscribe_url.split("localhost", 1)[-1]
    path = path[path.index("/") :]
    browser = they.browser()
    assert "End these mails" in browser.get(path).content.decode()
    assert User.objects.get(pk=rosa.pk).news_by_mail, "opening a link must change nothing"
    assert "We write no more" in browser.post(path).content.decode()
    notices.records_arrived(User.objects.get(pk=rosa.pk), "Quillwort Clinic")
    assert len(letters_of_news()) == 1


def test_a_word_we_did_not_make_ends_nobodys_mails(rosa):
    path = reverse("portal:unsubscribe", args=[unsubscribing.token(rosa.pk)[:-2] + "xx"])
    assert they.browser().post(path).status_code == 404
    assert User.objects.get(pk=rosa.pk).news_by_mail


def test_a_mail_program_is_told_how_to_end_them(rosa, settings):
    settings.OUTBOX_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    notices.records_arrived(rosa, "Quillwort Clinic")
    (letter,) = letters_of_news()
    outbox.send(Job.objects.get(kind="mail", subject=letter.pk))
    headers = mail.outbox[-1].extra_headers
    assert headers["List-Unsubscribe"] == f"<{letter.unsubscribe_url}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
