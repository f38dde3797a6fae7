"""Hostile resources: a valid one, and one thing done to it that a careless reader would not survive.

    hostile(rng, valid, number)

Brackets and quotes stay in pairs: a page whose brackets do not pair up is no page, and `tests.fuzz.garbage`
has those.
"""

import copy
import json
import random
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.fuzz import junk

_MARK = "\ue000mark\ue000"  # stands where raw text goes
_LARGEST = 6_000_000  # bytes; a resource larger than a page may be is no page
Resource = dict[str, Any]


class Hostile(NamedTuple):
    """What was done, the entries of a Bundle it makes, and the bytes that must be found again afterwards,
    in the store or in quarantine (`whole`: of an entry that has no resource, the entry).
    """

    damage: str
    entries: tuple[bytes, ...]
    raw: bytes
    whole: bytes


def hostile(rng: random.Random, valid: Resource, number: int, *, giant: bool = False) -> Hostile:
    """One hostile resource. Its id is its own unless that is damaged. `giant`: megabytes."""
    while True:
        name = rng.choice(_GIANTS if giant else _NAMES)
        made = _DAMAGES[name](rng, copy.deepcopy(valid) | {"id": f"h-{number}"}, name)
        if len(made.whole) <= _LARGEST:
            return made


def written(rng: random.Random, resource: Any) -> bytes:
    """As JSON, escaped or not; half a surrogate pair becomes an escape or bytes that are no UTF-8."""
    text = json.dumps(
        resource, ensure_ascii=rng.random() < 0.5, separators=rng.choice(((",", ":"), (", ", ": ")))
    )
    return text.encode("utf-8", "surrogatepass")


def entry(raw: bytes) -> bytes:
    """The entry of a Bundle around a resource."""
    return b'{"fullUrl":"https://example.org/fhir/x","resource":' + raw + b',"search":{"mode":"match"}}'


def _as_is(name: str, raw: bytes) -> Hostile:
    whole = entry(raw)
    return Hostile(name, (whole,), raw, whole)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, one in inside for deeper in _places(one, (*path, key)))]


def _put(rng: random.Random, resource: Resource, make: Callable[[Any], Any]) -> None:
    """Put what `make` makes of the old value in one place; the id and the type stay, others may go."""
    places = [path for path in _places(resource)[1:] if path[0] not in ("id", "resourceType")]
    path = rng.choice(places or [("status",)])
    parent: Any = resource
    for step in path[:-1]:
        parent = parent[step]
    old = parent.get(path[-1]) if isinstance(parent, dict) else parent[path[-1]]
    parent[path[-1]] = make(old)


def _values(rng: random.Random, resource: Resource, name: str) -> Hostile:
    for _ in range(rng.randint(1, 4)):
        _put(rng, resource, lambda _old: junk.value(rng))
    return _as_is(name, written(rng, resource))


def _shapes(rng: random.Random, resource: Resource, name: str) -> Hostile:
    """String to array, array to object, and all the other ways a schema drifts."""
    turns: tuple[Callable[[Any], Any], ...] = (
        *(lambda old: [old], lambda old: [[old]], lambda old: {"value": old}, str, lambda old: [old] * 3),
        *(lambda old: old[0] if isinstance(old, list) and old else None, lambda old: {"0": old}, bool),
    )
    for _ in range(rng.randint(1, 6)):
        _put(rng, resource, rng.choice(turns))
    return _as_is(name, written(rng, resource))


def _missing(rng: random.Random, resource: Resource, name: str) -> Hostile:
    """Members gone, its name or its type among them."""
    for key in rng.sample(sorted(resource), rng.randint(1, len(resource))):
        del resource[key]
    return _as_is(name, written(rng, {**resource, "n": rng.getrandbits(64)}))


