"""The digest moves when a record does and only then; identity is read without trusting anything."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.fhir.digest import digest, examined, identity
from sandbox.patients.crowd import population

BASE = {"resourceType": "Condition", "id": "a", "meta": {"versionId": "1"}, "code": {"text": "Asthma"}}


def raw(**changed) -> bytes:
    return json.dumps({**BASE, **changed}).encode()


def test_a_digest_is_sixteen_bytes():
    assert len(digest(raw())) == 16


@pytest.mark.parametrize(
    "meta",
    [{"versionId": "2"}, {"lastUpdated": "2026-01-01T00:00:00Z"}, {"source": "1up-external-system:1"}, {}],
)
def test_a_new_version_number_is_no_change(meta):
    assert digest(raw(meta=meta)) == digest(raw())


def test_the_own_meta_is_found_among_equal_ones_inside():
    def twice(own, inner, before):
        parts = [f'"contained":[{{"meta":{inner}}}]', f'"meta":{own}']
        return ("{" + ",".join(parts if before else parts[::-1]) + "}").encode()

    one, two = '{"versionId":"1"}', '{"versionId":"2"}'
    for before in (True, False):
        assert digest(twice(one, one, before)) == digest(twice(two, one, before))
        assert digest(twice(one, one, before)) != digest(twice(one, two, before))


def test_an_update_time_inside_a_contained_resource_is_a_change():
    inside = [{"resourceType": "Medication", "meta": {"versionId": "1"}}]
    other = [{"resourceType": "Medication", "meta": {"versionId": "2"}}]
    assert digest(raw(contained=inside)) != digest(raw(contained=other))


@pytest.mark.parametrize(
    "label", [{"security": [{"code": "R"}]}, {"tag": [{"code": "x"}]}, {"profile": ["p"]}]
)
def test_a_label_is_a_change(label):
    assert digest(raw(meta=label)) != digest(raw())


def test_a_word_is_a_change():
    assert digest(raw(code={"text": "Asthma."})) != digest(raw())


def test_two_members_cannot_be_taken_for_one():
    assert digest(b'{"a":"x","b":"y"}') != digest(b'{"a":"x,b:y"}')
    assert digest(b'{"a":1,"b":2}') != digest(b'{"a:1,b":2}')


@pytest.mark.parametrize("strange", [b'{"note":"\\ud800","meta":%b}', b'{"value":NaN,"meta":%b}'])
def test_what_only_a_lenient_parser_reads_is_treated_the_same(strange):
    first, second, third = (
        strange % meta for meta in (b'{"versionId":"1"}', b'{"versionId":"2"}', b'{"tag":[]}')
    )
    assert digest(first) == digest(second) != digest(third)


@pytest.mark.parametrize("meta", [b"7", b'"x"', b"[1]", b"null", b"true"])
def test_meta_of_a_wrong_type_is_hashed_as_it_is(meta):
    assert digest(b'{"id":"a","meta":%b}' % meta) != digest(b'{"id":"a"}')


@pytest.mark.parametrize(
    "broken", [b"", b"{", b"[1]", b"null", b"\xff\xfe", b'{"a":' + b"[" * 9999 + b"]" * 9999 + b"}"]
)
def test_what_is_no_resource_is_hashed_whole(broken):
    assert len(digest(broken)) == 16
    assert digest(broken) != digest(broken + b" {")


def test_identity_is_the_type_and_the_id():
    assert identity(raw()) == ("Condition", "a", "")


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        (b"<html>", "not-json"),
        (b"[]", "not-an-object"),
        (b"null", "not-an-object"),
        (b'{"id":"a"}', "no-type"),
        (b'{"resourceType":"../etc","id":"a"}', "no-type"),
        (b'{"resourceType":{"x":1},"id":"a"}', "no-type"),
        (b'{"resourceType":"Condition"}', "no-id"),
        (b'{"resourceType":"Condition","id":""}', "no-id"),
        (b'{"resourceType":"Condition","id":"a/b"}', "no-id"),
        (b'{"resourceType":"Condition","id":"a\\u0000b"}', "no-id"),
        (b'{"resourceType":"Condition","id":["a"]}', "no-id"),
    ],
)
def test_what_cannot_be_kept_says_why(sent, problem):
    assert identity(sent).problem == problem


def test_an_id_sent_as_a_number_is_still_an_id():
    assert identity(b'{"resourceType":"Condition","id":12}') == ("Condition", "12", "")


def test_half_a_character_elsewhere_does_not_cost_the_identity():
    assert identity(b'{"resourceType":"Condition","id":"a","x":"\\ud800"}') == ("Condition", "a", "")


@settings(deadline=None, database=None)
@given(
    st.binary(max_size=60)
    | st.recursive(st.none() | st.text(), lambda x: st.dictionaries(st.text(), x)).map(
        lambda value: json.dumps(value).encode()
    )
)
def test_bytes_of_any_kind_are_no_error(sent):
    assert len(digest(sent)) == 16
    assert isinstance(identity(sent).problem, str)


def test_one_look_says_what_two_would():
    for raw in (b"", b"[]", b'{"resourceType":"Condition","id":7}', *population(200)):
        assert examined(raw) == (identity(raw), digest(raw))
