"""The guard of templates guards: what nobody gave is noticed, what may be missing is not."""

import pytest
from django.template import engines

from tests.templates import OURS, Loud, UndefinedVariable


def draw(words: str, name: str, **context: object) -> str:
    engine = engines["django"].engine
    template = engine.from_string(words)
    for node in template.nodelist.get_nodes_by_type(object):
        node.origin = type("Origin", (), {"name": name})()
    from django.template import Context

    return template.render(Context(context))


def test_the_engine_of_the_tests_is_loud():
    assert isinstance(engines["django"].engine.string_if_invalid, Loud)


@pytest.mark.parametrize("words", ["{{ name }}", "{{ person.name }}", "{{ name|upper }}"])
def test_an_undefined_variable_of_ours_fails_and_names_its_place(words):
    with pytest.raises(UndefinedVariable, match=r"name in portal/home\.html"):
        draw(words, str(OURS / "portal/home.html"), person={})


@pytest.mark.parametrize("words", ["{% if name %}x{% endif %}", "{% firstof name 'y' %}", "{{ here }}"])
def test_what_may_be_missing_may_be_missing(words):
    draw(words, str(OURS / "portal/home.html"), here="z")


def test_a_template_that_is_not_ours_prints_nothing():
    assert draw("{{ name }}", "/elsewhere/admin/base.html") == ""