def _moments(rng: random.Random, resource: Resource, name: str) -> Hostile:
    """Every date of it impossible."""

    def turned(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {each: turned(one, each) for each, one in value.items()}
        if isinstance(value, list):
            return [turned(one, key) for one in value]
        is_moment = isinstance(value, str) and (value[:2] in ("19", "20") or "date" in key.lower())
        return rng.choice(junk.MOMENTS) if is_moment else value

    return _as_is(name, written(rng, {**turned(resource), "id": resource["id"]}))


def _raw_text(rng: random.Random, resource: Resource, name: str) -> Hostile:
    """What no JSON writer would write, somewhere in it."""
    _put(rng, resource, lambda _old: _MARK)
    text = json.dumps(resource, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return _as_is(name, text.replace(json.dumps(_MARK, ensure_ascii=False).encode(), rng.choice(_RAW), 1))


_RAW = (
    *(
        b"NaN",
        b"-Infinity",
        b"Infinity",
        b"1e400",
        b"-1e400",
        b"1E+99999",
        b"9" * 5000,
        b"0.%s1" % (b"0" * 5000),
    ),
    *(
        rb'"\u0000"',
        rb'"a\u0000b"',
        rb'"\ud800"',
        rb'"\udfff\ud800"',
        rb'"\ud83d"',
        rb'"\\u0000"',
        rb'"\x41"',
    ),
    *(
        b'"\x00"',
        b'"\xff\xfe"',
        b'"\xc0\xaf"',
        b'"\xed\xa0\x80"',
        b'"\x01\x02"',
        b'"\n"',
        b'"\xf4\x90\x80\x80"',
    ),
    *(b"undefined", b"True", b"0x1F", b"01", b"1.", b".5", b"+1", b"1_000", b"- 1", b"nul", b"", b"/**/null"),
    *(
        b'{"a":1,"a":2}',
        b'{"a" 1}',
        b"[1,,2]",
        b"[1,]",
        b"{,}",
        b'{"a":}',
        b'["a" "b"]',
        b"{1:2}",
        b"[[[[]]]]",
    ),
    *(b"[" * 63 + b"]" * 63, b"[" * 100 + b"]" * 100, b'{"a":' * 100 + b"1" + b"}" * 100, b"\xef\xbb\xbf1"),
)


def _doubled_keys(rng: random.Random, resource: Resource, name: str) -> Hostile:
    """The same member twice, with two meanings."""
    text = written(rng, resource)
    name_of = rng.choice(sorted(set(resource) - {"id"}))
    extra = json.dumps({name_of: junk.value(rng)}).encode("utf-8", "surrogatepass")[1:-1]
    return _as_is(
        name, b"{" + extra + b"," + text[1:] if rng.random() < 0.5 else text[:-1] + b"," + extra + b"}"
    )


def _ids(rng: random.Random, resource: Resource, name: str) -> Hostile:
    own = str(resource["id"])
    resource["id"] = rng.choice(
        (
            *(
                None,
                int(own[2:]),
                [own],
                {"value": own},
                True,
                1.5,
                "",
                " ",
                "\0",
                own + "\0",
                own + "\ud800",
                10**30,
                -1,
            ),
            *(
                own + "x" * 10_000,
                f"../{own}",
                f"{own}/../x",
                f"{own}?a=b",
                f"{own}#f",
                f"{own}%2f",
                f"{own}\n",
            ),
            *(
                f"\u202e{own}",
                f"{own}\u200b",
                f"é{own}",
                f"<b>{own}",
                f"'{own}",
                f'"{own}',
                f"{own};--",
                f"{own}\\",
            ),
            *(f"{own}." * 20, f"{own}x" * 30, f".{own}", f"{own}&amp;", f"{{{own}}}", f"{own}:8"),
        )
    )
    return _as_is(name, written(rng, {**resource, "n": rng.getrandbits(64)}))


def _types(rng: random.Random, resource: Resource, name: str) -> Hostile:
    """Said to be something it is not."""
    resource["resourceType"] = rng.choice(
        (
            *(
                None,
                7,
                [],
                {},
                "",
                " ",
                "patient",
                "Observation ",
                "Observation/1",
                "\0",
                "Ob\u200bservation",
                "É",
            ),
            *(
                "Bundle",
                "OperationOutcome",
                "Parameters",
                "Xyzzy",
                "Patient",
                "Binary",
                "List",
                "X" * 64,
                "X" * 65,
            ),
            *(
                "Condition",
                "Immunization",
                "AllergyIntolerance",
                "MedicationRequest",
                "DiagnosticReport",
                "Claim",
            ),
            *(
                "DocumentReference",
                "Encounter",
                "CarePlan",
                "Goal",
                "Coverage",
                "Procedure",
                "MedicationOrder",
            ),
        )
    )
    return _as_is(name, written(rng, {**resource, "n": rng.getrandbits(64)}))


def _no_object(rng: random.Random, resource: Resource, name: str) -> Hostile:
    mark = rng.getrandbits(64)
    made = rng.choice((f"{mark}", mark, [mark], [resource], {"n": mark}, {"resource": resource}, [[mark]]))
    return _as_is(name, written(rng, made))


def _entries(rng: random.Random, resource: Resource, name: str) -> Hostile:
    """The entry itself is odd."""
    raw, mark = written(rng, resource), str(rng.getrandbits(64)).encode()
    whole = rng.choice(
        (
            *(b'"%s"' % mark, mark, b"[%s]" % mark, b'{"n":%s}' % mark, b'{"resource":"%s"}' % mark),
            *(b'{"fullUrl":%s,"resource":%s}' % (mark, raw), b'{"search":7,"resource":%s}' % raw),
            *(
                b'{"search":{"mode":["match"]},"resource":%s}' % raw,
                b'{"resource":%s,"resource":%s}' % (mark, raw),
            ),
            *(b'{"search":{"mode":"outcome"},"resource":%s}' % raw, b'  {\n"resource"\t:\r\n %s \n}' % raw),
            *(b'{"resource":%s,"request":{"method":"DELETE"}}' % raw, b'{"link":NaN,"resource":%s}' % raw),
        )
    )
    found = raw if raw in whole else mark if b'"resource":' not in whole else b'"%s"' % mark
    return Hostile(name, (whole,), found, whole.strip())


def _twice(rng: random.Random, resource: Resource, name: str) -> Hostile:
    """Two of one name in one page: the last one counts."""
    first = written(rng, {**resource, "note": "first"})
    last = written(rng, {**resource, "note": "last"})
    return Hostile(name, (entry(first), entry(last)), last, entry(last))


def _huge_text(rng: random.Random, resource: Resource, name: str) -> Hostile:
    size = rng.choice((100_000, 1_000_000, 4_990_000, 5_100_000))
    piece = rng.choice(("x", "<p>", "word ", "\\", "[{"))
    _put(rng, resource, lambda _old: piece * (size // len(json.dumps(piece)[1:-1])))
    return _as_is(name, written(rng, resource))


def _huge_depth(rng: random.Random, resource: Resource, name: str) -> Hostile:
    deep = rng.choice((1_000, 10_000, 100_000))
    raw = b'{"resourceType":"Basic","id":"%s","x":' % str(resource["id"]).encode()
    opening, closing = rng.choice(((b"[", b"]"), (b'{"a":', b"}")))
    return _as_is(name, raw + opening * deep + b"1" + closing * deep + b"}")


def _huge_width(rng: random.Random, resource: Resource, name: str) -> Hostile:
    resource["extension"] = [rng.choice(({}, [], {"url": "x"}))] * rng.choice((20_000, 100_000))
    return _as_is(name, written(rng, resource))


_DAMAGES: dict[str, Callable[[random.Random, Resource, str], Hostile]] = {
    "values": _values,
    "shapes": _shapes,
    "missing": _missing,
    "moments": _moments,
    "raw text": _raw_text,
    "doubled keys": _doubled_keys,
    "ids": _ids,
    "types": _types,
    "no object": _no_object,
    "entries": _entries,
    "twice": _twice,
    "huge text": _huge_text,
    "huge depth": _huge_depth,
    "huge width": _huge_width,
}
_GIANTS = [name for name in _DAMAGES if name.startswith("huge")]
_NAMES = [name for name in _DAMAGES if name not in _GIANTS] + ["values", "values", "shapes"]
