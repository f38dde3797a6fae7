"""Bundles cut into exact bytes: one bad resource costs itself, half a Bundle is none."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connect.oneup.brackets import NotWhole, members, pieces
from connect.oneup.bundles import BRANCH_CAP, DEPTH_CAP, RESOURCE_CAP, Cut, cut, reason_to_reject, type_of

GOOD = b'{"resourceType": "Condition",  "id": "a1", "n": 1.10, "t": "\\u00e9 \xc3\xa9 \\/ [{" }'
NEIGHBOUR = b'{"resourceType":"Observation","id":"a2"}'


def framed(*resources: bytes, head: bytes = b'"resourceType":"Bundle"', tail: bytes = b"") -> bytes:
    entries = b",".join(b'{"fullUrl":"x","resource":' + each + b"}" for each in resources)
    return b"{" + head + b',"entry":[' + entries + b"]" + tail + b"}"


def nested(levels: int) -> bytes:
    inner = levels - 1  # the resource itself is a level
    return b'{"resourceType":"Condition","x":' + b"[" * inner + b"]" * inner + b"}"


def test_the_slices_are_exactly_the_bytes_that_came() -> None:
    assert cut(framed(GOOD, NEIGHBOUR)) == Cut((GOOD, NEIGHBOUR), (), None, None)


BAD = {
    "NaN": (b'{"resourceType":"Observation","v":NaN}', "not-json"),
    "Infinity": (b'{"resourceType":"Observation","v":-Infinity}', "not-json"),
    "lone high surrogate": (b'{"resourceType":"Observation","v":"\\ud83d"}', "encoding"),
    "lone high surrogate within": (b'{"resourceType":"Observation","v":"\\ud83d and more"}', "encoding"),
    "lone low surrogate": (b'{"resourceType":"Observation","v":"\\udc00"}', "encoding"),
    "not UTF-8": (b'{"resourceType":"Observation","v":"caf\xe9"}', "encoding"),
    "null character": (b'{"resourceType":"Observation","v":"a\\u0000b"}', "null-character"),
    "null character after a backslash": (
        b'{"resourceType":"Observation","v":"\\\\\\u0000"}',
        "null-character",
    ),
    "bare null byte": (b'{"resourceType":"Observation","v":"a\0b"}', "null-character"),
    "control character": (b'{"resourceType":"Observation","v":"a\nb"}', "not-json"),
    "bad escape": (b'{"resourceType":"Observation","v":"\\q"}', "not-json"),
    "1e400": (b'{"resourceType":"Observation","v":1e400}', "number"),
    "a number of 5000 digits": (b'{"resourceType":"Observation","v":1' + b"0" * 5000 + b"}", "number"),
    "leading zero": (b'{"resourceType":"Observation","v":01}', "not-json"),
    "100 deep": (nested(100), "too-deep"),
    "100000 deep": (nested(100_000), "too-deep"),
    "one too deep": (nested(DEPTH_CAP + 1), "too-deep"),
    "too large": (b'{"resourceType":"Binary","data":"' + b"A" * RESOURCE_CAP + b'"}', "too-large"),
    "no type": (b'{"id":"a3"}', "no-type"),
    "a type that is none": (b'{"resourceType":"../x"}', "no-type"),
    "a number for a type": (b'{"resourceType":5}', "no-type"),
    "text": (b'"Observation"', "no-type"),
    "null": (b"null", "no-type"),
    "array": (b"[]", "no-type"),
    "an outcome": (b'{"resourceType":"OperationOutcome","issue":[]}', "outcome"),
}


@pytest.mark.parametrize(("bad", "reason"), BAD.values(), ids=BAD.keys())
def test_one_bad_resource_is_set_aside_and_its_neighbours_stay(bad: bytes, reason: str) -> None:
    found = cut(framed(GOOD, bad, NEIGHBOUR))
    assert found.resources == (GOOD, NEIGHBOUR)
    assert [(each.reason, each.body) for each in found.rejected] == [(reason, bad)]


def test_all_bad_resources_at_once() -> None:
    found = cut(framed(GOOD, *(bad for bad, _ in BAD.values()), NEIGHBOUR))
    assert found.resources == (GOOD, NEIGHBOUR)
    assert [each.reason for each in found.rejected] == [reason for _, reason in BAD.values()]


def test_what_only_looks_bad_is_kept() -> None:
    for fine in (
        nested(DEPTH_CAP),
        b'{"resourceType":"Observation","v":"' + b"[{" * 500 + b'"}',
        b'{"resourceType":"Observation","v":"\\\\u0000"}',
        b'{"resourceType":"Observation","v":"\\ud83d\\ude00"}',
        b'{"resourceType":"Observation","v":123456789012345678901234567890}',
        b'{"resourceType":"Observation","v":"\\"]}"}',
    ):
        assert reason_to_reject(fine) == ""
        assert cut(framed(GOOD, fine)).resources == (GOOD, fine)


@pytest.mark.parametrize(
    "entry", [b"null", b"5", b'"x"', b"[]", b"{}", b'{"fullUrl":"x"}', b'{"search":{"mode":"match"}}']
)
def test_an_entry_without_a_resource_is_told(entry: bytes) -> None:
    body = b'{"resourceType":"Bundle","entry":[' + entry + b',{"resource":' + GOOD + b"}]}"
    found = cut(body)
    assert found.resources == (GOOD,)
    assert [(each.reason, each.body) for each in found.rejected] == [("no-resource", entry)]


@pytest.mark.parametrize(
    "search", [b"null", b"{}", b'{"mode":null}', b'{"mode":"match"}', b'{"mode":"include"}', b"5"]
)
def test_how_an_entry_was_found_does_not_matter(search: bytes) -> None:
    body = b'{"resourceType":"Bundle","entry":[{"search":' + search + b',"resource":' + GOOD + b"}]}"
    assert cut(body).resources == (GOOD,)


def test_a_remark_of_the_search_is_no_record() -> None:
    body = b'{"resourceType":"Bundle","entry":[{"search":{"mode":"outcome"},"resource":' + GOOD + b"}]}"
    assert [each.reason for each in cut(body).rejected] == ["outcome"]


@pytest.mark.parametrize("bad", [b"", b',{"resource":{"resourceType":"Observation","v":NaN}}'])
def test_every_beginning_of_a_bundle_is_not_whole(bad: bytes) -> None:
    whole = b'{"resourceType":"Bundle","entry":[{"resource":' + GOOD + b"}" + bad + b'],"total":1}'
    assert cut(whole).total == 1
    for end in range(len(whole)):
        with pytest.raises(NotWhole):
            cut(whole[:end])


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"5", b'"Bundle"', b"{}", b'{"entry":[]}', b'{"resourceType":"Patient"}',
        b'{"resourceType":5,"entry":[]}', b'{"resourceType":"Bundle","entry":{}}',
        b'{"resourceType":"Bundle","entry":5}',
        framed(GOOD) + b"{}", framed(GOOD) + b",", b"x" + framed(GOOD), framed(b'{"v":NaN}') + b"]",
        framed(b"{]"), framed(b'{"v":NaN}]'), b'{"resourceType":"Bundle","entry":[}]', b'{NaN}', b'{"a" NaN}',
        framed(b'{"v":NaN}', tail=b',"link":[NaN]'), b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_bundle_is_refused_whole(body: bytes) -> None:
    with pytest.raises(NotWhole):
        cut(body)


@pytest.mark.parametrize("bad", [b"", b'{"resource":{"v":NaN}}'])
@pytest.mark.parametrize(
    ("said", "total"),
    [
        (b"23", 23),
        (b"0", 0),
        (b"-1", None),
        (b'"23"', None),
        (b"null", None),
        (b"true", None),
        (b"1.5", None),
    ],
)
def test_the_total_is_a_count_or_unknown(bad: bytes, said: bytes, total: int | None) -> None:
    assert cut(b'{"resourceType":"Bundle","total":' + said + b',"entry":[' + bad + b"]}").total == total


@pytest.mark.parametrize(
    "body", [b'{"resourceType":"Bundle"}', b'{"resourceType":"Bundle","entry":null}', framed()]
)
def test_no_entries_are_no_resources(body: bytes) -> None:
    assert cut(body) == Cut((), (), None, None)


def test_a_byte_order_mark_and_spaces_do_no_harm() -> None:
    assert cut(b"\xef\xbb\xbf \n" + framed(GOOD) + b"\r\n").resources == (GOOD,)


def test_too_large_for_the_slow_cut_is_refused_quickly() -> None:
    with pytest.raises(NotWhole):
        cut(framed(b'{"v":NaN}', b'{"x":[' + b"[]," * 1_000_000 + b"0]}"))


def test_a_resource_of_brackets_alone_is_too_large() -> None:
    assert reason_to_reject(b'{"resourceType":"Xx","x":[' + b"[]," * BRANCH_CAP + b"0]}") == "too-large"


def test_a_wide_resource_is_not_a_deep_one() -> None:
    assert reason_to_reject(b'{"resourceType":"Xx","x":[' + b"[]," * 100_000 + b"0]}") == ""


def test_a_rejected_body_does_not_show_in_print() -> None:
    assert "caf" not in repr(cut(framed(b'{"resourceType":"Observation","v":"caf\xe9"}')).rejected)


def test_both_cuts_find_the_same_slices() -> None:
    body = framed(GOOD, NEIGHBOUR, nested(DEPTH_CAP), tail=b',"total":3')
    by_brackets = tuple(members(piece)[b"resource"] for piece in pieces(members(body)[b"entry"], b"["))
    assert by_brackets == cut(body).resources


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)
@given(st.lists(JSON, max_size=6), st.booleans())
def test_brackets_alone_find_what_a_parser_finds(values: list[object], spaced: bool) -> None:
    text = json.dumps(values, indent=2 if spaced else None).encode()
    assert [json.loads(piece) for piece in pieces(text, b"[")] == values
    framed_ = json.dumps({"a": 1, "b": values}).encode()
    assert json.loads(members(framed_)[b"b"]) == values


@settings(deadline=None)
@given(st.binary(max_size=200), st.integers(0, 300))
def test_no_bytes_at_all_break_more_than_themselves(noise: bytes, where: int) -> None:
    whole = framed(GOOD, NEIGHBOUR)
    try:
        found = cut(whole[:where] + noise + whole[where:])
    except NotWhole:
        return
    for resource in found.resources:
        assert type_of(resource) == msgspec.json.decode(resource)["resourceType"]
        assert reason_to_reject(resource) == ""
