"""The exporters against the sandbox: every form, both ways of answering, and whatever a list may hold."""

import json
from dataclasses import replace

import pytest

from connect.gateway import (
    ExportFile,
    NotFound,
    Refused,
    SignInAgain,
    TryLater,
    Unreadable,
)
from connect.http import NotAllowed
from connect.oneup import OneUpExporter, OneUpPopulation, OneUpSharer
from tests.contract.test_export_contract import gathered, truth

SMALL = 3_000  # bytes of a part


@pytest.fixture
def rosa(sandbox, member):
    sandbox.connect(member)
    return member


@pytest.fixture
def exporter(settings, rosa):
    return OneUpExporter(settings, rosa.access, "r4")


def waited(exporter, sandbox):
    step = exporter.begin()
    status, asked = step.status, 0
    while step.files is None:
        assert asked < 9
        sandbox.clock(step.wait or 2)
        step, asked = exporter.ask(status), asked + 1
    return step.files


def whole(exporter, files, most=10_000_000):
    found = []
    for file in files:
        start = 0
        while start is not None:
            part = exporter.lines(file, start, most)
            assert part.rejected == ()
            assert part.next is None or part.next > start
            found += [json.loads(each) for each in part.resources]
            start = part.next
    return sorted((row["resourceType"], row["id"]) for row in found)


@pytest.mark.parametrize("word", ["at once", "later"])
def test_an_export_is_had_at_once_or_asked_after(sandbox, rosa, exporter, word):
    sandbox.switch(export=word, export_seconds=5)
    assert whole(exporter, waited(exporter, sandbox)) == truth(sandbox, rosa.id)
    assert not any(row["token_in_url"] for row in sandbox.ledger())


@pytest.mark.parametrize("ranges", [False, True])
def test_a_file_is_read_part_by_part_whether_or_not_parts_can_be_asked_for(sandbox, rosa, exporter, ranges):
    sandbox.switch(export_ranges=ranges, export_lines=9)
    assert whole(exporter, exporter.begin().files, most=SMALL) == truth(sandbox, rosa.id)


@pytest.mark.parametrize("form", ["client", "gateway"])
def test_everybodys_records_and_a_groups(settings, sandbox, rosa, form):
    crowd = sandbox.crowd(count=3, resources=20)
    numbers = [each["oneup_user_id"] for each in crowd]
    everybody = OneUpPopulation(settings, form)
    assert whole(everybody, everybody.begin().files) == truth(sandbox, rosa.id, *numbers)
    group = OneUpPopulation(settings, form, group=gathered(sandbox, crowd[1:]))
    assert whole(group, group.begin().files) == truth(sandbox, *numbers[1:])
    with pytest.raises(NotFound):
        OneUpPopulation(settings, form, group="spring").begin()
    with pytest.raises(Refused):
        OneUpPopulation(settings, form, group="../x")


@pytest.mark.parametrize("word", ["realm", "user"])
def test_the_gateway_is_opened_by_either_token(settings, sandbox, rosa, word):
    sandbox.switch(gateway_token=word)
    population = OneUpPopulation(settings, "gateway", access=rosa.access if word == "user" else "")
    assert whole(population, population.begin().files) == truth(sandbox, rosa.id)


def test_a_realms_token_that_died_is_replaced_after_one_no(settings, sandbox, rosa):
    population = OneUpPopulation(settings, "gateway")
    population.begin()
    sandbox.clock(301)
    with pytest.raises(SignInAgain):
        population.begin()
    assert population.begin().files


def test_what_an_export_comes_to(settings, sandbox, rosa, exporter):
    with pytest.raises(Refused):
        exporter.begin(types=["Sandwich"])
    assert exporter.begin(since="2999-01-01T00:00:00Z").files == ()
    sandbox.switch(export="later", export_failures=1)
    with pytest.raises(TryLater):
        exporter.ask(exporter.begin().status)
    sandbox.switch(export="at once", export_file_seconds=0)
    with pytest.raises(NotFound):
        exporter.lines(exporter.begin().files[0], 0, SMALL)
    with pytest.raises(SignInAgain):
        OneUpExporter(settings, "nobodys", "r4").begin()
    with pytest.raises(SignInAgain):
        OneUpPopulation(replace(settings, client_secret="wrong"), "client").begin()


