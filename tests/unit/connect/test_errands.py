"""Every call says for whom it is made, and nothing that works sleeps."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CODE = [path for room in ("connect", "records", "ground", "portal") for path in (ROOT / room).rglob("*.py")]
#: What may sleep, and why: a second for a fresh code, without holding anything (decision 0029); servers of
#: the demo and the tests, which nothing in production starts; a command that leaves others room.
SLEEPS = {
    "connect/management/oneup/sharing.py",  # an operator waits for it
    "connect/tokens.py",
    "portal/local/postgres.py",
    "portal/local/processes.py",
    "portal/management/commands/export_population.py",
    "portal/management/commands/rotate_keys.py",
}


def loose(tree: ast.AST) -> list[int]:
    """Lines that get a gateway without saying whose errand it is."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("of", "eraser")
        and getattr(node.func.value, "id", "") == "gateways"
        and "whose" not in {word.arg for word in node.keywords}
    ]


def sleeps(tree: ast.AST) -> bool:
    """Whether anything sleeps, or takes `sleep` under a name of its own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "sleep":
            return True
        if isinstance(node, ast.ImportFrom) and "sleep" in {alias.name for alias in node.names}:
            return True
    return False


def test_the_rules_find_what_they_look_for():
    assert loose(ast.parse("gateway = gateways.of(name, person=False)")) == [1]
    assert sleeps(ast.parse("import time\ntime.sleep(1)"))
    assert sleeps(ast.parse("from time import sleep"))
    assert len(CODE) > 100


def test_every_call_says_for_whom():
    found = {str(path.relative_to(ROOT)): loose(ast.parse(path.read_text())) for path in CODE}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_nothing_sleeps_but_what_is_named():
    found = {str(path.relative_to(ROOT)) for path in CODE if sleeps(ast.parse(path.read_text()))}
    assert found == SLEEPS
