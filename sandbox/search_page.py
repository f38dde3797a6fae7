"""System Search's own page, which an app shows in a frame (docs/oneup.md, the embedded search page).

It gets a user's token by message and keeps it in memory. Only the pages of registered apps may frame it:
those at the origins of their callbacks.
"""

from html import escape
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sandbox.state import State, state_of

_SCRIPT = (Path(__file__).parent / "search_page.js").read_text()
_STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem 1.25rem; font: 1.0625rem/1.5 'Segoe UI', 'DejaVu Sans', sans-serif;
  color: #17202b; background: #fff; }
h1 { margin: 0 0 .5rem; font-size: 1.3rem; color: #0b3b66; }
fieldset { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: end; margin: 0; padding: 0;
  border: 0; }
label { flex: 1 1 16rem; font-weight: 600; }
input { display: block; width: 100%; padding: .5rem .7rem; font: inherit; border: 2px solid #5b6b7c;
  border-radius: 4px; }
button { padding: .5rem 1.1rem; font: inherit; font-weight: 600; cursor: pointer; color: #fff;
  background: #0b5394; border: 2px solid #0b5394; border-radius: 4px; }
button:disabled { color: #4b5563; background: #e5e7eb; border-color: #9ca3af; cursor: default; }
:focus-visible { outline: 3px solid #b45309; outline-offset: 2px; }
ul { margin: 1rem 0; padding: 0; list-style: none; }
li { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: center; padding: .5rem 0;
  border-top: 1px solid #cbd5e1; }
li button { text-align: start; color: #0b5394; background: #fff; }
.wrong { padding: .5rem .9rem; background: #fef2f2; border-left: 5px solid #b91c1c; }
footer { font-size: .9rem; color: #374151; }
"""
_PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>System Search</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="search.css"><script type="module" src="search.js"></script></head>
<body data-takes="$takes"><main>
<h1>Find your health system</h1>
<form><fieldset name="fields" disabled>
<label>Name, city or street<input name="query" type="search" autocomplete="off" maxlength="100"></label>
<button>Search</button></fieldset></form>
<p role="status">Waiting for the app that shows this page to hand over its key.</p>
<ul aria-label="Places"></ul>
<button type="button" data-more hidden>Show more</button>
</main><footer><p>A pretend page of the sandbox. Every place here is made up.</p></footer></body></html>
""")


async def page(request: Request) -> Response:
    """GET: the page, for the frames of registered apps alone. It holds no token."""
    state = state_of(request)
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; "
        f"base-uri 'none'; form-action 'none'; frame-ancestors {' '.join(app_origins(state))}"
    )
    html = _PAGE.substitute(takes=escape(state.switches.frame_key))
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
    }
    return HTMLResponse(html, headers=headers)


async def script(_request: Request) -> Response:
    """GET: what the page does."""
    return Response(_SCRIPT, media_type="text/javascript")


async def style(_request: Request) -> Response:
    """GET: how the page looks."""
    return Response(_STYLE, media_type="text/css")


def app_origins(state: State) -> list[str]:
    """The origins of all callbacks of all apps, sorted."""
    callbacks = [urlsplit(uri) for app in state.apps.values() for uri in app.redirect_uris]
    return sorted({f"{each.scheme}://{each.netloc}" for each in callbacks})


routes = [
    Route("/search/search", page, methods=["GET"]),
    Route("/search/search.js", script, methods=["GET"]),
    Route("/search/search.css", style, methods=["GET"]),
]
