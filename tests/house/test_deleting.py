"""Who may delete at the gateway, who may ask it by hand, who may have everybody's records at once, and who
may let others see a Patient there: lists that grow only on purpose.
"""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: files, by the start of their path, that may name what deletes upstream
MAY_DELETE = ("connect/gateways.py", "connect/oneup/", "connect/gateway/", "connect/services/parting.py",
              "connect/services/closing.py")  # fmt: skip
#: those that may name what has everybody's records, and what lets others see a Patient upstream
MAY_HAVE_EVERYBODY = ("connect/exporters.py", "connect/oneup/", "connect/management/oneup/sharing.py",
                      "connect/population/")  # fmt: skip
MAY_SHARE = ("connect/exporters.py", "connect/oneup/", "connect/gateway/", "connect/management/oneup/",
             "connect/services/mirroring.py")  # fmt: skip
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


def test_only_the_population_export_can_have_everybodys_records():
    found = naming(r"\bOneUpPopulation\b|exporters\.population\b|population_door\b")
    assert "connect/exporters.py" in found
    assert [path for path in found if not path.startswith(MAY_HAVE_EVERYBODY)] == []


def test_the_word_for_everybody_stands_in_one_client():
    found = naming(r"x-oneup-user-id[^\n]*client\b")
    assert [path for path in found if not path.startswith("connect/oneup/")] == []
    assert {"connect/oneup/exports.py", "connect/oneup/rules.py"} >= set(found)


def test_only_the_mirror_of_grants_lets_others_see_a_patient_upstream():
    found = naming(r"\bOneUpSharer\b|\bPacedSharer\b|exporters\.sharer\b|import .*\bsharer\b")
    assert "connect/exporters.py" in found
    assert [path for path in found if not path.startswith(MAY_SHARE)] == []
