"""Patients, pages of a chart, cursors and single resources."""

import json
from dataclasses import replace
from typing import Any

import pytest

from connect.gateway import (
    GatewayError,
    NotFound,
    Page,
    PatientRef,
    Refused,
    SignInAgain,
    TryLater,
    Unreadable,
)
from connect.http import NotAllowed
from connect.oneup import OneUp, OneUpSettings
from tests.unit.connect.conftest import ACCESS
from tests.unit.connect.served import Reply, Served, bundle, reply, says_json, zipped

CHART = "/api/r4/Patient/p1/$everything"
CONDITION = {"resourceType": "Condition", "id": "c1"}
PATIENT = {"resourceType": "Patient", "id": "p1", "meta": {"source": "1up-external-system:4706"}}
PAGE = reply(b"<html>Sign in</html>", kind="text/html")


def page(oneup: OneUp, **more: Any) -> Page:
    return oneup.everything(ACCESS, "p1", "r4", **more)


def test_the_first_page_of_a_chart(oneup: OneUp, server: Served) -> None:
    server.says(
        says_json(bundle(CONDITION, next=f"{server.base}{CHART}?_count=100&_after=eyJsIjoxMH0", total=7))
    )
    found = page(oneup)
    assert found == Page((json.dumps(CONDITION).encode(),), "_count=100&_after=eyJsIjoxMH0", 7)
    asked = server.seen[0]
    assert (asked.method, asked.path, asked.query) == ("GET", CHART, {"_count": "100"})
    assert asked.headers["authorization"] == f"Bearer {ACCESS}"
    assert "x-oneup-user-id" not in asked.headers


def test_what_a_page_holds_does_not_show_in_print(oneup: OneUp, server: Served) -> None:
    server.says(says_json(bundle({**CONDITION, "code": {"text": "Asthma"}}, next=f"{CHART}?_after=private")))
    shown = repr(page(oneup))
    assert "Asthma" not in shown
    assert "private" not in shown


def test_the_cursor_leads_to_the_same_chart_and_nowhere_else(oneup: OneUp, server: Served) -> None:
    server.says(says_json(bundle(CONDITION)))
    assert page(oneup, cursor="_count=100&_after=eyJsIjoxMH0", count=5, since="2020").next is None
    assert server.seen[0].target == f"{CHART}?_count=100&_after=eyJsIjoxMH0"


def test_a_whole_walk(oneup: OneUp, server: Served) -> None:
    conditions = [{"resourceType": "Condition", "id": f"c{each}"} for each in range(3)]
    links: list[str | None] = [f"{server.base}{CHART}?_after={each}" for each in (1, 2)]
    server.says(
        *(
            zipped(json.dumps(bundle(c, next=link)).encode())
            for c, link in zip(conditions, [*links, None], strict=True)
        )
    )
    cursor, kept = None, []
    while True:
        found = page(oneup, cursor=cursor)
        kept += found.resources
        cursor = found.next
        if cursor is None:
            break
    assert [json.loads(each)["id"] for each in kept] == ["c0", "c1", "c2"]
    assert server.connections == 1


def test_since_and_types_are_asked_of_r4_alone(oneup: OneUp, server: Served) -> None:
    server.says(says_json(bundle()))
    page(oneup, count=20, since="2025-03-04T10:15:00Z", types=["Condition", "Observation"])
    assert server.seen[0].query == {
        "_count": "20",
        "_since": "2025-03-04T10:15:00Z",
        "_type": "Condition,Observation",
    }
    oneup.everything(ACCESS, "p1", "dstu2", count=500, since="2025", types=["Condition"])
    assert server.seen[1].path == "/api/dstu2/Patient/p1/$everything"
    assert server.seen[1].query == {"_count": "100"}


@pytest.mark.parametrize("prefix", ["", "/fhir"])
@pytest.mark.parametrize("linked", ["", "/fhir"])
def test_both_spellings_of_the_path_are_one_place(
    told: OneUpSettings, server: Served, prefix: str, linked: str
) -> None:
    server.says(says_json(bundle(next=f"{server.base}/api{linked}/r4/Patient/p1/$everything?_after=2")))
    oneup = OneUp(replace(told, fhir_prefix=prefix))
    assert page(oneup).next == "_after=2"
    page(oneup, cursor="_after=2")
    assert server.seen[1].path == f"/api{prefix}/r4/Patient/p1/$everything"


