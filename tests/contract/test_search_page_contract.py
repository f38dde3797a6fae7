"""System Search's own page behaves as docs/oneup.md says. What its script does is seen in a real browser."""

import re

import pytest

CALLBACK = "http://localhost:8000/connect/return/"


def page(sandbox):
    return sandbox.http.get(f"{sandbox.search}/search", timeout=5)


def policy(sandbox) -> dict[str, list[str]]:
    parts = page(sandbox).headers["Content-Security-Policy"].split(";")
    return {name: words for name, *words in (part.split() for part in parts)}


def test_the_page_is_there_without_a_token_and_holds_none(sandbox, member):
    reply = page(sandbox)
    assert (reply.status_code, reply.headers["Cache-Control"]) == (200, "no-store")
    assert member.access not in reply.text
    assert '<fieldset name="fields" disabled>' in reply.text


def test_only_pages_of_registered_apps_may_frame_it(sandbox):
    assert policy(sandbox)["frame-ancestors"] == ["http://localhost:8000"]
    try:
        sandbox.app("https://clinic.example:8443/connect/return/")
        assert policy(sandbox)["frame-ancestors"] == [
            "http://localhost:8000",  # another-app's
            "https://clinic.example:8443",
        ]
    finally:
        sandbox.app(CALLBACK)


def test_it_asks_nobody_but_itself(sandbox):
    found = policy(sandbox)
    assert [found[name] for name in ("default-src", "script-src", "connect-src")] == [
        ["'none'"],
        ["'self'"],
        ["'self'"],
    ]
    names = re.findall(r'(?:href|src)="([^"]+)"', page(sandbox).text)
    assert names == ["data:,", "search.css", "search.js"]
    for name in names[1:]:
        assert sandbox.http.get(f"{sandbox.search}/{name}", timeout=5).status_code == 200


@pytest.mark.parametrize("takes", ["string", "any"])
def test_which_keys_it_takes_is_a_switch(sandbox, takes):
    sandbox.switch(frame_key=takes)
    assert f'<body data-takes="{takes}">' in page(sandbox).text


def test_it_cannot_be_posted_to(sandbox):
    assert sandbox.http.post(f"{sandbox.search}/search", timeout=5).status_code == 404
