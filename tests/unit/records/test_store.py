"""The only way in: what is kept, what is not written again, what is put aside, what is refused."""

import json
import threading

import pytest
from django.db import DatabaseError, connection

from ground import scope
from ground.viewer import job_viewer
from records import bodies, store
from records.fhir.row import Head
from records.models import UNDATED, Feed, Quarantined, Record, Version
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def rosa():
    return make.patient()


@pytest.fixture
def within(rosa):
    with scope.open(job_viewer(rosa.pk)):
        yield rosa


def raw_body(record: Record) -> bytes:
    return bodies.unpack(record.dictionary, bytes(record.body))


def test_a_resource_is_kept_with_its_exact_bytes_and_its_columns(within):
    sent = json.dumps(make.observation("a1c"), indent=3).encode()
    assert make.records(within, sent) == store.Kept(new=1)
    record = Record.objects.get(patient=within)
    assert raw_body(record) == sent
    assert (record.kind, record.title, record.when) == ("test-results", "Hemoglobin A1c", "2026-03-04")
    assert (record.value, record.number, record.unit) == ("6.1 %", 6.1, "%")
    assert record.clinical_at.date().isoformat() == "2026-03-04"
    assert (record.arrived, record.changed) == (1, 1)
    assert record.upstream_patient == "rosa-1"


def test_an_unchanged_import_writes_nothing_at_all(within):
    page = [make.observation(f"o{number}") for number in range(50)] + [{"resourceType": "Observation"}]
    make.records(within, *page)
    place = make.source(within)
    before, feed = _written(), Feed.objects.get(patient=within).number
    logged = [_log_of(lambda: make.records(within, *page, source=place)) for _ in range(3)]
    assert min(logged) == 0  # the server may write a line of its own meanwhile, but not three times
    assert make.records(within, *page, source=place) == store.Kept(same=50, quarantined=1)
    assert (_written(), Feed.objects.get(patient=within).number) == (before, feed)


