"""Who may delete at the gateway, and who may ask it by hand: a list that grows only on purpose."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: files, by the start of their path, that may name what deletes upstream
MAY_DELETE = ("connect/gateways.py", "connect/oneup/", "connect/gateway/", "connect/services/parting.py",
              "connect/services/closing.py")  # fmt: skip
MAY_OPERATE = ("connect/gateways.py", "connect/oneup/", "connect/management/")


def naming(words: str) -> list[str]:
    """Files of the product in which one of these words stands."""
    pattern = re.compile(words)
    files = [
        path for room in ("portal", "connect", "records", "ground") for path in (ROOT / room).rglob("*.py")
    ]
    return sorted(str(path.relative_to(ROOT)) for path in files if pattern.search(path.read_text()))


def test_only_the_leaving_workflow_may_delete_upstream():
    found = naming(r"\bOneUpEraser\b|\bPacedEraser\b|gateways\.eraser\b|import .*\beraser\b")
    assert "connect/gateways.py" in found
    assert [path for path in found if not path.startswith(MAY_DELETE)] == []


def test_only_the_operators_command_has_the_operators_client():
    found = naming(r"\bOneUpOperator\b|gateways\.operator\b|import .*\boneup\.operator\b")
    assert "connect/management/oneup/verb.py" in found
    assert [path for path in found if not path.startswith(MAY_OPERATE)] == []
