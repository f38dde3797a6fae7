"""Every door out of the store, and every page, shows by a grant nothing but what the rule shows, and in
lists and files all of it. Each record carries a mark of its own in its words, which is looked for in what
came out.
"""

import base64
import dataclasses
import io
import re
import zipfile
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from ground import scope
from ground.viewer import Viewer, job_viewer
from records import access, reading, services
from records.fhir.kinds import BY_SLUG, KINDS
from records.models import Correction, Grant, Question, Record, Said
from records.reading import Sift
from records.taking import Whose, results, summary, zipped
from tests import factories as make

pytestmark = pytest.mark.django_db

LABEL = {"meta": {"security": [{"code": "PSY"}]}}
MARK = re.compile(r"zq[a-z]+zq")
WHOSE = Whose("Rosa Delgado", date(1968, 5, 14), "en", "UTC")


def words(mark: str) -> dict[str, object]:
    return {"text": f"zq{mark}zq", "coding": [{"system": "http://loinc.org", "code": "4548-4"}]}


def result(mark: str, on: str, **more: object) -> dict[str, object]:
    return make.observation(mark, on=on, code=words(mark), encounter={"reference": "Encounter/visit"}, **more)


def pages_of(mark: str) -> dict[str, object]:
    data = base64.b64encode(f"zq{mark}zq".encode()).decode()
    return {"resourceType": "Binary", "id": mark, "contentType": "text/plain", "data": data}


WORLD: list[dict[str, object]] = [
    result("result", "2026-03-04"),
    result("older", "2015-03-04"),
    result("secret", "2026-03-05", **LABEL),
    make.condition("asthma", text="zqasthmazq", on="2020-05-06"),
    make.condition("hidden", text="zqhiddenzq", on="2020-05-06", **LABEL),
    make.condition("early", text="zqearlyzq", on="2015"),
    make.condition("undated", text="zqundatedzq", on=""),
    {
        "resourceType": "DiagnosticReport",
        "id": "panel",
        "status": "final",
        "code": {"text": "zqpanelzq"},
        "effectiveDateTime": "2026-03-04",
        "result": [{"reference": f"Observation/{one}"} for one in ("result", "older", "secret")],
        "presentedForm": [{"contentType": "text/plain", "url": "Binary/scan"}],
    },
    {
        "resourceType": "Encounter",
        "id": "visit",
        "status": "finished",
        "class": {"code": "AMB"},
        "type": [{"text": "zqvisitzq"}],
        "period": {"start": "2026-03-04"},
    },
    {
        "resourceType": "DocumentReference",
        "id": "letter",
        "status": "current",
        "type": {"text": "zqletterzq"},
        "date": "2026-03-06T10:00:00Z",
        "content": [
            {"attachment": {"contentType": "text/plain", "url": "Binary/paper"}},
            {"attachment": {"contentType": "text/plain", "url": "Binary/sealed"}},
        ],
    },
    pages_of("scan"),
    pages_of("paper"),
    {**pages_of("sealed"), **LABEL},
    {
        "resourceType": "MedicationRequest",
        "id": "pill",
        "status": "active",
        "authoredOn": "2026-01-02",
        "medicationCodeableConcept": {"text": "zqpillzq"},
    },
]
GRANTS: list[tuple[str, dict[str, Any]]] = [
    ("preview", {"kinds": ["documents", "reports"], "since": "2026-01-01T00:00:00Z"}),
    ("staff", {"since": "2019-01-01T00:00:00Z", "until": "2026-03-07T00:00:00Z"}),
    ("carer", {"kinds": ["conditions", "medicines", "visits"], "words": True, "sensitive": True}),
]


@pytest.fixture
def owner():
    return make.user()


@pytest.fixture
def rosa(owner):
    """Rosa with all of it, who has said something about some of it."""
    rosa = make.patient(owner)
    place = make.source(rosa)
    make.records(rosa, *WORLD, make.condition("pastconditio", text="zqpastzq", on="2021-01-01"), source=place)
    make.records(rosa, make.condition("pastconditio", text="zqnowzq", on="2021-01-01"), source=place)
    viewer = make.looking(rosa, owner)
    with scope.open(viewer):
        for mark, kind in (("asthma", "Condition"), ("hidden", "Condition"), ("result", "Observation")):
            told = {"viewer": viewer, "speaker": services.Speaker("Rosa", own=True)}
            told["line"] = reading.named(viewer, make.origin().pk, kind, mark)
            services.doubt(**told, wrong=f"zqwrong{mark}zq", right="", to="Lakeside Clinic")
            services.ask(**told, text=f"zqask{mark}zq")
            if kind == "Condition":
                services.say(**told, word="now", comment=f"zqsaid{mark}zq")
    return rosa


