"""Logos of our own making: a shape, a colour and two letters, different for each brand, the same on every
run.
"""

import hashlib
import re
from html import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.answers import gateway_failure
from sandbox.directory import Place
from sandbox.state import state_of

_SHAPES = (
    '<circle cx="32" cy="32" r="30"/>',
    '<rect x="3" y="3" width="58" height="58" rx="14"/>',
    '<path d="M32 2 61 17v30L32 62 3 47V17z"/>',
    '<path d="M32 2c18 8 28 8 28 8v22c0 18-14 26-28 30C18 58 4 50 4 32V10s10 0 28-8z"/>',
    '<path d="M22 3h20v19h19v20H42v19H22V42H3V22h19z"/>',
)


def hue(place: Place) -> int:
    """The brand's colour, in degrees; equal for every house of a brand."""
    return _number(place) % 360


def logo(place: Place) -> str:
    """The place's logo as SVG."""
    shape = _SHAPES[_number(place) // 360 % len(_SHAPES)]
    initials = "".join(word[0] for word in re.findall(r"[A-Za-z]+", place.name)[:2]).upper()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64" role="img">'
        f"<title>{escape(place.name)}</title>"
        f'<g fill="hsl({hue(place)} 55% 32%)">{shape}</g>'
        f'<text x="32" y="41" text-anchor="middle" font-family="sans-serif" font-size="25" font-weight="700" '
        f'fill="#fff">{escape(initials)}</text></svg>'
    )


async def serve(request: Request) -> Response:
    """GET: one logo."""
    place = state_of(request).world.directory.get(request.path_params["system_id"])
    if place is None:
        raise gateway_failure("Not Found", 404)
    return Response(logo(place), media_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"})


def _number(place: Place) -> int:
    brand = place.name.partition(" - ")[0]
    return int.from_bytes(hashlib.sha256(brand.encode()).digest()[:4], "big")


routes = [Route("/logos/{system_id:int}.svg", serve, methods=["GET"])]
