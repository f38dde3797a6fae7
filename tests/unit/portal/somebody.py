"""Somebody at the front door over HTTP: what they type, and the mail they get."""

import re
from time import sleep, time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.http import HttpResponse
from django.test import Client

from ground.models import Mail
from portal.models import User
from tests import factories as make

PASSWORD = make.PASSWORD
NEW_PASSWORD = "seven brown hens on a wall"
_CODE = re.compile(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", re.M)


def browser(address: str = "127.0.0.1", **headers: str) -> Client:
    """A browser that has never been here."""
    return Client(REMOTE_ADDR=address, SERVER_NAME="localhost", headers=headers or None)


def sign_up(client: Client, email: str, password: str = PASSWORD, **changes: Any) -> HttpResponse:
    """Fill in the sign-up page."""
    return client.post("/accounts/signup/", {"email": email, "password1": password, "agree": "on", **changes})


def sign_in(client: Client, email: str, password: str = PASSWORD, *, onward: str = "") -> HttpResponse:
    """Fill in the sign-in page."""
    return client.post("/accounts/login/", {"login": email, "password": password, "next": onward})


def is_in(client: Client) -> bool:
    """Whether this browser is signed in."""
    return client.get("/account/", headers={"X-Quiet": "yes"}).status_code == 200


def letters(email: str) -> list[str]:
    """The words of every mail to this address, newest first."""
    return [f"{mail.subject}\n{mail.body}" for mail in Mail.objects.filter(to=email).order_by("-pk")]


def code_for(email: str) -> str:
    """The code in the newest mail to this address."""
    found = _CODE.search(letters(email)[0])
    assert found, letters(email)[0]
    return found[1]


def confirm(client: Client, email: str) -> HttpResponse:
    """Type the code from the mail."""
    return client.post("/accounts/confirm-email/", {"code": code_for(email)})


def one_time_code(secret: str, *, steps: int = 0) -> str:
    """What the authenticator app shows now, or some half minutes from now."""
    return str(format_hotp_value(hotp_value(secret, int(time()) // 30 + steps)))


def set_up_app(client: Client) -> str:
    """Set up an authenticator app; its secret. Letters go out after the commit: use a transactional test."""
    if time() % 30 > 27:
        sleep(3.1)  # a code made in one half minute and read in the next is refused, and rightly
    page = client.get("/accounts/2fa/totp/activate/")
    secret: str = page.context["form"].secret
    answer = client.post("/accounts/2fa/totp/activate/", {"code": one_time_code(secret)})
    assert answer.status_code == 302, answer.content.decode()
    return secret


def member(email: str = "rosa@example.org", **extra: Any) -> tuple[User, Client]:
    """A user, and a browser in which they signed in with their password just now."""
    user = make.user(email, **extra)
    client = browser()
    assert sign_in(client, email).status_code == 302
    return user, client
