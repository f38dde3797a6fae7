"""Filters that upstream text never meets: those with advisory after advisory, and those that believe it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*"))
CODE = [
    path
    for room in ("portal", "connect", "records", "ground")
    for path in sorted((ROOT / room).rglob("*.py"))
    if "migrations" not in path.parts
]
#: Slow on crafted text (advisory after advisory), or they take text for markup.
FILTERS = (
    *("truncatewords_html", "truncatechars_html", "striptags", "urlize", "urlizetrunc", "intcomma"),
    *("floatformat", "safe", "safeseq", "unordered_list"),
)
#: A form's help text is ours, and says what a password needs as a list; a letter is no markup.
OURS = {"components/field.html": {"safe"}}
_USED = re.compile(r"\|\s*(" + "|".join(FILTERS) + r")\b|(\bautoescape\s+off\b)")
_IN_CODE = re.compile(r"\b(mark_safe|strip_tags|Truncator|urlize|SafeText|html_safe|__html__)\b")
#: Where text becomes markup: nh3 has just taken everything else out.
MARKUP = {"records/reading/told.py"}


def used(text: str) -> set[str]:
    """The forbidden filters in a template."""
    return {next(filter(None, found)) for found in _USED.findall(text)}


def forbidden(path: Path) -> set[str]:
    """Those in a file that it may not have."""
    letter = {"autoescape off"} if path.suffix == ".txt" else set()
    allowed = OURS.get(path.relative_to(ROOT / "templates").as_posix(), set())
    return used(path.read_text()) - letter - allowed


def test_no_template_uses_a_filter_that_crafted_text_can_slow_or_that_believes_it():
    found = {path.name: forbidden(path) for path in TEMPLATES if path.is_file()}
    assert {name: filters for name, filters in found.items() if filters} == {}
    assert len(found) > 40


def test_text_becomes_markup_in_one_place():
    found = {path.relative_to(ROOT).as_posix() for path in CODE if _IN_CODE.search(path.read_text())}
    assert found == MARKUP


@pytest.mark.parametrize(
    "template",
    [
        "{{ name|safe }}",
        "{{ name | urlize }}",
        "{% firstof name|striptags %}",
        "{{ name|default:'x'|truncatewords_html:3 }}",
        "{% autoescape off %}{{ name }}{% endautoescape %}",
    ],
)
def test_a_forbidden_filter_is_noticed(template):
    assert used(template)


def test_a_filter_of_a_like_name_is_none():
    assert used("{{ name|safe_name }} {{ urlize }}") == set()