@pytest.fixture
def viewer(request, rosa, owner):
    """Somebody who looks by one of the grants."""
    kind, terms = GRANTS[request.param]
    to = {"person_id": owner.pk} if kind == "carer" else {}
    grant = make.grant(rosa, **terms, **to)
    clinic = 7 if kind == "staff" else None
    return Viewer(kind, (rosa.pk,), owner.pk, clinic, grant.pk if kind == "preview" else None)  # type: ignore[arg-type]


def marks(told: object) -> set[str]:
    """Every mark in what came out, however deep; a row of the table counts by its title."""
    found: set[str] = set()
    waiting, seen = [told], set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            found.update(MARK.findall(one))
        elif isinstance(one, bytes):
            found.update(MARK.findall(one.decode(errors="replace")))
        elif id(one) in seen:
            continue
        else:
            seen.add(id(one))
            waiting += inside(one)
    return found


def inside(one: object) -> list[object]:
    if isinstance(one, Record):
        doubt = "zqdoubtzq" if getattr(one, "doubted", False) else ""
        return [one.title, one.value, doubt]
    if isinstance(one, Correction | Question | Said):
        return [*vars(one).values()]
    if isinstance(one, dict):
        return [*one.keys(), *one.values()]
    if isinstance(one, list | tuple | set | frozenset):
        return [*one]
    if dataclasses.is_dataclass(one):
        return [getattr(one, field.name) for field in dataclasses.fields(one)]
    return [*vars(one).values()] if type(one).__module__.startswith("records.reading") else []


def of(rows: Any) -> set[str]:
    """The marks of these rows."""
    return set(rows.exclude(title="").values_list("title", flat=True))


def allowed(viewer: Viewer) -> tuple[set[str], set[str]]:
    """The marks of what lists show, and those and what may stand beside them."""
    rows = access.visible_to(viewer)
    shown = {one for one in of(rows) if MARK.fullmatch(one)}
    keys = set(rows.values_list("fhir_id", flat=True))
    beside = {"zqscanzq"} if "panel" in keys else set()
    beside |= {"zqpaperzq"} if "letter" in keys else set()
    with scope.open(job_viewer(viewer.patients[0])):
        grant = Grant.objects.of(viewer.patients[0]).get()
    if grant.words:
        beside |= {f"zq{what}{key}zq" for key in keys for what in ("wrong", "ask", "said")} | {"zqdoubtzq"}
    return shown, shown | beside


DOORS = {
    "since": reading.since,
    "news": reading.news,
    "corrections": reading.corrections,
    "questions": reading.questions,
    "said": reading.said,
    "overview": reading.overview,
    "glance": reading.glance,
    "packet": lambda viewer: reading.packet(viewer, reading.Plan(date(2026, 12, 1), date(2010, 1, 1))),
    "codes": lambda viewer: reading.by_codes(viewer, ["http://loinc.org|4548-4"], most=50),
    "summary": lambda viewer: summary.summary(viewer, WHOSE),
    "results": lambda viewer: "".join(results(viewer)),
}
ONE = (
    *(reading.one, reading.named, reading.original, reading.history, reading.together, reading.trend),
    lambda *address: reading.paper(*address, 0),
    lambda *address: reading.paper(*address, 1),
    lambda *address: reading.earlier(*address, 2),
)
ASKED = ("result", "secret", "hidden", "early", "panel", "visit", "letter")
PAST = {"resourceType": "Condition", "id": "pastconditio"}


