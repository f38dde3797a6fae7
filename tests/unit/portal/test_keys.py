"""Field keys: rotated under load and after a kill, dropped when nothing needs them, refused when wrong."""

import threading
import uuid
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection

from connect.models import Account, Connection, LinkAttempt, Place
from ground import counting, crypto, rotating, scope
from ground.crypto import CannotOpen, key_id
from ground.models import Mail
from ground.viewer import job_viewer
from portal import checks, keys, sealed_factors
from portal.management.commands import rotate_keys
from records.models import Takeout, TakeoutPart
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)

OLD, NEW = "t:dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q=", "u:" + "b" * 43 + "="
PATIENTS = 8


def one_of_everything(number: int) -> int:
    """A patient with a value in every sealed column there is."""
    user = make.user(f"p{number}@example.org")
    patient = make.patient(user)
    place = Place.objects.create(key=str(number), name="Quillwort Clinic")
    with scope.open(job_viewer(patient.pk)):
        account = Account(patient=patient)
        account.access, account.refresh = f"access {number}", f"refresh {number}"
        account.save()
        link = Connection(patient=patient, account=account, place=place, fhir_version="r4")
        link.said = f"said {number}"
        link.save()
        takeout = Takeout.objects.create(patient=patient, user=user, what="zip")
        TakeoutPart.sealed(takeout, 1, b"data", b"listed").save()
    attempt = LinkAttempt(patient=patient, user=user, place=place, session_hash="x", nonce_hash="y")
    attempt.departure, attempt.memo = f"https://a.example/{number}", "memo"
    attempt.save()
    mail = Mail(key=uuid.uuid4(), to=user.email, subject="x")
    mail.body = f"body {number}"
    mail.save()
    Authenticator.objects.create(user=user, type="totp", data={"secret": sealed_factors.seal("SECRET")})
    codes = {"seed": sealed_factors.seal("seed"), "used_mask": 0}
    Authenticator.objects.create(user=user, type="recovery_codes", data=codes)
    return patient.pk


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch) -> None:
    monkeypatch.setattr(rotate_keys, "_PAUSE", 0.01)


@pytest.fixture
def patients() -> list[int]:
    return [one_of_everything(number) for number in range(PATIENTS)]


def rotated(*words: str) -> str:
    told = StringIO()
    call_command("rotate_keys", *words, stdout=told)
    return told.getvalue()


def by_key() -> dict[str, int]:
    found: dict[str, int] = {}
    for (_column, key), amount in rotating.surveyed().items():
        found[key] = found.get(key, 0) + amount
    return found


def read(patient_id: int) -> tuple[str, ...]:
    """Everything of a patient that is sealed, opened."""
    with scope.open(job_viewer(patient_id)):
        account = Account.objects.of(patient_id).get()
        part = TakeoutPart.objects.get(patient_id=patient_id)
        link = Connection.objects.of(patient_id).get()
        return account.access, account.refresh, link.said, part.data.decode(), part.listed.decode()


def test_every_model_with_a_sealed_column_is_found_and_no_sealed_column_is_missed():
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name || '.' || column_name from information_schema.columns"
            " where column_name like '%%sealed' and table_schema = 'public'"
        )
        there = {name for (name,) in cursor.fetchall()}
    columns = [shelf for shelf in rotating.shelves() if isinstance(shelf, rotating.Columns)]
    found = {f"{each.model._meta.db_table}.{seal.column}" for each in columns for seal in each.seals}
    assert found == there
    assert len(found) >= 8


def test_everything_moves_to_the_new_key_and_the_old_one_may_go(patients, settings):
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    assert by_key() == {"t": 10 * PATIENTS}
    assert keys.droppable() == []
    said = rotated()
    assert by_key() == {"u": 10 * PATIENTS}
    assert "May be dropped: t." in said
    assert keys.droppable() == ["t"]
    settings.FIELD_KEYS = NEW
    assert checks.refuse() is None
    assert read(patients[0]) == ("access 0", "refresh 0", "said 0", "data", "listed")
    assert sealed_factors.unseal(Authenticator.objects.filter(type="totp")[0].data["secret"]) == "SECRET"
    assert Mail.objects.get(to="p0@example.org").body == "body 0"


def test_a_rotation_that_was_killed_goes_on_where_it_stopped(patients, settings):
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    walk = rotating.rotate()
    next(walk)
    walk.close()
    assert set(by_key()) == {"t", "u"}
    assert keys.droppable() == []
    rotated()
    assert by_key() == {"u": 10 * PATIENTS}


def test_counting_moves_nothing(patients, settings):
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    said = rotated("--count")
    assert f"connect_account.access_sealed: {PATIENTS} under key t" in said
    assert "May be dropped: none" in said


def written(patient_id: int) -> None:
    """New tokens, as a refresh keeps them."""
    with scope.open(job_viewer(patient_id)):
        account = Account.objects.of(patient_id).select_for_update().get()
        account.access = "written meanwhile"
        account.save(update_fields=["access_sealed"])


