"""`manage.py oneup` reaches every documented call, says what came, and never prints a secret."""

import json
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError
from django.test import override_settings

from connect import gateways
from connect.management.commands.oneup import VERBS
from connect.management.oneup import printing, verb
from connect.management.oneup.verb import Told
from connect.models import Pacing
from connect.oneup import OneUpOperator
from tests.sandbox_process import OTHER_CLIENT_ID, OTHER_CLIENT_SECRET, Member, Sandbox
from tests.unit.connect.linked.people import pointed_at

NOTE = {"resourceType": "Observation", "status": "final", "code": {"text": "said"}, "valueString": "fine"}
Ask = Callable[..., str]


@pytest.fixture
def oneup(process: Sandbox, db: None) -> Iterator[Sandbox]:
    """The sandbox, emptied, and the command pointed at it."""
    process.reset()
    process.heal()
    cache.clear()
    with override_settings(ONEUP=pointed_at(process, population="gateway")):
        yield process


@pytest.fixture
def rosa(oneup: Sandbox) -> Member:
    member = oneup.member()
    oneup.connect(member, person="Rosa")
    return member


def ask(*words: str) -> str:
    said = StringIO()
    call_command("oneup", *words, stdout=said, stderr=said)
    return said.getvalue()


def rows(*words: str) -> Any:
    return json.loads(ask(*words, "--json"))


def refusal(*words: str) -> str:
    with pytest.raises(CommandError) as caught:
        ask(*words)
    assert caught.value.returncode == 1
    assert "\n" not in str(caught.value)
    return str(caught.value)


def reached(sandbox: Sandbox, after: int) -> list[str]:
    return [f"{row['method']} {row['path']}" for row in sandbox.ledger(after)]


def patient_of(sandbox: Sandbox, member: Member) -> str:
    return str(sandbox.user(member.id)["connections"][0]["patients"][0])


LEGACY = "/api/connect/system/clinical/4706"  # as 1up's older papers want it
BULK = "/gateway/v1/demo-app/bulk-export/bulk-data/r4"
USERS, ODI = "/api/user-management/v1/user", "/api/on-demand-ingest"
#: verb, what follows it (U: the user, P: the Patient, F: a file), the call it must make, what it must say
CALLS = [
    ("users", "", f"GET {USERS}", "patient-1"),
    ("users", "--name patient-1", f"GET {USERS}", "patient-1"),
    ("user", "U", f"GET {USERS}", "True"),
    ("create-user", "another", f"POST {USERS}", "7200"),
    ("rename-user", "U newname", f"PUT {USERS}", "newname"),
    ("activate", "U", f"PUT {USERS}", "switched on"),
    ("deactivate", "U --yes", f"PUT {USERS}", "switched off"),
    ("code", "U", f"POST {USERS}/auth-code", "came"),
    ("tokens", "U", "POST /auth/oauth2/token", "7200"),
    ("tokens", "patient-1 --refresh", "POST /auth/oauth2/token", "refresh token"),
    ("places", "U Harbor Teaching", "POST /search/api/search", "4706"),
    ("places", "U --kind HealthSystem", "POST /search/api/search", "There are more: --offset 20."),
    ("places-near", "U 04101", "GET /search/api/systems/04101", "12 Pier Rd"),
    ("all-places", "U --offset 20", "GET /search/api/all-systems", "--offset 40"),
    ("clinical-list", "Harbor", "POST /api/connect/system/clinical", "4706"),
    ("hop", "U 4706", "GET /search/api/clinical/4706", "127.0.0.1"),
    ("hop", "U 4706 --legacy", "GET /api/connect/system/clinical/4706", "127.0.0.1"),
    ("search", "U Observation --count 3", "GET /api/r4/Observation", "3 here of"),
    ("search", "patient-1 Patient --fhir-version dstu2", "GET /api/dstu2/Patient", "0 here of 0"),
    ("read", "U Patient P", "GET /api/r4/Patient/{P}", '"Delgado"'),
    ("create", "U F", "POST /api/r4/Observation", "was kept"),
    (
        "everything",
        "U P --types Condition --since 2001-01-01",
        "GET /api/r4/Patient/{P}/$everything",
        "Condition",
    ),
    ("delete", "U P --yes", "DELETE /api/r4/Patient/{P}/$everything", "was deleted"),
    ("purge", "U --yes", "DELETE /api/r4/purge", "was deleted"),
    ("ingest", "U 4706", f"POST {ODI}", "asks the place"),
    ("token-status", "U", f"GET {ODI}/token-status", "active"),
    ("revoke", "U 4706 --yes", f"POST {ODI}/revoke-data-access", "taken back"),
    ("events", "U", "GET /api/r4/AuditEvent", "data-transfer-initiated"),
    ("export", "U --types Condition", "GET /analytics/bulk-data/r4/$export", "Condition"),
    ("export-all", "--types Patient", f"GET {BULK}/$export", "1 resources of everybody."),
    ("export-all", "--as U", f"GET {BULK}/$export", "resources of everybody."),
    ("permit", "U P U --yes", "PUT /api/r4/Patient/{P}/_permission/{U}", "sees this Patient now"),
    ("withdraw", "U P U", "DELETE /api/r4/Patient/{P}/_permission/{U}", "not see this Patient"),
]


