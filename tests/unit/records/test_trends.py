"""One test over time: which results it holds, what the sentence says, and that chart and table agree."""

import re

import pytest
from django.urls import reverse

from ground import scope
from ground.models import Look
from ground.viewer import job_viewer
from records import reading, store
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def harbor(rosa):
    return make.source(rosa, key="oneup:5", name="Harbor")


def address(key, version="R4", kind="test-results"):
    return reverse("records:trend", args=[kind, make.origin(version).pk, "Observation", key])


def shown(browser, key="a", **more):
    answer = browser.get(address(key, **more))
    assert answer.status_code == 200
    return answer.content.decode()


def sentence(browser, key="a", **more):
    return words(re.search(r"</h1>(.*?)</div>", shown(browser, key, **more), re.S)[1])


def words(html):
    text = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", html, flags=re.S)
    return " ".join(text.replace("&lt;", "<").replace("&#x27;", "'").split())


def plain(key="a", on="2026-03-04", value=6.1, unit="%", **more):
    """A result without a range."""
    quantity = {"value": value, "unit": unit, "code": unit}
    sent = {"valueQuantity": quantity, "referenceRange": []} | more
    return make.observation(key, on=on, **sent)


def pressure(key, upper, lower, on):
    sides = (("8480-6", upper), ("8462-4", lower))
    return {
        "resourceType": "Observation",
        "id": key,
        "status": "final",
        "category": [{"coding": [{"code": "vital-signs"}]}],
        "code": {"text": "Blood pressure", "coding": [{"system": "http://loinc.org", "code": "85354-9"}]},
        "effectiveDateTime": on,
        "component": [
            {
                "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
                "valueQuantity": {"value": value, "unit": "mmHg", "code": "mm[Hg]"},
            }
            for code, value in sides
        ],
    }


# --- What it says ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("results", "expected"),
    [
        (
            [plain(on="2026-03", value=7.2), plain("b", "2024-06", 8.1)],
            "7.2 % in March 2026, down from 8.1 % in June 2024.",
        ),
        (
            [plain(on="2026-03-04", value=8.1), plain("b", "2024", 7.2)],
            "8.1 % on March 4, 2026, up from 7.2 % in 2024.",
        ),
        ([plain(value=7), plain("b", "2024", 7.0)], "7 % on March 4, 2026, the same as 7.0 % in 2024."),
        ([plain()], "6.1 % on March 4, 2026. There is no other result to compare it with."),
        (
            [make.observation("a", on="2026-03"), plain("b", "2024", 6.1)],
            "6.1 % in March 2026, the same as 6.1 % in 2024. Above the lab’s own range, 4.0 – 5.6.",
        ),
        (
            [make.observation("a", on="2026", value=5)],
            "5 % in 2026. There is no other result to compare it with. The lab’s own range is 4.0 – 5.6.",
        ),
        (
            [plain(on="2026", interpretation=[{"coding": [{"code": "A"}]}])],
            "6.1 % in 2026. There is no other result to compare it with. It is marked: Abnormal.",
        ),
        (
            [plain(value=1.8, unit="g/L"), plain("b", "2024", 200, "mg/dL")],
            "1.8 g/L on March 4, 2026, down from 2 g/L in 2024.",
        ),
        (
            [plain(method={"text": "HPLC"}), plain("b", "2024", 7, method={"text": "Immunoassay"})],
            "6.1 % on March 4, 2026. Before that 7 % in 2024, by another method, so the two are not"
            " compared.",
        ),
        (
            [plain(), plain("b", "2025", valueQuantity={"value": 4, "comparator": "<"}), plain("c", "2024")],
            "6.1 % on March 4, 2026. Before that 6.1 % in 2024; between the two is a result that is not"
            " drawn.",
        ),
        (
            [plain(valueQuantity={"value": 4, "comparator": "<"})],
            "None of these results is a plain number with a date, so there is nothing to draw.",
        ),
        (
            [plain(on="2026-03-04T15:00:00Z", value=6), plain("b", "2026-03-04T14:00:00Z", 5)],
            "6 % on March 4, 2026, 10 a.m. EST, up from 5 % on March 4, 2026, 9 a.m. EST.",
        ),
    ],
)
def test_one_sentence_says_what_changed(browser, rosa, lakeside, results, expected):
    make.records(rosa, *results, source=lakeside)
    assert sentence(browser) == expected


def test_two_places_are_named_where_they_differ(browser, rosa, lakeside, harbor):
    make.records(rosa, plain(on="2026-03", value=7.2), source=lakeside)
    make.records(rosa, plain("b", "2024-06", 8.1), source=harbor)
    expected = "7.2 % in March 2026 (Lakeside Clinic), down from 8.1 % in June 2024 (Harbor)."
    assert sentence(browser) == expected


