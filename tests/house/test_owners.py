"""No view asks a model for rows by itself: services and reading do, beginning with whose rows they are."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VIEWS = [path for app in ("portal", "connect", "records") for path in (ROOT / app / "views").rglob("*.py")]
#: What belongs to nobody.
OPEN = {"Mail", "Place"}


def loose_queries(tree: ast.AST) -> list[int]:
    """Lines where a view reaches for `Model.objects` of a model that belongs to somebody."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ("objects", "_default_manager")
        and isinstance(node.value, ast.Name)
        and node.value.id not in OPEN
    ]


def test_the_rule_has_something_to_look_at():
    assert len(VIEWS) >= 8


def test_the_rule_finds_a_loose_query():
    assert loose_queries(ast.parse("def view(r):\n    return Record.objects.get(pk=1)")) == [2]


def test_no_view_queries_by_itself():
    found = {str(path.relative_to(ROOT)): loose_queries(ast.parse(path.read_text())) for path in VIEWS}
    assert {path: lines for path, lines in found.items() if lines} == {}
