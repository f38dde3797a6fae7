"""Values that stand where they should not: what parses and breaks later, what lies about its type, what is
far too much.
"""

import copy
import random
from typing import Any

TEXTS = (
    *(
        "",
        " ",
        "\t\n",
        "\0",
        "a\0b",
        "\ud800",
        "half \udfff a pair",
        "\ufffe",
        "\u202egnirts",
        "\u200b\u200d\ufeff",
    ),
    *(
        "<script>window.hit=1</script>",
        "{{ 7|add:7 }}",
        "%s%n%(x)s",
        "'; drop table records_record; --",
        "../../etc",
    ),
    *("true", "null", "NaN", "-1", "1e400", "0x10", "١٢٣", "Ⅷ", "1,5", "++1", "é" * 40, "𝔘𝔫𝔦", "\u0301" * 50),
    *(
        "#",
        "#a",
        "Patient/",
        "/",
        "Patient/a/b/c",
        "http://",
        "urn:uuid:",
        "javascript:alert(1)",
        "//evil.example",
    ),
)
MOMENTS = (
    *(
        "9999-12-31",
        "9999-12-31T23:59:59-12:00",
        "9999-12-31T24:00:00+99:99",
        "0001-01-01",
        "0001-01-01T00:00:00+14:00",
    ),
    *("0000-00-00", "2024-02-30", "2023-02-29", "2024-13-01", "2024-06-31T25:61:61Z", "2016-12-31T23:59:60Z"),
    *(
        "2024-01-01T24:00:00Z",
        "2024-01-01T00:00:00-12:00",
        "2024-01-01T00:00:00+14:60",
        "-2024-01-01",
        "12024-01-01",
    ),
    *(
        "2024",
        "2024-1",
        "20240101",
        "2024-01-01T",
        "2024-01-01 10:00",
        "2024-W01-1",
        "99999999999999999999",
        "today",
    ),
    *("2024-01-01T10:00:00.999999999999999Z", "٢٠٢٤-٠١-٠١", "2024-01-01T10:00", "2024-01-01Z", "T10:00:00Z"),
)
NUMBERS = (
    *(0, -1, 1, 2**31, -(2**31) - 1, 2**63, -(2**63) - 1, 10**400, 10**4000, 1e308, -1e308, 5e-324, 1e-400),
    *(float("nan"), float("inf"), float("-inf"), 0.1 + 0.2, -0.0, True, False),
)


def value(rng: random.Random) -> Any:
    """One piece of junk, made anew each time: it may be damaged in its turn."""
    return rng.choice(_MAKERS)(rng)


def _text(rng: random.Random) -> Any:
    return rng.choice(TEXTS)


def _moment(rng: random.Random) -> Any:
    return rng.choice(MOMENTS)


def _number(rng: random.Random) -> Any:
    return rng.choice(NUMBERS)


def _nothing(rng: random.Random) -> Any:
    return rng.choice((None, [], {}, [None], [[]], [{}], {"": ""}, [None, None], {"extension": []}))


def _long(rng: random.Random) -> Any:
    return rng.choice(("x", "é", "\u202e", "<b>", " ", "\n", "𝔘", "a\0")) * rng.choice((300, 3000, 20_000))


def _many(rng: random.Random) -> Any:
    inside: Any = rng.choice(({}, {"text": "n"}, {"coding": [{}]}, None, [], "x", {"reference": "#a"}))
    return [copy.deepcopy(inside) for _ in range(rng.choice((100, 400, 2000)))]


def _deep(rng: random.Random) -> Any:
    found: Any = rng.choice(TEXTS)
    name = rng.choice(("extension", "item", "contained", "coding", "part", "valueQuantity", "text"))
    for _ in range(rng.choice((20, 58, 64, 100, 200))):
        found = [found] if rng.random() < 0.5 else {name: found}
    return found


def _almost(rng: random.Random) -> Any:
    """Shapes of FHIR with something wrong inside."""
    inside = rng.choice((None, 7, [], {}, True, "\0", "9999-12-31", [None, 7], float("nan")))
    return rng.choice(
        (
            {"coding": inside},
            {"coding": [None, 7, {"code": inside, "display": inside, "system": inside}]},
            {"text": inside, "coding": [{"code": "4548-4"}]},
            {"reference": inside, "display": inside},
            {"reference": "#" * 3000},
            {"start": inside, "end": inside},
            {"start": "2024-01-02", "end": "1999-01-01"},
            {"value": inside, "unit": inside, "comparator": inside},
            {"value": 10**400, "unit": "%"},
            {"numerator": {"value": 1}, "denominator": {"value": inside}},
            {"repeat": {"frequency": inside, "period": 0, "periodUnit": inside}},
            {"div": inside, "status": inside},
            {"family": inside, "given": inside, "text": inside},
            {"security": inside, "tag": inside, "source": inside, "lastUpdated": inside},
        )
    )


_MAKERS = (
    _text,
    _text,
    _moment,
    _moment,
    _number,
    _number,
    _nothing,
    _nothing,
    _almost,
    _almost,
    _long,
    _many,
    _deep,
)
