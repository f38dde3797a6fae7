"""Users, codes and tokens: rows 1 to 6 of the contract. Of a code or token only that it came is said."""

from connect.management.oneup.verb import Desk, Given, Row, Told, Unknown, Verb

_CODE_LIVES = 7200  # seconds, as 1up's papers have it: no reply says so (docs/oneup.md §2.5)
_COLUMNS = ("oneup_user_id", "app_user_id", "active")


def _user_row(row: Row) -> Row:
    return {name: row.get(name, row.get("oneUpUserId", "")) for name in _COLUMNS}


def _users(desk: Desk, given: Given) -> Told:
    named = {"app_user_id": given["name"]} if given["name"] else {}
    return Told([_user_row(row) for row in desk.oneup.users(**named)])


def _user(desk: Desk, given: Given) -> Told:
    name = "oneup_user_id" if given["user"].isdecimal() else "app_user_id"
    rows = [_user_row(row) for row in desk.oneup.users(**{name: given["user"]})]
    if not rows:
        raise Unknown("1up has no user of that name.")
    return Told(rows)


def _create(desk: Desk, given: Given) -> Told:
    number, code = desk.oneup.create_user(given["app_user_id"])
    desk.secrets.add(code)
    row = {"oneup_user_id": number, "app_user_id": given["app_user_id"], **_code_row()}
    return Told([row], "The user was made.")


def _rename(desk: Desk, given: Given) -> Told:
    number = desk.number(given["user"])
    desk.oneup.change_user(number, app_user_id=given["app_user_id"])
    return Told([{"oneup_user_id": number, "app_user_id": given["app_user_id"]}], "The user was renamed.")


def _activate(desk: Desk, given: Given) -> Told:
    return _switch(desk, given, "true")


def _deactivate(desk: Desk, given: Given) -> Told:
    return _switch(desk, given, "false")


def _switch(desk: Desk, given: Given, active: str) -> Told:
    user = given["user"]
    named = {"oneup_user_id": user} if user.isdecimal() else {"app_user_id": user}
    found = desk.oneup.users(**named)
    if len(found) != 1:
        raise Unknown("1up has no user of that name.")
    number, name = str(found[0].get("oneup_user_id", "")), str(found[0].get("app_user_id", ""))
    desk.oneup.change_user(number, app_user_id=name, active=active)
    said = "on" if active == "true" else "off"
    return Told([{"oneup_user_id": number, "active": active}], f"The user was switched {said}.")


def _code(desk: Desk, given: Given) -> Told:
    desk.code(given["user"])
    return Told([_code_row()], "A code was made. It is not shown, and of no use to anybody now.")


def _tokens(desk: Desk, given: Given) -> Told:
    tokens = desk.oneup.redeem(desk.code(given["user"]))
    desk.secrets |= {tokens.access, tokens.refresh} - {""}
    rows = [_token_row("code", tokens.expires_in, bool(tokens.refresh))]
    if given["refresh"] and tokens.refresh:
        tokens = desk.oneup.refresh(tokens.refresh)
        desk.secrets |= {tokens.access, tokens.refresh} - {""}
        rows.append(_token_row("refresh token", tokens.expires_in, bool(tokens.refresh)))
    return Told(rows, "Tokens were made. They are not shown, and die with this command.")


def _code_row() -> Row:
    return {"code": "came", "lives_seconds": _CODE_LIVES}


def _token_row(grant: str, lives: int, refresh: bool) -> Row:
    came = "came" if refresh else "none"
    return {"for": grant, "access_token": "came", "lives_seconds": lives, "refresh_token": came}


VERBS = (
    Verb("users", "1", "list the users of this app", _users, ("--name",)),
    Verb("user", "1", "show one user", _user, ("user",)),
    Verb("create-user", "2", "make a user", _create, ("app_user_id",)),
    Verb("rename-user", "3", "give a user another app_user_id", _rename, ("user", "app_user_id")),
    Verb("activate", "3", "switch a user on", _activate, ("user",)),
    Verb("deactivate", "3", "switch a user off", _deactivate, ("user",),
         warns="This kills the user's tokens: the portal can collect nothing for them any more."),
    Verb("code", "4", "have a one-time code made, to see that it works", _code, ("user",)),
    Verb("tokens", "5, 6", "have tokens made, to see that it works", _tokens, ("user", "--refresh")),
)  # fmt: skip