def _log_of(work) -> int:
    """Bytes of log written while something was done."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_current_wal_insert_lsn()")
        start = cursor.fetchone()[0]
        work()
        cursor.execute("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), %s)", [start])
        return int(cursor.fetchone()[0])


def test_a_moved_last_updated_is_no_change(within):
    make.records(within, make.condition("c", meta={"versionId": "1", "lastUpdated": "2026-01-01T00:00:00Z"}))
    again = make.condition("c", meta={"versionId": "2", "lastUpdated": "2026-02-02T00:00:00Z"})
    assert make.records(within, again) == store.Kept(same=1)


def test_a_new_label_is_a_change(within):
    make.records(within, make.condition("c"))
    labelled = make.condition("c", meta={"security": [{"code": "R"}]})
    assert make.records(within, labelled) == store.Kept(changed=1)
    assert Record.objects.get(patient=within).sensitivity == "R"


def test_a_change_leaves_the_old_body_behind_and_moves_the_feed(within):
    old, new = make.observation("a1c", value=6.1), make.observation("a1c", value=7.4)
    make.records(within, old, make.condition("c"))
    assert make.records(within, new, make.condition("c")) == store.Kept(changed=1, same=1)
    record = Record.objects.get(patient=within, fhir_id="a1c")
    version = Version.objects.get(patient=within)
    assert json.loads(raw_body(record)) == new
    assert json.loads(bodies.unpack(version.dictionary, bytes(version.body))) == old
    assert (record.value, record.arrived, record.changed) == ("7.4 %", 1, 2)
    assert (version.until, version.changed) == (2, 1)
    assert Feed.objects.get(patient=within).number == 2


def test_one_batch_is_one_number_of_the_feed(within):
    make.records(within, *(make.observation(f"o{number}") for number in range(30)))
    assert set(Record.objects.filter(patient=within).values_list("changed", flat=True)) == {1}


def test_of_doubles_in_a_batch_the_last_counts(within):
    first, last = make.condition("c", text="Asthma"), make.condition("c", text="Mild asthma")
    assert make.records(within, first, last) == store.Kept(new=1)
    assert Record.objects.get(patient=within).title == "Mild asthma"


def test_the_same_id_of_another_version_is_another_record(within):
    make.records(within, make.condition("c"))
    assert make.records(within, make.condition("c"), fhir_version="STU3") == store.Kept(new=1)


def test_a_removed_record_that_is_sent_again_is_back(within):
    make.records(within, make.condition("c"))
    Record.objects.filter(patient=within).update(removed_at="2026-01-01T00:00:00Z")
    assert make.records(within, make.condition("c")) == store.Kept(changed=1)
    assert Record.objects.get(patient=within).removed_at is None
    assert not Version.objects.filter(patient=within).exists()


@pytest.mark.parametrize(
    ("sent", "reason", "name"),
    [
        (b'{"resourceType": "Condition"}', "no-id", "Condition"),
        (b'{"id": "1"}', "no-type", ""),
        (b'{"resourceType": "Condition", "id": ', "not-json", ""),
        (b"[1, 2]", "not-an-object", ""),
        (b"\xff\x00\xfe", "not-json", ""),
        (b"", "not-json", ""),
    ],
)
def test_what_has_no_name_waits_in_quarantine_with_its_reason(within, sent, reason, name):
    assert make.records(within, sent, make.condition()) == store.Kept(new=1, quarantined=1)
    held = Quarantined.objects.get(patient=within)
    assert (held.reason, held.resource_type) == (reason, name)
    assert bodies.unpack(held.dictionary, bytes(held.body)) == sent


def test_what_the_caller_could_not_cut_waits_there_too(within):
    assert make.records(within, rejected=[("cut-off", b'{"resourceT')]) == store.Kept(quarantined=1)
    assert Quarantined.objects.get(patient=within).reason == "cut-off"


HOSTILE = [
    make.condition("null-byte", text="As\x00thma"),
    b'{"resourceType":"Condition","id":"half-pair","code":{"text":"x\\ud800y"}}',
    b'{"resourceType":"Observation","id":"nan","valueQuantity":{"value":NaN}}',
    b'{"resourceType":"Observation","id":"huge","valueQuantity":{"value":1e999999}}',
    b'{"resourceType":"Observation","id":"infinite","valueQuantity":{"value":-Infinity}}',
    make.observation("far-future", on="9999-12-31T23:59:59-14:00"),
    make.observation("year-nought", on="0000-01-01"),
    make.observation("first-day", on="0001-01-01T00:00:00+14:00"),
    make.observation("no-date", on="yesterday"),
    make.condition("long", text="x" * 100_000),
    {"resourceType": "Condition", "id": "deep", "code": json.loads("[" * 200 + "]" * 200)},
    {
        "resourceType": "Observation",
        "id": "wrong",
        "code": 7,
        "category": "x",
        "status": ["final"],
        "value": {},
    },
    {"resourceType": "SomethingNobodyKnows", "id": "i" * 256},
    b'\xef\xbb\xbf{"resourceType":"Condition","id":"bom","code":{"text":"Hay fever"}}',
]


def test_hostile_values_are_kept_and_cost_nobody_else_anything(within):
    kept = make.records(within, *HOSTILE, make.condition("fine"))
    assert kept.new + kept.quarantined == len(HOSTILE) + 1
    assert kept.quarantined == 0
    assert make.records(within, *HOSTILE) == store.Kept(same=len(HOSTILE))


def test_a_record_without_a_date_stands_last(within):
    make.records(within, make.observation("no-date", on="yesterday"))
    assert Record.objects.get(patient=within).clinical_at == UNDATED


def test_one_row_the_database_refuses_does_not_sink_the_page(within, monkeypatch):
    from records.store import keeping

    made = keeping.columns

    def columns(row, version):
        ready = made(row, version)
        return ready._replace(digest=None) if row.key[1] == "bad" else ready

    monkeypatch.setattr(keeping, "columns", columns)
    page = [make.condition("good"), make.condition("bad"), make.condition("also-good")]
    assert make.records(within, *page) == store.Kept(new=2, quarantined=1)
    assert Quarantined.objects.get(patient=within).reason == "not-storable"
    assert set(Record.objects.filter(patient=within).values_list("fhir_id", flat=True)) == {
        "good",
        "also-good",
    }


def test_a_reader_that_breaks_its_promise_loses_no_record(within, monkeypatch):
    from records.store import incoming

    def broken(*args):
        raise RuntimeError("Asthma")

    monkeypatch.setattr(incoming.quick, "entry", broken)
    assert make.records(within, make.condition("c")) == store.Kept(new=1)
    record = Record.objects.get(patient=within)
    assert (record.kind, record.extract_version, record.title) == ("other", 0, "")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), None])
def test_what_a_reader_lets_through_is_cleaned_again(within, monkeypatch, number):
    from records.store import incoming

    head = Head(title="As\0thma \ud800", number=number)
    monkeypatch.setattr(incoming.quick, "entry", lambda *args: incoming.quick.Entry("other", head, "", ""))
    assert make.records(within, make.condition("c")) == store.Kept(new=1)
    record = Record.objects.get(patient=within)
    assert (record.title, record.number) == ("Asthma ?", None)


@pytest.mark.django_db(transaction=True)
def test_an_error_of_the_database_never_carries_values_out(monkeypatch):
    from records.store import keeping

    rosa = make.patient()
    place = make.source(rosa)

    def broken(*args):
        raise DatabaseError("Asthma is not a valid digest")

    monkeypatch.setattr(keeping.writing, "add", broken)
    with pytest.raises(store.StoreTrouble) as caught:
        make.records(rosa, make.condition("c"), source=place)
    assert "Asthma" not in str(caught.value)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


def test_a_place_of_somebody_else_is_refused(within):
    theirs = make.source(make.patient(given="Tom"))
    with pytest.raises(ValueError, match="does not belong"):
        make.records(within, make.condition(), source=theirs)


def test_two_thousand_and_one_resources_go_in_at_once(within):
    page = [make.condition(f"c{number}") for number in range(2001)]
    assert make.records(within, *page) == store.Kept(new=2001)
    page[1500] = make.condition("c1500", text="Hay fever")
    assert make.records(within, *page) == store.Kept(changed=1, same=2000)


def _written() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Record, Version, Quarantined))


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_the_same_page_at_once_keep_each_record_once():
    rosa = make.patient()
    place, origin = make.source(rosa), make.origin()
    page = [json.dumps(make.condition(f"c{number}")).encode() for number in range(200)]
    start, kept = threading.Barrier(4), []

    def work():
        with scope.open(job_viewer(rosa.pk)):
            start.wait()
            kept.append(
                store.keep(
                    patient_id=rosa.pk,
                    source_id=place.pk,
                    origin=origin,
                    upstream_patient="rosa-1",
                    resources=page,
                )
            )
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((one.new, one.same) for one in kept) == [(0, 200)] * 3 + [(200, 0)]


def test_the_columns_from_status_to_search_are_those_of_a_head():
    from records.store.incoming import Columns

    columns = Columns._fields
    assert columns[columns.index("status") : columns.index("visit")] == Head._fields[2:]