def test_a_blood_pressure_tells_both_numbers(browser, rosa, lakeside):
    make.records(rosa, pressure("a", 132, 84, "2026"), pressure("b", 128, 84, "2024"), source=lakeside)
    assert sentence(browser, kind="vitals") == (
        "132/84 mmHg in 2026; before that 128/84 mmHg in 2024."
        " The upper number (systolic) went up from 128 to 132. The lower number (diastolic) stayed at 84."
    )
    assert shown(browser, kind="vitals").count("<polyline") == 4  # two lines, for a phone and for a page


def test_what_is_not_drawn_is_said_with_the_reason(browser, rosa, lakeside):
    make.records(
        rosa,
        plain("a", value=100, unit="mg/dL"),
        plain("b", "2025", 5.5, "mmol/L"),
        plain("c", "2024", 5.6, "mmol/L"),
        plain("d", "2023", valueQuantity={"value": 40, "comparator": "<", "code": "mg/dL"}),
        source=lakeside,
    )
    text = words(shown(browser))
    assert "2 results in mmol/L are not drawn: they cannot be compared with mg/dL without knowing" in text
    assert "1 result is not drawn: it says only “less than” or “more than” a number." in text
    assert text.count("Not drawn: another unit") == 2


# --- Which results it holds --------------------------------------------------------------------------------
def test_the_same_code_is_one_test_whatever_it_is_called(browser, rosa, lakeside, harbor):
    other = {"text": "HbA1c", "coding": [{"system": "http://loinc.org", "code": "4548-4"}]}
    alien = {"text": "Hemoglobin A1c", "coding": [{"system": "http://loinc.org", "code": "1234-5"}]}
    make.records(rosa, plain(), plain("c", "2020", 99, code=alien), source=lakeside)
    make.records(rosa, plain("b", "2021", 8, code=other), source=harbor, fhir_version="STU3")
    text = words(shown(browser))
    assert "8 %" in text
    assert "99" not in text


def test_without_a_code_the_title_must_be_exactly_the_same(browser, rosa, lakeside):
    titles = ("Glucosa en ayunas", "GLUCOSA EN AYUNAS", "Glucosa en ayunas 2", "Glucosa", "Glúcosa en ayunas")
    results = [plain(key, f"202{n}", 90 + n) for n, key in enumerate("abcde")]
    for result, title in zip(results, titles, strict=True):
        result["code"] = {"text": title}
    make.records(rosa, *results, source=lakeside)
    text = words(shown(browser))
    assert [value for value in ("90 %", "91 %", "92 %", "93 %", "94 %") if value in text] == [
        *("90 %", "91 %", "94 %"),
    ]


def test_what_has_neither_name_nor_code_is_like_nothing(browser, rosa, lakeside):
    make.records(rosa, plain(code={}), plain("b", code={}), source=lakeside)
    assert browser.get(address("a")).status_code == 404


def test_what_is_withdrawn_or_of_a_place_not_open_is_not_there(browser, rosa, lakeside, harbor):
    wrong = plain("w", value=77, status="entered-in-error")
    make.records(rosa, plain(), wrong, source=lakeside)
    make.records(rosa, plain("h", value=88), source=harbor)
    with scope.open(job_viewer(rosa.pk)):
        store.set_gate(harbor, "question", "")
    text = shown(browser)
    assert "77" not in words(text)
    assert "88" not in words(text)
    assert browser.get(address("w")).status_code == 404


def test_what_is_no_measurement_has_no_such_page(browser, rosa, lakeside):
    make.records(rosa, make.condition("c-1"), source=lakeside)
    args = ["conditions", make.origin().pk, "Condition", "c-1"]
    assert browser.get(reverse("records:trend", args=args)).status_code == 404


def test_an_old_address_leads_to_the_new_one(browser, rosa, lakeside):
    make.records(rosa, plain(), source=lakeside)
    assert browser.get(address("a", kind="vitals")).url == address("a")


# --- How it gets there -------------------------------------------------------------------------------------
def test_a_result_leads_there_where_there_is_another(browser, rosa, lakeside):
    make.records(rosa, plain(), plain("b", "2019", 7), plain("c", "2020", 7, "mmol/mol"), source=lakeside)
    page = browser.get(reverse("records:one", args=["test-results", make.origin().pk, "Observation", "a"]))
    assert "See how it changed over time: 2 results since 2019" in page.content.decode()
    assert address("a") in page.content.decode()
    alone = browser.get(reverse("records:one", args=["test-results", make.origin().pk, "Observation", "c"]))
    assert "over time" not in alone.content.decode()


