"""What each child of the demo is told, and what a person is told who asked for something impossible."""

import base64
import socket
from pathlib import Path

import pytest

from portal import demo
from portal.local import environment, ports, welcome
from portal.local.trouble import CannotStart
from sandbox.directory import build
from sandbox.patients import logins

KEPT = {"SECRET_KEY": "s", "FIELD_KEYS": "local:k", "ONEUP_CLIENT_SECRET": "c"}


def product(**given: str) -> dict[str, str]:
    return environment.product(given, KEPT, environment.wishes(given), Path("/home"))


def sandbox(**given: str) -> dict[str, str]:
    return environment.sandbox(given, KEPT, environment.wishes(given), Path("/home"))


def test_ports_follow_the_wish_in_every_address():
    told = product(PORT="8080", SANDBOX_PORT="8081")
    assert told["SITE_URL"] == "http://localhost:8080"
    assert told["ONEUP_API_URL"] == "http://127.0.0.1:8081/api"
    assert sandbox(PORT="8080")["SANDBOX_CALLBACK"].startswith("http://localhost:8080/")


def test_portal_and_sandbox_are_two_sites_with_one_secret_between_them():
    assert "localhost" in product()["SITE_URL"]
    assert "localhost" not in product()["ONEUP_AUTH_URL"]
    assert product()["ONEUP_CLIENT_SECRET"] == sandbox()["SANDBOX_CLIENT_SECRET"]


def test_a_persons_own_setting_wins():
    assert product(SITE_URL="https://me.example")["SITE_URL"] == "https://me.example"
    assert product(SITE_URL="")["SITE_URL"] == "http://localhost:8000"


def test_somebody_with_an_account_at_1up_uses_that():
    told = product(ONEUP_CLIENT_ID="real", ONEUP_CLIENT_SECRET="theirs")
    assert told["ONEUP_CLIENT_ID"] == "real"
    assert "ONEUP_API_URL" not in told


def test_the_sandbox_is_told_nothing_of_the_product():
    told = sandbox(
        SECRET_KEY="a", FIELD_KEYS="b", DATABASE_URL="c", DATABASE_OWNER_URL="d", REDIS_URL="e", PATH="/bin"
    )
    assert told["PATH"] == "/bin"
    assert not {"SECRET_KEY", "FIELD_KEYS", "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"} & told.keys()


def test_the_owners_address_is_not_for_web_and_worker():
    told = product(DATABASE_URL="postgresql://a", DATABASE_OWNER_URL="postgresql://b")
    assert "DATABASE_OWNER_URL" not in told


def test_settings_of_a_shell_do_not_lean_on_the_database():
    assert "PGHOST" not in product(PGHOST="elsewhere")


@pytest.mark.parametrize("given", [{"DATABASE_URL": "x"}, {"DATABASE_OWNER_URL": "x"}])
def test_one_database_address_without_the_other_is_not_enough(given):
    missing = ({"DATABASE_URL", "DATABASE_OWNER_URL"} - given.keys()).pop()
    with pytest.raises(CannotStart, match=f"but {missing} is not"):
        environment.wishes(given)


@pytest.mark.parametrize("word", ["http", "0", "65536", "-1"])
def test_a_port_is_a_number(word):
    with pytest.raises(CannotStart, match="SANDBOX_PORT must be a number"):
        environment.wishes({"SANDBOX_PORT": word})


def test_two_programs_cannot_have_one_port():
    with pytest.raises(CannotStart, match="both 9000"):
        environment.wishes({"PORT": "9000", "SANDBOX_PORT": "9000"})


def test_a_corpus_must_be_there(tmp_path):
    assert environment.wishes({"CORPUS": str(tmp_path)}).corpus == tmp_path
    with pytest.raises(CannotStart, match="no such folder"):
        environment.wishes({"CORPUS": str(tmp_path / "none")})


def test_somebody_elses_database_is_never_reset():
    with pytest.raises(CannotStart, match="does not touch"):
        environment.wishes({"RESET": "1", "DATABASE_URL": "x", "DATABASE_OWNER_URL": "y"})
    assert environment.wishes({"RESET": "1"}).is_reset
    assert not environment.wishes({"RESET": "0"}).is_reset


def test_secrets_are_made_once_and_are_their_owners_alone(tmp_path):
    first = environment.kept_secrets(tmp_path)
    assert first == environment.kept_secrets(tmp_path)
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert len(first["SECRET_KEY"]) >= 50
    assert len(base64.b64decode(first["FIELD_KEYS"].partition(":")[2])) == 32


def test_a_taken_port_is_named_with_the_setting_that_moves_it():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=rf"Port {port}, for the portal, is taken.*make demo PORT=\d+"):
            ports.demand(port, setting="PORT", what="the portal")
    ports.demand(port, setting="PORT", what="the portal")


def test_a_port_taken_under_the_newer_address_is_taken():
    try:
        taken = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with taken, pytest.raises(CannotStart, match="is taken"):
        ports.demand(taken.getsockname()[1], setting="PORT", what="the portal")


def test_nothing_answers_where_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert not ports.answers(port, "/")


def test_the_welcome_says_where_who_and_what_to_click():
    seeded = [
        {"role": "patient", "email": "rosa@example.org", "password": "rosa-password", "code": ""},
        {"role": "admin", "email": "admin@example.org", "password": "x", "code": "123456"},
    ]
    said = "\n".join(welcome.lines(environment.wishes({"PORT": "8080"}), seeded))
    for word in (
        "http://localhost:8080/",
        "rosa@example.org",
        "123456",
        "Harbor Teaching Hospital",
        "mateo-demo",
        "/demo/mail/",
        demo.SHARE_CODE,
    ):
        assert word in said
    assert said.count("one-time code now") == 1


def test_the_hospitals_and_sign_ins_of_the_welcome_are_the_sandboxs_own():
    people = logins()
    places = build(200, 1, people)
    known = {(places.get(each.system_id).name, each.username, each.password) for each in people}
    assert set(welcome.HOSPITALS) <= known


def test_accounts_that_cannot_be_read_are_a_sentence():
    with pytest.raises(CannotStart, match="printed no accounts"):
        welcome.read_accounts("nothing")