def test_every_verb_is_among_the_calls_below() -> None:
    assert {name for name, *_ in CALLS} == set(VERBS)
    reached_rows = {int(row) for each in VERBS.values() for row in each.row.split(", ")}
    assert reached_rows == {*range(1, 13), *range(15, 27)}
    described = (Path(__file__).parents[4] / "docs/operator.md").read_text()
    assert [name for name in VERBS if f"`{name}" not in described] == []


@pytest.mark.parametrize(("name", "words", "call", "said"), CALLS)
def test_each_call_is_reached_and_says_what_came(
    oneup: Sandbox, rosa: Member, tmp_path: Path, monkeypatch, name: str, words: str, call: str, said: str
) -> None:
    file, patient = tmp_path / "note.json", patient_of(oneup, rosa)
    file.write_text(json.dumps(NOTE))
    secrets = watched(monkeypatch)
    stands_for = {"U": str(rosa.id), "P": patient, "F": str(file)}
    given = [stands_for.get(word, word) for word in words.split()]
    before = len(oneup.ledger())
    printed = ask(name, *given)
    assert call.format(P=patient, U=rosa.id) in reached(oneup, before)
    assert said in printed
    oneup.switch(ingest_cooldown=0)
    printed += once_more_as_json(name, given)
    assert secrets
    assert [secret for secret in secrets if secret in printed] == []
    assert {row["acting_for"] for row in oneup.ledger()} <= {"", "token", "user"}
    assert {row["path"] for row in oneup.ledger() if row["token_in_url"]} <= {LEGACY}
    assert "authorize" not in printed


def once_more_as_json(name: str, given: list[str]) -> str:
    """The same call again, as JSON; it may be refused now, in one line."""
    try:
        found = ask(name, *given, "--json")
    except CommandError as refused:
        return str(refused)
    json.loads(found)
    return found