LISTS = [
    "[]",
    '{"output":{}}',
    '{"output":[{"type":"Patient"}]}',
    '{"output":[{"type":"Patient","url":"https://elsewhere.example/bulk-data/r4/$export/file/a.ndjson"}]}',
    '{"output":[{"type":"Patient","url":"{base}/bulk-data/r4/$export/../../x.ndjson"}]}',
    '{"output":[{"type":"Patient","url":"{base}/bulk-data/r4/Patient/1"}]}',
    '{"output":[{"type":"../x","url":"{base}/bulk-data/r4/$export/file/a.ndjson"}]}',
    '{"output":[{"type":"Patient","url":"{base}/bulk-data/r4/$export/file/{token}.ndjson"}]}',
    '{"output":[{"type":"Patient","url":"{base}/bulk-data/r4/$export/file/a.ndjson?token={token}"}]}',
]


@pytest.mark.parametrize("body", LISTS)
def test_a_list_that_leads_astray_is_not_followed(sandbox, settings, rosa, exporter, body):
    said = body.replace("{base}", settings.analytics).replace("{token}", rosa.access)
    sandbox.fault(route="*$export", status=200, body=said)
    with pytest.raises(Unreadable):
        exporter.begin()


@pytest.mark.parametrize("where", ["https://elsewhere.example/$export/job/1", "/etc/passwd", ""])
def test_a_status_that_is_not_ours_is_not_asked(sandbox, exporter, where):
    sandbox.fault(route="*$export", status=202, body="", headers={"Content-Location": where})
    if where:
        with pytest.raises(Unreadable):
            exporter.begin()
        with pytest.raises(NotFound):
            exporter.ask(where)
    else:
        assert exporter.begin().status == ""


def test_what_stands_in_our_own_rows_cannot_lead_astray_either(exporter):
    for path in ("/../r4/Patient", "/$export/file/../x.ndjson", "@elsewhere.example/x"):
        with pytest.raises((NotAllowed, NotFound)):
            exporter.lines(ExportFile("Patient", path), 0, SMALL)


@pytest.mark.parametrize(
    "fault", [{"cut": 700, "how": "short"}, {"cut": 700, "how": "reset"}, {"status": 503}], ids=str
)
def test_a_file_that_breaks_off_is_read_again(sandbox, rosa, exporter, fault):
    files = exporter.begin().files
    sandbox.fault(route="*.ndjson", **fault)
    with pytest.raises(TryLater):
        exporter.lines(files[0], 0, 10_000_000)
    assert whole(exporter, files) == truth(sandbox, rosa.id)


def test_a_bad_line_is_set_aside_and_costs_no_neighbour(sandbox, exporter):
    file = exporter.begin().files[0]
    good = '{"resourceType":"Patient","id":"a"}'
    sandbox.fault(route="*.ndjson", status=200, body=f"{good}\n{{broken\n\n[]\r\n{good}")
    part = exporter.lines(file, 0, 10_000)
    assert part.resources == (good.encode(), good.encode())
    assert [each.reason for each in part.rejected] == ["not-json", "no-type"]
    assert part.next is None


def test_a_permission_is_given_and_taken_back_by_its_own_client(sandbox, settings, oneup, rosa):
    clinic, sharer = sandbox.member("clinic-1"), OneUpSharer(settings)
    patient = oneup.patients(rosa.access, "r4")[0].id
    sharer.permit(rosa.access, patient, "r4", str(clinic.id))
    assert [each.id for each in oneup.patients(clinic.access, "r4")] == [patient]
    sharer.withdraw(rosa.access, patient, "r4", str(clinic.id))
    assert oneup.patients(clinic.access, "r4") == ()
    for error, access, whom, other in (
        (Refused, clinic.access, patient, str(clinic.id)),
        (NotFound, rosa.access, patient, "99999"),
        (NotFound, rosa.access, "../x", str(clinic.id)),
        (SignInAgain, "nobodys", patient, str(clinic.id)),
    ):
        with pytest.raises(error):
            sharer.permit(access, whom, "r4", other)
