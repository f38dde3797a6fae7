"""What may be sent to 1up at all: two doors, one with a patient's token, one with our own credentials.

The second door can name one user by number and nothing else, so the word `client`, which would ask for
everybody's data at once (docs/oneup.md §2.2), cannot leave the house even if somebody writes it.
"""

import re

from connect.http import Door, Rule
from connect.oneup.settings import OneUpSettings

KEY = r"[A-Za-z0-9_-]{1,64}"  # a system id
FHIR_ID = r"(?!\.{1,2}(?:/|$))[A-Za-z0-9.-]{1,64}"  # never a step up the path
FHIR_TYPE = r"[A-Z][A-Za-z]{1,63}"
VERSION = r"(?:dstu2|stu3|r4)"
USER_ID = r"[0-9]{1,20}"
ZIP = r"[0-9]{5}(?:-[0-9]{4})?"
_BEARER = re.compile(r"Bearer [!-~]{1,8192}")


def user_door(settings: OneUpSettings) -> Door:
    """Calls made with one patient's access token."""
    bearer = {"authorization": _BEARER}
    hop = bearer | {"x-client-id": _only(settings.client_id)}
    fhir = re.escape(settings.fhir_prefix) + f"/{VERSION}"
    api, search = settings.api, settings.search
    return Door(
        (
            Rule("search_places", settings.search_method, search, re.compile("/api/search"), bearer),
            Rule("places_near", "GET", search, re.compile(f"/api/systems/{ZIP}"), bearer),
            Rule("depart", "GET", search, re.compile(f"/api/clinical/{KEY}"), hop),
            Rule("patients", "GET", api, re.compile(f"{fhir}/Patient"), bearer),
            Rule("everything", "GET", api, re.compile(rf"{fhir}/Patient/{FHIR_ID}/\$everything"), bearer),
            Rule("read", "GET", api, re.compile(f"{fhir}/{FHIR_TYPE}/{FHIR_ID}"), bearer),
        )
    )


def app_door(settings: OneUpSettings) -> Door:
    """Calls made with our own client id and secret."""
    ours = {"client_id": _only(settings.client_id), "client_secret": _only(settings.client_secret)}
    about_one = ours | {"x-oneup-user-id": re.compile(USER_ID)}
    token = re.compile(re.escape(settings.token_path))
    users = "/user-management/v1/user"
    audit = re.escape(settings.fhir_prefix) + "/r4/AuditEvent"
    return Door(
        (
            Rule("create_account", "POST", settings.api, re.compile(users), ours),
            Rule("new_code", "POST", settings.api, re.compile(f"{users}/auth-code"), ours),
            Rule("redeem", "POST", settings.auth, token, {}),
            Rule("refresh", "POST", settings.auth, token, {}),
            Rule("events", "GET", settings.api, re.compile(audit), about_one),
        )
    )


def _only(value: str) -> re.Pattern[str]:
    return re.compile(re.escape(value))
