"""Every setting is explained, and every explanation is of a setting that is read."""

import re
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READ = re.compile(r'env\.(?:text|required|secret|flag|whole|listed|database)\(\s*"([A-Z0-9_]+)"')
EXPLAINED = re.compile(r"^([A-Z0-9_]+)=", re.M)


def read() -> set[str]:
    return set(READ.findall((ROOT / "portal/settings.py").read_text()))


def test_the_rule_has_something_to_look_at():
    assert len(read()) > 20


def test_the_example_explains_each_setting_and_nothing_else():
    assert set(EXPLAINED.findall((ROOT / ".env.example").read_text())) == read()


def test_each_setting_has_its_sentence():
    lines = (ROOT / ".env.example").read_text().splitlines()
    bare = [line for before, line in pairwise(lines) if EXPLAINED.match(line) and not before.startswith("#")]
    assert bare == []


def test_the_environment_is_read_in_one_place():
    readers = [
        str(path.relative_to(ROOT))
        for package in ("portal", "connect", "records", "ground")
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"os\.environ(?!\.setdefault\(\"DJANGO_SETTINGS_MODULE\")|os\.getenv", path.read_text())
        and "portal/local" not in str(path)
    ]
    assert readers == ["portal/env.py"]