@pytest.mark.parametrize(
    "link",
    [
        "{base}/api/r4/Patient/p1/%24everything?_after=2",
        "/api/r4/Patient/p1/$everything?_after=2",
        "{base}/api/r4/Patient/p1/$everything?_after=2#top",
    ],
)
def test_a_link_home_may_be_written_differently(oneup: OneUp, server: Served, link: str) -> None:
    server.says(says_json(bundle(next=link.format(base=server.base))))
    assert page(oneup).next == "_after=2"


FOREIGN = [
    "https://evil.example{chart}?_after=2", "//evil.example{chart}?_after=2", "{other}{chart}?_after=2",
    "https://{host}{chart}?_after=2", "http://{host}@evil.example{chart}?_after=2", "javascript:alert(1)",
    "http://{host}.evil.example{chart}?_after=2", "http://{host}\\@evil.example/?_after=2",
    "{base}/api/r4/Patient/p2/$everything?_after=2", "{base}/api/dstu2/Patient/p1/$everything?_after=2",
    "{base}/api/r4/Patient?_after=2", "{base}/r4/Patient/p1/$everything?_after=2",
    "{base}/api/r4/Patient/p1/../p2/$everything?_after=2", "{base}{chart}", "{base}{chart}?", "?_after=2",
    "_after=2", "", "{base}{chart}?_after=a b", "{base}{chart}?_after=2\r\nX: y",
    "{base}{chart}?_after=" + "x" * 5000,
    "{base}{chart}?_after={access}", "{base}{chart}?_after=%74oken-for-nobody-else",
    "{base}{chart}?access_token={access}",
]  # fmt: skip


@pytest.mark.parametrize("link", FOREIGN)
def test_a_next_link_to_another_server_or_patient_is_not_followed(
    oneup: OneUp, server: Served, link: str
) -> None:
    names = {
        "base": server.base,
        "host": server.base.removeprefix("http://"),
        "chart": CHART,
        "access": ACCESS,
    }
    names["other"] = server.base.replace("127.0.0.1", "localhost")
    server.says(says_json(bundle(CONDITION, next=link.format(**names))))
    found = page(oneup)
    assert (found.next, found.dead_end, len(found.resources)) == (None, True, 1)
    assert len(server.seen) == 1


def test_credentials_in_a_link_are_cut_out(oneup: OneUp, server: Served) -> None:
    server.says(says_json(bundle(next=f"{CHART}?access_token=old&_after=2%7C3&client%5Fsecret=x")))
    assert page(oneup).next == "_after=2%7C3"


@pytest.mark.parametrize(
    "cursor",
    ["", "x#y", "a b", "a\r\nb", "a\\b", "é", "access_token=x", f"_after={ACCESS}", "x" * 4097],
)
def test_a_cursor_that_somebody_changed_is_not_sent(oneup: OneUp, server: Served, cursor: str) -> None:
    with pytest.raises(Unreadable):
        page(oneup, cursor=cursor)
    assert server.seen == []


@pytest.mark.parametrize("cursor", ["/", "@evil.example/", "?", "//evil.example/", "https://evil.example/"])
def test_a_cursor_never_leaves_its_place_behind_our_question_mark(
    oneup: OneUp, server: Served, cursor: str
) -> None:
    server.says(says_json(bundle()))
    page(oneup, cursor=cursor)
    assert server.seen[0].target == f"{CHART}?{cursor}"


@pytest.mark.parametrize(
    "links", [5, {}, "next", [5], [None], [{"relation": "next"}], [{"relation": "next", "url": 5}]]
)
def test_links_that_cannot_be_read_are_not_the_end(oneup: OneUp, server: Served, links: Any) -> None:
    server.says(says_json({**bundle(CONDITION), "link": links}))
    found = page(oneup)
    assert (found.next, found.dead_end, len(found.resources)) == (None, True, 1)


def test_two_next_links_must_agree(oneup: OneUp, server: Served) -> None:
    one, two = ({"relation": "next", "url": f"{CHART}?_after={each}"} for each in (1, 2))
    server.says(says_json({**bundle(), "link": [one, one]}), says_json({**bundle(), "link": [one, two]}))
    assert page(oneup).next == "_after=1"
    assert page(oneup).dead_end


@pytest.mark.parametrize(
    "link", [None, [], [{"relation": "self", "url": "x"}, {"relation": "prior", "url": 5}], [{}]]
)
def test_no_next_link_is_the_end_wherever_the_others_stand(oneup: OneUp, server: Served, link: Any) -> None:
    server.says(says_json({**bundle(CONDITION), "link": link}))
    assert page(oneup).next is None