@pytest.mark.rota(2)
@pytest.mark.parametrize("viewer", [1, 2], indirect=True)
def test_no_door_shows_more_than_the_rule(viewer):
    with scope.open(viewer):
        services.mark_seen(viewer=viewer, number=0)
        _shown, may = allowed(viewer)
        for name, door in DOORS.items():
            assert marks(door(viewer)) <= may, name
        for one in [*(one for one in WORLD if one["id"] in ASKED), PAST]:
            for door in ONE:
                try:
                    found = door(viewer, make.origin().pk, one["resourceType"], one["id"])
                except reading.NotThere:
                    continue
                assert marks(found) <= may, (door, one["id"])


@pytest.mark.rota(2)
@pytest.mark.parametrize("viewer", [0, 2], indirect=True)
def test_lists_search_and_files_show_all_of_it(viewer):
    with scope.open(viewer):
        shown, may = allowed(viewer)
        each = [reading.listing(viewer, kind) for kind in KINDS]
        each += [reading.gathered(viewer, BY_SLUG[slug]) for slug in ("conditions", "medicines")]
        assert marks(each) - may == set()
        for name, found in {
            "lists": each,
            "timeline": reading.timeline(viewer),
            "search": [reading.search(viewer, Sift(words=mark)) for mark in sorted(shown)],
        }.items():
            assert marks(found) & shown == shown, name
            assert marks(found) <= may, name
        assert sum(one.total for one in each[: len(KINDS)]) == access.visible_to(viewer).count()
    assert marks([one.body for one in reading.everything(viewer)]) >= shown
    until = reading.amounts(viewer).until
    parts = [reading.part(viewer, kind.slug, None, 50, until=until) for kind in KINDS]
    assert shown <= marks(parts) <= may


@pytest.mark.parametrize("viewer", [1], indirect=True)
def test_the_zip_holds_what_is_shown(viewer):
    with scope.open(viewer):
        shown, may = allowed(viewer)
    packed = zipfile.ZipFile(io.BytesIO(b"".join(zipped.whole(viewer, WHOSE))))
    found = set().union(*(marks(packed.read(name)) for name in packed.namelist()))
    assert shown <= found <= may


def addresses() -> list[str]:
    names = (
        "overview news take_results take_summary take_text completeness visit timeline corrections questions"
    )
    found = [reverse(f"records:{name}") for name in names.split()]
    found += [reverse("records:card_text", args=["emergency"]), reverse("records:search") + "?q=zq"]
    for slug in ("conditions", "test-results", "documents", "visits"):
        found += [reverse(f"records:{name}", args=[slug]) for name in ("kind", "kind_text")]
    return found


def of_one(record: Record) -> list[str]:
    at = [record.kind, record.origin_id, record.resource_type, record.fhir_id]
    return [reverse(f"records:{name}", args=at) for name in ("one", "one_text")]


@pytest.mark.rota(2)
@pytest.mark.parametrize("viewer", [1], indirect=True)
def test_no_page_shows_more_than_the_rule(viewer, client, owner, rosa, monkeypatch):
    """The pages of records as they are, looked at by a grant."""
    monkeypatch.setattr("portal.middleware.viewer_of", lambda request: (rosa, viewer))
    client.force_login(owner)
    with scope.open(job_viewer(rosa.pk)):
        every = list(Record.objects.filter(patient=rosa).only("kind", "origin", "resource_type", "fhir_id"))
    with scope.open(viewer):
        shown, may = allowed(viewer)
        reached = set(access.ever_sent_to(viewer).values_list("fhir_id", flat=True))
    found: set[str] = set()
    for address in [*addresses(), *(one for record in every for one in of_one(record))]:
        answer = client.get(address)
        text = b"".join(answer) if answer.streaming else answer.content
        if answer.status_code == 200:
            found |= marks(text)
            assert marks(text) <= may | {"zqzq"}, address
    for record in every:
        answer = client.get(of_one(record)[0])
        assert (answer.status_code == 200) == (record.fhir_id in reached), record.fhir_id
    assert shown <= found


def test_the_marks_of_a_page_are_found_at_all(client, owner, rosa):
    client.force_login(owner)
    seen = marks(client.get(reverse("records:timeline")).content)
    assert {"zqhiddenzq", "zqsecretzq", "zqasthmazq"} <= seen


def test_a_file_made_by_a_job_is_for_who_speaks_for_the_patient(rosa):
    from records import taking

    make.grant(rosa)
    with pytest.raises(access.NotTheirs):
        taking.ask(make.staff(rosa), "zip")