def test_a_blood_pressure_leads_there_too(browser, rosa, lakeside):
    make.records(rosa, pressure("a", 132, 84, "2026"), pressure("b", 128, 84, "2024"), source=lakeside)
    page = browser.get(reverse("records:one", args=["vitals", make.origin().pk, "Observation", "a"]))
    assert "See how it changed over time: 2 results since 2024" in page.content.decode()


@pytest.mark.parametrize("count", [1, 60])
def test_it_asks_the_same_few_questions_for_one_and_for_many(
    rosa, lakeside, owner, count, django_assert_num_queries
):
    make.records(rosa, *(plain(f"o{n}", f"20{10 + n % 16}") for n in range(count)), source=lakeside)
    origin = make.origin().pk
    with scope.open(make.looking(rosa, owner)) as viewer:
        with django_assert_num_queries(4):  # the record, the places, what is like it, the look
            reading.trend(viewer, origin, "Observation", "o0")
        with django_assert_num_queries(6):  # the record, what is like it, the look, three of own words
            reading.one(viewer, origin, "Observation", "o0")


def test_reading_it_leaves_one_look(browser, rosa, lakeside):
    make.records(rosa, plain(), plain("b", "2019", 7), source=lakeside)
    shown(browser)
    with scope.open(job_viewer(rosa.pk)):
        (look,) = Look.objects.filter(patient=rosa)
        assert (look.what, look.record_kind, look.rows) == ("trend", "test-results", 2)


def test_only_so_many_are_read_and_it_says_so(browser, rosa, lakeside, monkeypatch):
    monkeypatch.setattr("records.reading.trends.MOST", 2)
    make.records(rosa, plain(), plain("b", "2019", 7), plain("c", "2018", 8), source=lakeside)
    text = words(shown(browser))
    assert "Only the newest 2 are shown here." in text
    assert "8 %" not in text


# --- The chart says the same as its table ------------------------------------------------------------------
def rows(page):
    """Date, value with its mark, place of each row that is drawn."""
    body = re.search(r"<tbody[^>]*>(.*?)</tbody>", page, re.S)[1]
    cells = [
        [words(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.S)
    ]
    return [cell for cell in cells if "Not drawn" not in cell[1]]


def test_a_chart_says_the_same_as_its_table(browser, rosa, lakeside, harbor):
    here = [plain(value=180, unit="mg/dL"), plain("b", "2025", 70, "mg/dL", interpretation="L")]
    here += [plain("n", "2022", 5, "mmol/L")]
    here[0] |= {"interpretation": [{"coding": [{"code": "H"}]}]}
    make.records(rosa, *here, source=lakeside)
    make.records(rosa, plain("c", "2024-06", 2, "g/L"), source=harbor)
    page = shown(browser)
    for chart in re.findall(r"<svg class=\"chart (?:narrow|wide)\".*?</svg>", page, re.S):
        spots = re.findall(r"<circle[^>]*><title>(.*?)</title>", chart)
        told = [
            f"{date}: {', '.join(filter(None, [*mark(value), place]))}"
            for date, value, _range, place in reversed(rows(page))
        ]
        assert spots == told
        assert len(spots) == 3
    assert page.count('class="chart wide"') == 1


def mark(cell):
    """The value as drawn, and how it is marked."""
    value = re.match(r"[\d.]+ \S+", cell)[0]
    drawn = re.search(r"([\d.]+ \S+) in the chart", cell)
    word = re.search(r"High|Low", cell)
    return [drawn[1] if drawn else value, word[0] if word else ""]


def test_the_chart_is_named_and_holds_neither_style_nor_script(browser, rosa, lakeside):
    make.records(rosa, make.observation("a"), make.observation("b", on="2020", value=5), source=lakeside)
    page = shown(browser)
    for chart in re.findall(r"<svg class=\"chart (?:narrow|wide)\".*?</svg>", page, re.S):
        named = re.search(r'role="img" aria-labelledby="([\w-]+) ([\w-]+)"', chart)
        assert re.search(rf'<title id="{named[1]}">Hemoglobin A1c over time</title>', chart)
        assert re.search(rf'<desc id="{named[2]}">6.1 % on March 4, 2026, up from 5 % in 2020', chart)
        assert "style=" not in chart
        assert "<script" not in chart
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_a_hostile_name_stays_words(browser, rosa, lakeside):
    code = {"text": "<b onclick=alert(1)>A1c</b>"}
    make.records(rosa, plain(code=code), plain("b", "2020", 5, code=code), source=lakeside)
    assert "<b onclick" not in shown(browser)
