"""Paths that the documents name exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "sandbox/README.md",
]
NAMED = re.compile(
    r"`((?:portal|connect|records|ground|sandbox|tests|templates|static|docs|requirements)/[\w./-]+)`"
)


def test_the_rule_has_something_to_look_at():
    assert sum(len(NAMED.findall(page.read_text())) for page in PAGES) > 20


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_document_names_is_there(page):
    missing = [name for name in NAMED.findall(page.read_text()) if not (ROOT / name).exists()]
    assert missing == []
