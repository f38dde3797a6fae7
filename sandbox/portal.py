"""The pretend hospital: sign-in, consent, Allow or Deny. It is the source's own portal, not 1up's and not
the app's.
"""

from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandbox import connect
from sandbox.charts import Login
from sandbox.directory import Place
from sandbox.portal_pages import broken_page, consent_page, over_page, sign_in_page
from sandbox.special_places import DENIES, NEVER_BACK
from sandbox.state import Attempt, State, state_of


async def authorize(request: Request) -> Response:
    """GET: the sign-in page, with the demo sign-ins of this place."""
    found = _attempt(request, request.query_params.get("state", ""))
    if found is None:
        return over_page()
    attempt, place = found
    return sign_in_page(place, attempt.key, _logins(request, place))


async def sign_in(request: Request) -> Response:
    """POST: name and password. Right: on to consent. Wrong: the page again."""
    form = await _form(request)
    found = _attempt(request, form.get("state", ""))
    if found is None:
        return over_page()
    attempt, place = found
    logins = _logins(request, place)
    pair = (form.get("username", "").strip(), form.get("password", ""))
    attempt.login = next((each for each in logins if (each.username, each.password) == pair), None)
    if attempt.login is None:
        return sign_in_page(place, attempt.key, logins, wrong=True)
    return RedirectResponse(f"/place/{place.id}/consent?state={attempt.key}", 303)


async def consent(request: Request) -> Response:
    """GET: what would be shared, with Allow and Deny."""
    found = _attempt(request, request.query_params.get("state", ""))
    if found is None or found[0].login is None:
        return over_page()
    attempt, place = found
    if place.behaviour == NEVER_BACK:
        connect.give_up(state_of(request), attempt)
        return broken_page(place)
    return consent_page(place, attempt.key, found[0].login)


async def decide(request: Request) -> Response:
    """POST: Allow or Deny; then to 1up's own address, which sends the browser on to the app."""
    form = await _form(request)
    found = _attempt(request, form.get("state", ""))
    if found is None:
        return over_page()
    attempt, place = found
    allowed = form.get("decision") == "allow" and attempt.login is not None and place.behaviour != DENIES
    connect.settle(state_of(request), attempt, "allowed" if allowed else "declined")
    return RedirectResponse(f"/api/connect/returned?state={attempt.key}", 303)


def _attempt(request: Request, key: str) -> tuple[Attempt, Place] | None:
    """The attempt under way at the place of this address."""
    state: State = state_of(request)
    attempt = state.attempts.get(key)
    place = state.world.directory.get(request.path_params["system_id"])
    if attempt is None or place is None or attempt.system_id != place.id:
        return None
    return attempt, place


def _logins(request: Request, place: Place) -> list[Login]:
    return state_of(request).world.logins_at(place.id)


async def _form(request: Request) -> dict[str, str]:
    fields = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[-1] for name, values in fields.items()}


_PLACE = "/place/{system_id:int}"
routes = [
    Route(f"{_PLACE}/authorize", authorize, methods=["GET"]),
    Route(f"{_PLACE}/sign-in", sign_in, methods=["POST"]),
    Route(f"{_PLACE}/consent", consent, methods=["GET"]),
    Route(f"{_PLACE}/consent", decide, methods=["POST"]),
]
