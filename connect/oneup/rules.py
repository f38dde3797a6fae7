"""What may be sent to 1up at all: a door for a patient's token, one for our own credentials, one to delete.

The second can name one user by number and nothing else, so the word `client`, which would ask for
everybody's data at once (docs/oneup.md §2.2), cannot leave the house even if somebody writes it. Neither of
the first two knows DELETE, so the ordinary client cannot delete whatever a reply talked it into.
"""

import re

from connect.allowed import Rule
from connect.http import Door
from connect.oneup.settings import OneUpSettings

KEY = r"[A-Za-z0-9_-]{1,64}"  # a system id
FHIR_ID = r"(?!\.{1,2}(?:/|$))[A-Za-z0-9.-]{1,64}"  # never a step up the path
FHIR_TYPE = r"[A-Z][A-Za-z]{1,63}"
VERSION = r"(?:dstu2|stu3|r4)"
USER_ID = r"[0-9]{1,20}"
ZIP = r"[0-9]{5}(?:-[0-9]{4})?"
_OPAQUE = r"[A-Za-z0-9._~=-]{1,4096}"
EXPORT_JOB = rf"(?:/Group/{FHIR_ID})?/\$export/job/(?!\.{{1,2}}(?:/|$)){_OPAQUE}"
EXPORT_FILE = rf"(?:/Group/{FHIR_ID})?/\$export/(?:file|{FHIR_TYPE})/{_OPAQUE}\.ndjson(?:\?[^#]{{0,2048}})?"
BEARER = re.compile(r"Bearer [!-~]{1,8192}")
_ONE, _IN = rf'"oneup_user_id":"{USER_ID}"', rf'"fhir_version":"{VERSION}"'
_ABOUT_ONE = re.compile(rf"\{{{_ONE},{_IN}\}}".encode())
_ABOUT_A_PLACE = re.compile(rf'\{{{_ONE},"system_id":"{KEY}",{_IN}\}}'.encode())
_SWITCHED_OFF = re.compile(rf"oneup_user_id={USER_ID}&app_user_id=[^&]{{1,200}}&active=false".encode())
_NOTHING = re.compile(b"")


def with_token(access: str) -> dict[str, str]:
    """The header of a call with a patient's access token; `BEARER` is what may stand in it."""
    return {"Authorization": f"Bearer {access}"}


def user_door(settings: OneUpSettings) -> Door:
    """Calls made with one patient's access token."""
    bearer = {"authorization": BEARER}
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
    ours = {name: _only(value) for name, value in settings.credentials.items()}
    about_one = ours | {"x-oneup-user-id": re.compile(USER_ID)}
    token = re.compile(re.escape(settings.token_path))
    users = "/user-management/v1/user"
    audit = re.escape(settings.fhir_prefix) + "/r4/AuditEvent"
    ingest = re.escape(settings.ingest_path)
    return Door(
        (
            Rule("create_account", "POST", settings.api, re.compile(users), ours),
            Rule("new_code", "POST", settings.api, re.compile(f"{users}/auth-code"), ours),
            Rule("redeem", "POST", settings.auth, token, {}),
            Rule("refresh", "POST", settings.auth, token, {}),
            Rule("events", "GET", settings.api, re.compile(audit), about_one),
            Rule("ingest", "POST", settings.api, re.compile(ingest), ours, _ABOUT_A_PLACE),
            Rule(
                "source_access", "GET", settings.api, re.compile(f"{ingest}/token-status"), ours, _ABOUT_ONE
            ),
            Rule(
                "revoke",
                "POST",
                settings.api,
                re.compile(f"{ingest}/revoke-data-access"),
                ours,
                _ABOUT_A_PLACE,
            ),
        )
    )


def eraser_door(settings: OneUpSettings) -> Door:
    """Calls that delete: one Patient's chart, one user's store of one version; and to switch one user off."""
    bearer = {"authorization": BEARER}
    ours = {name: _only(value) for name, value in settings.credentials.items()}
    fhir, api = re.escape(settings.fhir_prefix) + f"/{VERSION}", settings.api
    chart = re.compile(rf"{fhir}/Patient/{FHIR_ID}/\$everything")
    user = re.compile("/user-management/v1/user")
    return Door(
        (
            Rule("erase_patient", "DELETE", api, chart, bearer, _NOTHING),
            Rule("purge", "DELETE", api, re.compile(f"{fhir}/purge"), bearer, _NOTHING),
            Rule("close_account", "PUT", api, user, ours, _SWITCHED_OFF),
        )
    )


def exporter_door(settings: OneUpSettings) -> Door:
    """Bulk export of one user, by that user's token."""
    return Door(_exports(settings.analytics, f"/bulk-data/{VERSION}", {"authorization": BEARER}))


def population_door(settings: OneUpSettings) -> Door:
    """Bulk export of everybody: the one door that lets the word `client` out; and the gateway for it."""
    ours = {name: _only(value) for name, value in settings.credentials.items()}
    everybody = ours | {"x-oneup-user-id": re.compile("client")}
    gateway = rf"/v1/{re.escape(settings.customer)}/bulk-export/bulk-data/r4"
    realm = re.compile(rf"/auth/realms/{re.escape(settings.customer)}/protocol/openid-connect/token")
    rules: list[Rule] = []
    if settings.analytics:
        rules += _exports(settings.analytics, "/bulk-data/r4", everybody)
    if settings.bulk:
        rules.append(Rule("realm_token", "POST", settings.bulk, realm, {}))
        rules += _exports(settings.bulk, gateway, {"authorization": BEARER})
    return Door(rules)


def sharer_door(settings: OneUpSettings) -> Door:
    """Calls that let another user see a Patient, and take it back."""
    path = re.compile(rf"{re.escape(settings.fhir_prefix)}/{VERSION}/Patient/{FHIR_ID}/_permission/{USER_ID}")
    bearer = {"authorization": BEARER}
    return Door(
        Rule(call, method, settings.api, path, bearer, _NOTHING)
        for call, method in (("permit", "PUT"), ("withdraw", "DELETE"))
    )


def _exports(base: str, folder: str, headers: dict[str, re.Pattern[str]]) -> list[Rule]:
    part = headers | {"range": re.compile("bytes=[0-9]{1,15}-")}
    start = re.compile(rf"{folder}(?:/Group/{FHIR_ID})?/\$export")
    return [
        Rule("export", "GET", base, start, headers),
        Rule("export_status", "GET", base, re.compile(folder + EXPORT_JOB), headers),
        Rule("export_file", "GET", base, re.compile(folder + EXPORT_FILE), part),
    ]


def _only(value: str) -> re.Pattern[str]:
    return re.compile(re.escape(value))
