"""What every answer carries, whatever it answers: pages, redirects, refusals, files."""

import io
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import override_settings

from tests.house.site_rules import drawn_today
from tests.house.site_world import World, browser

pytestmark = pytest.mark.django_db

EXACTLY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}
POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
)
LOOSE = ("unsafe-inline", "unsafe-eval", "http:", "https:", "*")
UNPLEASANT = (
    ("get", "/nothing/here/", 404),
    ("get", "/records/conditions/1/Condition/none/", 404),
    ("put", "/", 405),
    ("post", "/help/", 405),
    ("get", "/static/css/base.css", 200),
    ("get", "/static/img/favicon.svg", 200),
    ("get", "/static/nothing.css", 404),
)


_answers: list[tuple[str, Any]] = []


@pytest.fixture
def answers(db):
    """One answer of a third of the addresses, another third each day, to its owner and to whoever is signed
    out, and some that lead nowhere.
    """
    if not _answers:
        _answers.extend(everything())
    return _answers


def everything():
    rosa = World()
    owner, nobody = browser(rosa.user), browser()
    for name, rule in drawn_today(3).items():
        address = rosa.address(name, rule.args)
        yield f"{name}, its owner", owner.get(address)
        yield f"{name}, signed out", nobody.get(address)
    for method, address, status in UNPLEASANT:
        answer = getattr(owner, method)(address)
        assert (address, answer.status_code) == (address, status)
        for close in answer._resource_closers:  # a file; answer.close() would end the connection too
            close()
        yield f"{method} {address}", answer
    yield "an unknown host", nobody.get("/", SERVER_NAME="evil.example")
    yield "no token", browser(rosa.user, enforce_csrf_checks=True).post("/account/preferences/")
    yield "signing in", browser().post("/accounts/login/", {"login": rosa.user.email, "password": "x"})
    yield "a message", owner.post(f"/connect/places/{rosa.connection.public_id}/stop/")
    yield "signing out", owner.post("/accounts/logout/")


def test_every_answer_carries_the_same_walls(answers):
    assert len(answers) > 60
    for what, answer in answers:
        found = {name: answer.headers.get(name) for name in EXACTLY}
        assert (what, found) == (what, EXACTLY)
        assert "camera=()" in answer["Permissions-Policy"], what
        assert "Server" not in answer.headers


def test_every_answer_carries_the_policy_and_it_is_tight(answers):
    for what, answer in answers:
        policy = answer.headers.get("Content-Security-Policy", "")
        assert (what, [part for part in POLICY if part not in policy]) == (what, [])
        assert (what, [word for word in LOOSE if word in policy]) == (what, [])


def test_addresses_are_told_to_no_other_site(answers):
    for what, answer in answers:
        allowed = "no-referrer" if what == "connect:leaving, its owner" else "same-origin"
        assert (what, answer["Referrer-Policy"]) == (what, allowed)


def test_nothing_but_files_is_kept_by_anybody_on_the_way(answers):
    for what, answer in answers:
        if "/static/" not in what:
            assert (what, "no-store" in answer["Cache-Control"]) == (what, True)


def test_every_cookie_is_bound_to_this_host_and_closed_to_scripts(answers):
    seen = set()
    for what, answer in answers:
        for name, cookie in answer.cookies.items():
            seen.add(name)
            assert name.startswith("__Host-"), what
            assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax"), what
            assert (cookie["path"], cookie["domain"]) == ("/", ""), what
    assert {"__Host-session", "__Host-csrf"} <= seen


HTTPS = {
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 63_072_000,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SECURE_HSTS_PRELOAD": True,
    "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": False,
}


def test_a_plain_address_leads_to_the_secure_one_and_browsers_remember_it():
    with override_settings(**HTTPS):
        client = browser()
        assert client.get("/help/").url == "https://localhost/help/"
        assert "max-age=63072000" in client.get("/help/", secure=True)["Strict-Transport-Security"]


def test_the_deploy_checks_have_nothing_to_say(monkeypatch):
    monkeypatch.delenv(
        "DJANGO_ALLOW_ASYNC_UNSAFE", raising=False
    )  # a driven browser of this process wants it
    with override_settings(**HTTPS):
        said = io.StringIO()
        call_command("check", "--deploy", "--fail-level", "WARNING", stdout=said, stderr=said)
    assert "no issues" in said.getvalue()


def test_the_deploy_checks_would_say_something():
    quiet = io.StringIO()
    with (
        override_settings(**HTTPS | {"SECURE_HSTS_SECONDS": 0}),
        pytest.raises(SystemCheckError, match=r"security\.W004"),
    ):
        call_command("check", "--deploy", "--fail-level", "WARNING", stdout=quiet, stderr=quiet)
