"""The bytes a chart is made of."""

import json

import pytest

from sandbox.charts import cut, digest, dump, identity, join, load


@pytest.mark.parametrize("number", ["7.0", "7.00", "1.50E+2", "-0.10", "12345678901234567890.5", "3"])
def test_a_number_keeps_the_text_it_was_written_with(number):
    resource = load(f'{{"id":"a","resourceType":"Observation","value":{number}}}')
    assert dump(resource) == f'{{"resourceType":"Observation","id":"a","value":{number}}}'.encode()


def test_words_in_any_script_and_broken_surrogates_survive():
    text = '{"resourceType":"Patient","id":"a","text":"Núñez \\ud83d 好 \\"quoted\\""}'
    assert json.loads(dump(load(text))) == json.loads(text)


def test_a_resource_taken_apart_and_joined_is_the_same():
    resource = (
        b'{"resourceType":"Condition","id":"a","meta":{"tag":[]},"code":{"text":"Gr\xc3\xbc\xc3\x9fe"}}'
    )
    assert join(cut(resource)) == resource


def test_bookkeeping_of_a_server_does_not_count_and_labels_do():
    def served(meta):
        return dump({"resourceType": "Condition", "id": "a", "meta": meta, "code": {"text": "Asthma"}})

    plain = digest(dump({"resourceType": "Condition", "id": "a", "code": {"text": "Asthma"}}))
    assert digest(served({"versionId": "1", "lastUpdated": "2020", "source": "x"})) == plain
    assert digest(served({"versionId": "9"})) == plain
    assert digest(served({"security": [{"code": "R"}]})) != plain


@pytest.mark.parametrize(
    "resource",
    [
        b'{"id": "a", "resourceType": "Condition", "code": {"text": "Asthma"}}',
        b'{"resourceType":"Condition","id":"a","code":{"text":"Asthma"},"meta":{"versionId":"4"}}',
        b'{"resourceType":"Condition","id":"a","meta":{"versionId":"4"},"code":{"text":"Asthma"}}',
    ],
)
def test_the_order_in_which_a_resource_was_written_does_not_change_its_digest(resource):
    assert digest(resource) == digest(b'{"resourceType":"Condition","id":"a","code":{"text":"Asthma"}}')


def test_type_and_id_are_read_without_reading_the_rest():
    assert identity(b'{"resourceType":"Condition","id":"a.1-B","code":{}}') == ("Condition", "a.1-B")


@pytest.mark.parametrize("broken", [b'{"resourceType":"Condition"}', b'{"id":"a"}', b"[]", b"{"])
def test_a_resource_without_type_or_id_is_refused(broken):
    with pytest.raises(ValueError):
        cut(broken)
