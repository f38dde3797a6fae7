"""The words that `make demo` ends its start with: where to look, who to be, what to click."""

import json
from collections.abc import Mapping, Sequence

from portal.local.environment import Wishes
from portal.local.trouble import CannotStart

Accounts = Sequence[Mapping[str, str]]
_LINE = "-" * 72
#: Place, name and password. A test asks the sandbox whether they are right; we do not import it.
HOSPITALS = (
    ("Harbor Teaching Hospital (demo)", "rosa", "rosa-demo"),
    ("Prairie Clinics (demo)", "rosa", "rosa-demo"),
    ("Harbor Teaching Hospital (demo)", "mateo", "mateo-demo"),
)


def read_accounts(printed: str) -> Accounts:
    """What `manage.py seed_demo` printed: a JSON list of accounts. Raises CannotStart."""
    try:
        found: Accounts = json.loads(printed)
    except ValueError:
        raise CannotStart("manage.py seed_demo printed no accounts.") from None
    return found


def lines(asked: Wishes, found: Accounts) -> list[str]:
    """The whole welcome, line by line."""
    base = f"http://localhost:{asked.port}"
    return [
        _LINE,
        f"Tributary runs at   {base}/",
        f"Its mail is at      {base}/demo/mail/",
        f"The sandbox is at   http://127.0.0.1:{asked.sandbox_port}/",
        "",
        *accounts(found),
        "",
        "The pretend hospitals, as search finds them, and who can sign in there:",
        *(f"  {place:<34} {name:<8} {password}" for place, name, password in HOSPITALS),
        "  Each hospital's own sign-in page lists everybody it knows. All are invented.",
        "",
        "What to click: sign in as the patient, add a place, search for a hospital, sign in there, choose",
        "Allow, and watch the records arrive. Rosa looks after her child Mateo: the menu says whose records",
        "are shown, and changes it. `make accounts` prints the one-time codes anew.",
        "To share: as the patient choose “Who sees my records” and type the clinic’s code KTM-472. Then, in",
        "another browser, sign in as the clinic, accept, say why you look, and read.",
        "Ctrl-C stops everything and keeps the data; `make demo RESET=1` starts clean.",
        _LINE,
    ]


def accounts(found: Accounts) -> list[str]:
    """The demo's accounts, each with its password and, where one is needed, the one-time code of now."""
    return ["Who you can be:", *(_account(each) for each in found)]


def _account(account: Mapping[str, str]) -> str:
    code = f"   one-time code now: {account['code']}" if account.get("code") else ""
    return f"  {account['role']:<10} {account['email']:<23} {account['password']}{code}"