def test_a_page_without_links_or_entries_is_an_empty_end(oneup: OneUp, server: Served) -> None:
    server.says(says_json({"resourceType": "Bundle", "total": 0}))
    assert page(oneup) == Page((), None, 0)


def test_a_page_that_goes_in_a_circle_gives_the_same_cursor(oneup: OneUp, server: Served) -> None:
    server.says(says_json(bundle(next=f"{server.base}{CHART}?_after=2")))
    assert page(oneup).next == page(oneup, cursor="_after=2").next == "_after=2"


OUTCOME = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "details": {"text": "Asthma"}}],
}
TROUBLES = [
    (says_json({"message": "Unauthorized"}, 401), SignInAgain),
    (PAGE, SignInAgain),
    (reply(b"", 302, Location="/login"), SignInAgain),
    (says_json({"message": "Forbidden"}, 403), Refused),
    (says_json(OUTCOME, 404), NotFound),
    (says_json(OUTCOME, 410), NotFound),
    (says_json(OUTCOME, 200), Refused),
    (says_json({"success": False, "error": "no"}), Refused),
    (says_json({"message": "Too Many Requests"}, 429), TryLater),
    (says_json({"message": "Service Unavailable"}, 503), TryLater),
    (reply(b""), Unreadable),
    (reply(b"null"), Unreadable),
    (reply(b"[1,2,3]"), Unreadable),
    (reply(b'{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Condition"'), Unreadable),
    (reply(json.dumps(bundle()).encode("utf-16"), kind="application/json; charset=utf-16"), Unreadable),
    (says_json({"resourceType": "Condition", "id": "c1"}), Unreadable),
    (lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"), TryLater),
]


@pytest.mark.parametrize(("said", "expected"), TROUBLES)
def test_each_trouble_with_a_page_says_what_to_do(
    oneup: OneUp, server: Served, said: Reply, expected: type[GatewayError]
) -> None:
    server.says(said)
    with pytest.raises(GatewayError) as caught:
        page(oneup)
    assert type(caught.value) is expected
    assert "Asthma" not in f"{caught.value} {caught.value!r} {vars(caught.value)} {caught.value.__context__}"


def test_a_page_may_be_plain_text_or_begin_with_a_byte_order_mark(oneup: OneUp, server: Served) -> None:
    body = b"\xef\xbb\xbf" + json.dumps(bundle(CONDITION)).encode()
    server.says(reply(body, kind="text/plain"))
    assert len(page(oneup).resources) == 1


def test_a_page_over_its_cap_is_unreadable(told: OneUpSettings, server: Served) -> None:
    server.says(says_json(bundle({**CONDITION, "note": "x" * 2000})))
    with pytest.raises(Unreadable):
        page(OneUp(replace(told, page_cap=1000)))


def test_all_patients_from_all_pages_each_once(oneup: OneUp, server: Served) -> None:
    second = {"resourceType": "Patient", "id": "p2", "meta": {"source": "1up-external-system:4707#x1"}}
    third = {"resourceType": "Patient", "id": "p3"}
    server.says(
        says_json(bundle(PATIENT, second, next=f"{server.base}/api/r4/Patient?_after=2")),
        says_json(bundle(PATIENT, third)),
    )
    refs = oneup.patients(ACCESS, "r4")
    assert [(ref.id, ref.place_key, ref.fhir_version) for ref in refs] == [
        ("p1", "4706", "r4"),
        ("p2", "4707", "r4"),
        ("p3", "", "r4"),
    ]
    assert refs[0].body == json.dumps(PATIENT).encode()
    assert [seen.query for seen in server.seen] == [{"_count": "100"}, {"_after": "2"}]


@pytest.mark.parametrize("none", [{"resourceType": "Bundle", "total": 0}, bundle(total=0)])
def test_no_patients_are_none(oneup: OneUp, server: Served, none: Any) -> None:
    server.says(says_json(none))
    assert oneup.patients(ACCESS, "dstu2") == ()


@pytest.mark.parametrize(
    "odd",
    [
        {"resourceType": "Patient"}, {"resourceType": "Patient", "id": 5}, {"id": "p9"},
        {"resourceType": "Patient", "id": "../x"},
        {"resourceType": "Patient", "id": ".."}, {"resourceType": "Practitioner", "id": "p9"},
    ],
)  # fmt: skip
def test_a_patient_we_could_not_ask_for_is_left_out_but_never_called_none(
    oneup: OneUp, server: Served, odd: dict[str, Any]
) -> None:
    server.says(says_json(bundle(odd, PATIENT)))
    assert [ref.id for ref in oneup.patients(ACCESS, "r4")] == ["p1"]
    server.says(says_json(bundle(odd)))
    with pytest.raises(Unreadable):
        oneup.patients(ACCESS, "r4")


@pytest.mark.parametrize(
    "meta", [None, 5, [], {}, {"source": 5}, {"source": "https://fhir.example"}, {"source": ""}]
)
def test_a_patient_that_does_not_say_where_from(oneup: OneUp, server: Served, meta: Any) -> None:
    server.says(says_json(bundle({**PATIENT, "meta": meta})))
    assert oneup.patients(ACCESS, "r4")[0].place_key == ""


@pytest.mark.parametrize("links", [["2", "2"], ["2", "3", "2"]])
def test_patients_in_a_circle_are_noticed(oneup: OneUp, server: Served, links: list[str]) -> None:
    server.says(*(says_json(bundle(PATIENT, next=f"/api/r4/Patient?_after={each}")) for each in links))
    with pytest.raises(Unreadable):
        oneup.patients(ACCESS, "r4")


def test_patients_behind_a_link_to_elsewhere_are_not_left_out_in_silence(
    oneup: OneUp, server: Served
) -> None:
    server.says(says_json(bundle(PATIENT, next="https://evil.example/api/r4/Patient?_after=2")))
    with pytest.raises(Unreadable):
        oneup.patients(ACCESS, "r4")


def test_patients_without_end_are_noticed(oneup: OneUp, server: Served) -> None:
    pages = [says_json(bundle(PATIENT, next=f"/api/r4/Patient?_after={each}")) for each in range(80)]
    server.says(*pages)
    with pytest.raises(Unreadable):
        oneup.patients(ACCESS, "r4")
    assert len(server.seen) <= 51


def test_a_patient_does_not_show_in_print() -> None:
    assert "Asthma" not in repr(PatientRef("r4", "p1", "4706", b"Asthma"))


def test_one_resource_comes_as_exact_bytes(oneup: OneUp, server: Served) -> None:
    body = b'{ "resourceType" : "Binary", "id":"b1", "data":"QQ==" }\n'
    server.says(reply(body, kind="application/fhir+json"))
    assert oneup.read(ACCESS, "r4", "Binary", "b1") == body
    assert server.seen[0].target == "/api/r4/Binary/b1"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (says_json(OUTCOME, 404), NotFound),
        (says_json(OUTCOME, 410), NotFound),
        (says_json(OUTCOME), Refused),
        (PAGE, SignInAgain),
        (says_json({"resourceType": "Patient", "id": "b1"}), Unreadable),
        (reply(b'{"resourceType":"Binary","data":"a\\u0000"}'), Unreadable),
        (reply(b'{"resourceType":"Binary"'), Unreadable),
        (reply(b""), Unreadable),
    ],
)
def test_one_resource_that_is_not_there(
    oneup: OneUp, server: Served, said: bytes, expected: type[GatewayError]
) -> None:
    server.says(said)
    with pytest.raises(GatewayError) as caught:
        oneup.read(ACCESS, "r4", "Binary", "b1")
    assert type(caught.value) is expected


@pytest.mark.parametrize(
    ("kind", "key"), [("Binary", ".."), ("Binary", "a/b"), ("Binary", ""), ("../r4", "b1"), ("Binary", "a?b")]
)
def test_a_reference_that_cannot_be_one_is_not_asked_for(
    oneup: OneUp, server: Served, kind: str, key: str
) -> None:
    with pytest.raises(NotFound):
        oneup.read(ACCESS, "r4", kind, key)
    assert server.seen == []


@pytest.mark.parametrize(
    ("patient", "version"), [("..", "r4"), ("a/b", "r4"), ("p1", "r5"), ("p1", "../r4"), ("p1?x=", "r4")]
)
def test_our_own_mistakes_do_not_leave_the_house(
    oneup: OneUp, server: Served, patient: str, version: str
) -> None:
    with pytest.raises(NotAllowed):
        oneup.everything(ACCESS, patient, version)
    assert server.seen == []