def watched(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Every secret that the client meets from now on."""
    met = {"demo-secret"}

    def watch(name: str) -> None:
        real = getattr(OneUpOperator, name)

        def kept(self: OneUpOperator, *given: Any, **named: Any) -> Any:
            found = real(self, *given, **named)
            met.update(found[1:] if isinstance(found, tuple) else (found.access, found.refresh))
            return found

        monkeypatch.setattr(OneUpOperator, name, kept)

    for name in ("create_user", "new_code", "redeem", "refresh"):
        watch(name)
    return met


def test_secrets_are_hidden_even_where_1up_says_them_back(oneup: Sandbox, rosa: Member, monkeypatch) -> None:
    secrets = watched(monkeypatch)
    told = Told([{"name": "demo-secret \x1b[2J"}])
    monkeypatch.setitem(VERBS, "users", verb.Verb("users", "1", "x", lambda desk, given: told, ("--name",)))
    printed = ask("users")
    assert not [each for each in secrets if each in printed]
    assert "[hidden] \\u001b[2J" in printed


def test_health_data_is_printed_by_the_verbs_that_ask_for_fhir_only(oneup: Sandbox, rosa: Member) -> None:
    for words in (["user"], ["tokens"], ["token-status"], ["events"], ["ingest"]):
        more = ["4706"] if words == ["ingest"] else []
        assert "Delgado" not in ask(*words, str(rosa.id), *more)
    assert "Delgado" not in ask("search", str(rosa.id), "Patient")
    assert "Delgado" in ask("search", str(rosa.id), "Patient", "--json")


def test_every_parameter_of_a_search_reaches_1up(oneup: Sandbox, rosa: Member) -> None:
    words = "--count 5 --skip 2 --content glucose --code http://loinc.org|4548-4"
    more = "--include Observation:patient --revinclude Provenance:target --with _lastUpdated=ge2001-01-01"
    ask("search", str(rosa.id), "Observation", *words.split(), *more.split())
    query = oneup.ledger()[-1]["query"]
    assert query == {
        "_content": "glucose",
        "code": "...",
        "_include": "Observation:patient",
        "_revinclude": "Provenance:target",
        "_lastUpdated": "ge2001-01-01",
        "_count": "5",
        "_skip": "2",
    }


def test_what_is_created_is_there_and_what_is_deleted_is_gone(oneup: Sandbox, rosa: Member, tmp_path) -> None:
    file, before = tmp_path / "note.json", len(oneup.truth(rosa.id))
    file.write_text('{"resourceType": "Observation", "status": "final", "valueQuantity": {"value": 7.00}}')
    made = ask("create", str(rosa.id), str(file), "--json")
    assert '"value":7.00' in made
    assert len(oneup.truth(rosa.id)) == before + 1
    ask("purge", "patient-1", "--yes")
    assert oneup.truth(rosa.id) == []


def test_a_read_is_the_very_bytes_of_1up(oneup: Sandbox, rosa: Member) -> None:
    patient = patient_of(oneup, rosa)
    url = f"{oneup.api}/r4/Patient/{patient}"
    assert (
        ask("read", str(rosa.id), "Patient", patient).strip() == oneup.http.get(url, headers=rosa.bearer).text
    )


@pytest.mark.parametrize("name", [each.name for each in VERBS.values() if each.warns])
def test_what_cannot_be_undone_asks_first(oneup: Sandbox, rosa: Member, name: str) -> None:
    before, truth = len(oneup.ledger()), oneup.truth(rosa.id)
    more = {"delete": [patient_of(oneup, rosa)], "revoke": ["4706"], "permit": ["p", "7"]}.get(name, [])
    assert refusal(name, str(rosa.id), *more).endswith("Say --yes if you mean it.")
    assert (len(oneup.ledger()), oneup.truth(rosa.id)) == (before, truth)


def broken(*given: Any, **named: Any) -> float:
    raise OperationalError("connection to postgres://somebody:password@host failed")


def test_every_trouble_is_one_plain_line(oneup: Sandbox, rosa: Member, tmp_path, monkeypatch) -> None:
    number, nothing = str(rosa.id), tmp_path / "nothing.json"
    nothing.write_text("[]")
    assert refusal("create-user", "patient-1").startswith("There is a user of that name already.")
    assert refusal("user", "nobody") == refusal("purge", "nobody", "--yes") == "1up has no user of that name."
    assert refusal("read", number, "Patient", "0") == "1up does not know it, or it was deleted. (404)"
    assert refusal("search", number, "Patient", "--with", "odd=1") == "1up refused what was asked. (400)"
    assert refusal("search", number, "Patient", "--with", "odd") == "--with is written NAME=VALUE."
    assert (
        refusal("read", number, "Patient", "../x")
        == "1up has nothing at such a name: check how it is written."
    )
    assert refusal("ingest", number, "4707") == "This user never connected this place in this version. (400)"
    assert refusal("ingest", number, "nowhere!") == "1up does not know this place."
    assert refusal("create", number, str(tmp_path / "absent")) == "That file cannot be read."
    assert refusal("create", number, str(nothing)).startswith("That file does not hold one FHIR resource")
    ask("ingest", number, "4706")
    assert refusal("ingest", number, "4706").startswith("1up is busy or did not answer. Try again in ")
    oneup.fault(status=503)
    assert refusal("users") == "1up is busy or did not answer. Try again later. (503)"
    monkeypatch.setattr("connect.pacing.take", broken)
    assert refusal("users") == "The database, where calls are counted, cannot be asked: is it up?"
    monkeypatch.undo()
    oneup.fault(garbage="noise")
    assert refusal("users") == "1up's answer could not be read. (200)"
    oneup.fault(garbage="html")
    assert refusal("users").startswith("1up did not accept our credentials or token")


@pytest.mark.parametrize(
    "body", ["[1]", "null", "7", '{"entry": 7}', '{"entry": [7, {"resource": 7}]}', "{}", '[{"id": 7}]']
)
def test_nothing_that_1up_says_is_a_crash(oneup: Sandbox, body: str) -> None:
    oneup.fault(times=None, status=200, body=body)
    for words in ("users", "user 7", "code 7", "clinical-list", "search 7 Patient", "read 7 Patient 7",
                  "everything 7 7", "ingest 7 7", "token-status 7", "events 7", "purge 7 --yes"):  # fmt: skip
        try:
            ask(*words.split())
            ask(*words.split(), "--json")
        except CommandError as trouble:
            assert "\n" not in str(trouble)
    oneup.heal()


@pytest.mark.parametrize("location", ["", "http://[", "/login", "//", "javascript:alert(1)"])
def test_a_hop_to_nowhere_is_said_to_be_unreadable(oneup: Sandbox, rosa: Member, location: str) -> None:
    oneup.fault(route="*/connect/*", status=302, headers={"Location": location} if location else {})
    assert refusal("hop", str(rosa.id), "4706", "--legacy") == "1up's answer could not be read. (302)"


def test_a_user_of_another_app_is_out_of_reach(oneup: Sandbox) -> None:
    theirs = oneup.http.post(
        f"{oneup.api}/user-management/v1/user",
        headers={"client_id": OTHER_CLIENT_ID, "client_secret": OTHER_CLIENT_SECRET},
        data={"app_user_id": "theirs"},
    ).json()["oneup_user_id"]
    assert refusal("search", str(theirs), "Patient") == "1up refused what was asked. (403)"
    assert refusal("ingest", str(theirs), "4706") == "This user belongs to another app. (403)"


def test_each_call_is_counted_and_a_used_up_budget_asks_nobody(
    process: Sandbox, oneup: Sandbox, rosa: Member
) -> None:
    ask("places", str(rosa.id), "Harbor")
    spent = {row.credential: sum(row.slots) for row in Pacing.objects.all()}
    assert spent == {"oneup:all": 3, "oneup:users": 1}
    with override_settings(ONEUP=pointed_at(process, requests_per_minute=3)):
        before = len(oneup.ledger())
        assert refusal("users").startswith("Our own budget of calls is used up; nothing was asked.")
        assert len(oneup.ledger()) == before


def test_a_429_makes_everybody_slow_down(oneup: Sandbox) -> None:
    oneup.fault(status=429, headers={"Retry-After": "7"})
    assert refusal("users") == "1up is busy or did not answer. Try again in 7 seconds. (429)"
    assert refusal("users").startswith("Our own budget")
    assert Pacing.objects.get(pk="oneup:users").percent == 50


def test_a_place_that_was_just_asked_slows_nobody_else_down(oneup: Sandbox, rosa: Member) -> None:
    ask("ingest", str(rosa.id), "4706")
    assert refusal("ingest", str(rosa.id), "4706").endswith("(429)")
    assert {row.percent for row in Pacing.objects.all()} == {100}
    assert "patient-1" in ask("users")


def test_the_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("oneup", "--help")
    said = capsys.readouterr().out
    assert "Codes, tokens and secrets are never printed" in said
    assert all(f"    {each.name} " in said and each.help in said for each in VERBS.values())
    for name in VERBS:
        with pytest.raises(SystemExit):
            call_command("oneup", name, "--help")
        assert VERBS[name].help.capitalize() in capsys.readouterr().out


def test_the_word_for_everybody_cannot_be_said(oneup: Sandbox, rosa: Member) -> None:
    client = gateways.operator()
    headers = client._ours("client")
    with pytest.raises(Exception, match="not on the list"):
        client._send("read", "GET", "api", "/r4/Patient/1", headers=headers)
    assert refusal("search", "client", "Patient") == "1up has no user of that name."


def test_everybodys_records_are_asked_for_by_its_own_object_and_only_where_a_setting_says_so(
    oneup: Sandbox, rosa: Member
) -> None:
    for form, count in (("client", 1), ("gateway", 1)):
        with override_settings(ONEUP=pointed_at(oneup, population=form)):
            assert f"{count} resources of everybody." in ask("export-all", "--types", "Patient")
    before = len(oneup.ledger())
    with override_settings(ONEUP=pointed_at(oneup, population="")):
        assert refusal("export-all") == "Everybody's records are not asked for here: ONEUP_POPULATION is off."
    assert len(oneup.ledger()) == before


def test_an_export_that_takes_its_time_is_waited_for(oneup: Sandbox, rosa: Member, monkeypatch) -> None:
    oneup.switch(export="later", export_seconds=3)
    monkeypatch.setattr("connect.management.oneup.sharing.time.sleep", oneup.clock)
    wanted = [row["id"] for row in oneup.truth(rosa.id) if row["type"] == "Condition"]
    found = rows("export", str(rosa.id), "--types", "Condition")
    assert sorted(each["id"] for each in found) == sorted(wanted)


def test_a_table_is_cut_where_a_value_is_too_long() -> None:
    [head, line] = printing.table([{"a": "x" * 80, "b": 1}])
    assert (head.split(), line.split()) == (["a", "b"], [f"{'x' * 59}…", "1"])
