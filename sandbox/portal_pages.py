"""The pages of the pretend hospital and 1up's page on the way back. Plain HTML, one look for each brand.

These pages stand for other people's portals, so they share nothing with the product's own look, and they work
without script: the last one redirects by script, as 1up's does, and carries a link for whoever has none.
"""

import json
from collections.abc import Sequence
from html import escape

from starlette.responses import HTMLResponse, Response

from sandbox.charts import Login
from sandbox.directory import Place
from sandbox.portal_frame import frame

_KINDS = (
    "Your name, birth date and contact details", "Allergies", "Health conditions", "Medicines",
    "Test results", "Vital signs", "Vaccines", "Visits", "Procedures", "Notes and documents",
    "Care plans and goals",
)  # fmt: skip
_CLAIMS = ("Your name, birth date and member number", "Coverage", "Claims and what was paid for them")


def sign_in_page(place: Place, key: str, logins: Sequence[Login], *, wrong: bool = False) -> Response:
    """Name and password, and the demo sign-ins of this place in plain view."""
    state = f'<input type="hidden" name="state" value="{escape(key)}">'
    alert = (
        '<p class="wrong" role="alert">That user name and password do not belong together.</p>'
        if wrong
        else ""
    )
    body = f"""<h1>Sign in to your patient portal</h1>{alert}
<form method="post" action="/place/{place.id}/sign-in">{state}
<label for="username">User name</label><input id="username" name="username" autocomplete="off" required>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="off" required>
<div class="row"><button>Sign in</button></div></form>
<form method="post" action="/place/{place.id}/consent">{state}
<div class="row"><button class="quiet" name="decision" value="deny">Cancel and go back</button></div></form>
{_people(place, state, logins)}"""
    return _page(place, f"Sign in - {place.name}", body, 401 if wrong else 200)


def consent_page(place: Place, key: str, login: Login) -> Response:
    """What would be shared, for how long, and the two answers."""
    kinds = "".join(f"<li>{kind}</li>" for kind in (_CLAIMS if place.kind.startswith("Payer") else _KINDS))
    body = f"""<h1>Share your record with the app that sent you here?</h1>
<p>You are signed in as <strong>{escape(login.person)}</strong>.</p>
<p>The app asks, through 1upHealth, to read from {escape(place.name)}:</p>
<ul class="kinds">{kinds}</ul>
<p>It may keep reading for up to 90 days, and you can end that here at any time.
It cannot change your record.</p>
<form method="post" action="/place/{place.id}/consent">
<input type="hidden" name="state" value="{escape(key)}">
<div class="row"><button name="decision" value="allow">Allow</button>
<button class="quiet" name="decision" value="deny">Deny</button></div></form>"""
    return _page(place, f"Share your record - {place.name}", body)


def broken_page(place: Place) -> Response:
    """The place fails after sign-in; nobody is sent back."""
    body = "<h1>Something went wrong</h1><p>We could not complete your request. Please try again later.</p>"
    return _page(place, f"Error - {place.name}", body, 500)


def over_page() -> Response:
    """An address of an attempt that does not exist (any more)."""
    text = "<!doctype html><html lang='en'><title>This sign-in is over</title><link rel='icon' href='data:,'>"
    words = "<h1>This sign-in is over</h1><p>Go back to the app and start again.</p></html>"
    return HTMLResponse(text + words, 410)


def return_page(address: str) -> Response:
    """1up's own last page: on to the app by script, and by a link where there is none."""
    target = json.dumps(address).replace("<", "\\u003c")
    return HTMLResponse(
        f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Back to the app</title>
<link rel="icon" href="data:,"></head>
<body><p>One moment. <a href="{escape(address)}">Back to the app</a></p>
<script>window.location.replace({target});</script></body></html>""",
        headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"},
    )


def _people(place: Place, state: str, logins: Sequence[Login]) -> str:
    if not logins:
        return "<h2>Nobody here</h2><p>This place has no patients. Those with “(demo)” in their name do.</p>"
    rows = "".join(_person(place, state, each) for each in logins)
    return f'<h2>Demo sign-ins of this place</h2><ul class="people">{rows}</ul>'


def _person(place: Place, state: str, login: Login) -> str:
    person, username, password = (escape(word) for word in (login.person, login.username, login.password))
    return f"""<li><div><strong>{person}</strong>
<span>User name <code>{username}</code> · password <code>{password}</code></span></div>
<form method="post" action="/place/{place.id}/sign-in">{state}
<input type="hidden" name="username" value="{username}">
<input type="hidden" name="password" value="{password}">
<button class="quiet" aria-label="Use this sign-in: {person}">Use this sign-in</button></form></li>"""


def _page(place: Place, title: str, body: str, status: int = 200) -> Response:
    return HTMLResponse(frame(place, title, body), status, headers={"Cache-Control": "no-store"})