def over_and_over(what: Callable[[int], object], patients: list[int], over: threading.Event) -> Any:
    """A thread that does something for each patient until it is over; its failures, and what it did."""
    failed, done = [], []

    def run() -> None:
        while not over.is_set():
            for pk in patients:
                try:
                    done.append(what(pk))
                except Exception as trouble:  # noqa: BLE001  (whatever it is, there must be none)
                    failed.append(repr(trouble))
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, failed, done


def test_readers_and_writers_meanwhile_notice_nothing(patients, settings):
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    over = threading.Event()
    loads = [over_and_over(what, patients, over) for what in (read, read, written)]
    rotated()
    over.set()
    for thread, failed, done in loads:
        thread.join()
        assert failed == []
        assert len(done) > 10
    assert by_key() == {"u": 10 * PATIENTS}


def test_a_row_somebody_holds_is_passed_by_and_moved_in_a_later_round(patients, settings):
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    with scope.open(job_viewer(patients[0])):
        Account.objects.of(patients[0]).select_for_update().get()
        other = threading.Thread(target=lambda: (list(rotating.rotate()), connection.close()))
        other.start()
        other.join(20)
        assert not other.is_alive()
    assert by_key()["t"] == 2
    rotated()
    assert "t" not in by_key()


def test_what_no_key_opens_is_counted_left_alone_and_no_reason_to_run_for_ever(patients, settings):
    with scope.open(job_viewer(patients[0])):
        Account.objects.of(patients[0]).update(access_sealed=b"\x01\x01z" + b"0" * 60)
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    assert "connect_account.access_sealed: 1 under key z" in rotated()
    settings.FIELD_KEYS_LOST = []
    with pytest.raises(ImproperlyConfigured, match="lacks the key named z"):
        checks.refuse()
    settings.FIELD_KEYS_LOST = ["z"]
    checks.refuse()


# --- Refusing to start -------------------------------------------------------------------------------------
def test_another_key_under_an_old_name_stops_everything_from_starting(settings):
    keys.keep_words()
    settings.FIELD_KEYS = "t:" + "c" * 43 + "="
    with pytest.raises(ImproperlyConfigured, match="another key under the name t"):
        checks.refuse()
    assert [each.id for each in checks.field_keys_are_the_right_ones(databases=["default"])] == [
        "portal.E004"
    ]
    with pytest.raises(CommandError, match="another key"):
        rotated()


def test_a_key_that_is_still_needed_may_not_be_left_out(patients, settings):
    keys.survey()
    settings.FIELD_KEYS = NEW
    with pytest.raises(ImproperlyConfigured, match=f"lacks the key named t, which sealed {10 * PATIENTS} "):
        checks.refuse()


@pytest.mark.parametrize("text", ["", "t:short", "nonsense"])
def test_keys_that_cannot_be_read_stop_everything_from_starting(settings, text):
    settings.FIELD_KEYS = text
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS"):
        checks.refuse()


def test_good_keys_start_and_their_age_is_known(settings):
    keys.keep_words()
    checks.refuse()
    assert keys.sealing_since() == counting.last("key t")


# --- Second factors ----------------------------------------------------------------------------------------
def test_a_second_factor_is_bound_to_its_user_when_it_is_kept():
    ada, eve = make.user(), make.user()
    mine = Authenticator.objects.create(user=ada, type="totp", data={"secret": sealed_factors.seal("S")})
    assert mine.data["secret"].startswith(f"{ada.pk}.")
    assert key_id(bytes.fromhex(mine.data["secret"].partition(".")[2])) == "t"
    assert sealed_factors.unseal(mine.data["secret"]) == "S"
    theirs = Authenticator.objects.create(user=eve, type="totp", data={"secret": sealed_factors.seal("T")})
    Authenticator.objects.filter(pk=mine.pk).update(data=theirs.data)
    with pytest.raises(CannotOpen):
        sealed_factors.unseal(Authenticator.objects.get(pk=mine.pk).data["secret"])
    relabelled = {"secret": f"{ada.pk}.{theirs.data['secret'].partition('.')[2]}"}
    Authenticator.objects.filter(pk=mine.pk).update(data=relabelled)
    with pytest.raises(CannotOpen):
        sealed_factors.unseal(Authenticator.objects.get(pk=mine.pk).data["secret"])


def test_what_was_kept_before_is_read_and_bound_by_a_rotation():
    ada = make.user()
    factor = Authenticator.objects.create(user=ada, type="recovery_codes", data={"seed": ""})
    before = {
        "seed": crypto.seal("seed", "mfa").hex(),
        "used_mask": 3,
        "migrated_codes": [crypto.seal("1", "mfa").hex()],
    }
    Authenticator.objects.filter(pk=factor.pk).update(data=before)
    factor.refresh_from_db()
    assert sealed_factors.unseal(factor.data["seed"]) == "seed"
    rotated()
    factor.refresh_from_db()
    assert factor.data["seed"].startswith(f"{ada.pk}.")
    assert factor.data["used_mask"] == 3
    assert [sealed_factors.unseal(code) for code in factor.data["migrated_codes"]] == ["1"]
