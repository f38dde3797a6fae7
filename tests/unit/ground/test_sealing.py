"""The seal over the log of looks: what is sealed when, and that tampering shows, and where."""

import threading
from datetime import timedelta

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction

from ground import scope, sealing
from ground.audit import looked
from ground.models import Heartbeat, Look, Seal
from ground.viewer import Viewer
from portal.watching import rounds, rules
from portal.watching.measures import Measured, measure
from tests.conftest import owner_address

MINE = Viewer("patient", (1,), user_id=1)
pytestmark = pytest.mark.django_db(transaction=True)


def look(times: int = 1) -> list[int]:
    with scope.open(MINE):
        before = set(Look.objects.filter(patient_id=1).values_list("pk", flat=True))
        for _each in range(times):
            looked(MINE, 1, "list", kinds=["conditions"])
        return sorted(set(Look.objects.filter(patient_id=1).values_list("pk", flat=True)) - before)


def sealed(times: int = 3) -> list[int]:
    """So many looks, sealed: the first time notes up to where, the second seals."""
    made = look(times)
    sealing.seal()
    assert sealing.seal() == times
    return made


def as_owner(*statements: str) -> None:
    """Somebody who owns the database, and knows how to get past its policies."""
    with psycopg.connect(owner_address(), autocommit=True) as owner:
        owner.execute("select set_config('app.seal', 'on', false), set_config('app.patients', '{1}', false)")
        for statement in statements:
            owner.execute(statement)


def found() -> list[tuple[str, tuple[int, ...]]]:
    return [(one.what, one.looks) for one in sealing.verify()]


def test_what_is_sealed_agrees_and_is_sealed_once():
    sealed(3)
    assert found() == []
    assert sealing.seal() == 0
    assert sealing.waiting() == (0, None)
    sealed(2)
    assert [(one.after, one.rows) for one in Seal.objects.order_by("pk")] == [(0, 3), (3, 2)]
    assert found() == []


def test_a_look_that_is_still_being_written_is_waited_for():
    written, over = threading.Event(), threading.Event()

    def slow() -> None:
        with scope.open(MINE):
            looked(MINE, 1, "slow")
            written.set()
            over.wait(10)
        connections.close_all()

    writer = threading.Thread(target=slow)
    writer.start()
    written.wait(10)
    look(1)  # a higher number, there before the lower one
    assert (sealing.seal(), sealing.seal()) == (0, 0)
    over.set()
    writer.join()
    assert sealing.seal() == 2
    assert found() == []


def test_a_seal_that_is_killed_costs_itself_alone(monkeypatch):
    look(3)
    sealing.seal()
    with monkeypatch.context() as patch, pytest.raises(ZeroDivisionError):
        patch.setattr(sealing, "_bound", lambda _chain: 1 // 0)
        sealing.seal()
    assert not Seal.objects.exists()
    assert sealing.seal() == 3
    assert found() == []


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("update ground_look set user_id = 9 where id = {0}", "changed"),
        ("delete from ground_look where id = {0}", "missing"),
    ],
)
def test_a_changed_and_a_removed_look_are_found(statement, what):
    _first, second, _third = sealed(3)
    as_owner(statement.format(second))
    assert found() == [(what, (second,))]


def test_a_look_that_was_put_in_between_is_found():
    one = sealed(1)[0]
    sealed(1)
    as_owner(
        f"update ground_look set id = 1000 where id = {one}",
        f"insert into ground_look (id, patient_id, viewer_kind, user_id, what, record_kind, record_key, rows,"
        f" reason, request_id) values ({one}, 1, 'staff', 9, 'list', '', '', 0, '', '')",
    )
    assert ("changed", (one,)) in found()


def test_a_look_from_before_its_time_is_found():
    sealed(1)
    with scope.open(MINE):
        Look.objects.create(
            patient_id=1, viewer_kind="job", what="x", at=Seal.objects.get().at - timedelta(days=2)
        )
    sealing.seal()
    sealing.seal()
    assert [what for what, _looks in found()] == ["backdated"]


def test_a_seal_that_was_made_again_shows():
    sealed(2)
    sealed(2)
    as_owner("update ground_seal set leaves = leaves || leaves where after = 0")
    assert {"chain"} <= {what for what, _looks in found()}


def test_a_stamp_by_a_key_that_the_database_knows_is_no_stamp():
    sealed(2)
    as_owner("update ground_seal set stamp = decode('0101780000', 'hex')")
    assert [what for what, _looks in found()] == ["stamp"]


def test_a_round_seals_and_an_alarm_rings_where_they_do_not_agree():
    sealed(2)
    rounds.seal(None)
    rule = next(one for one in rules.RULES if one.name == "seal")
    assert rule.look(measure()) == ""
    as_owner("update ground_look set what = 'x'")
    rounds.seal(None)
    assert "changed" in rule.look(measure())
    assert len(rules.RULES) == 12


def test_seals_that_were_taken_off_the_end_are_missed():
    sealed(2)
    rounds.seal(None)
    as_owner("delete from ground_seal")
    rounds.seal(None)
    assert Heartbeat.objects.get(name="seal").found["bad"] != []


def test_an_alarm_rings_where_nothing_is_sealed_for_long():
    rule = next(one for one in rules.RULES if one.name == "seal")
    assert rule.look(Measured(unsealed=3, unsealed_since=4000.0)) == "unsealed=3 for=4000s"
    assert rule.look(Measured(unsealed=3, unsealed_since=400.0)) == ""


def test_the_command_says_where_and_fails(capsys):
    first = sealed(2)[0]
    call_command("seal", "verify")
    assert "2 looks in 1 seals agree, 0 wait to be sealed" in capsys.readouterr().out
    head = bytes(sealing.newest().chain).hex()
    as_owner(f"delete from ground_look where id = {first}")
    with pytest.raises(CommandError, match="1 places"):
        call_command("seal", "verify", "--head", head)
    assert f"missing, looks {first}" in capsys.readouterr().out


def test_nobody_but_the_seal_reads_the_looks_at_everybody():
    sealed(1)
    with transaction.atomic(), scope.open(Viewer("patient", (2,))):
        sealing.waiting()
        assert not Look.objects.exists()
