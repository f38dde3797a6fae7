"""A variable that a template of ours prints and nobody gave it is a failure, not an empty place.

Django asks its engine for `string_if_invalid` and formats the variable's name into it; this one raises.
Templates of django-allauth and of Django's admin are not ours to mend and print nothing, as in life.
Questions (`if`, `for`, `firstof`) may ask for what is not there: that is how our components say "optional".
"""

import sys
from pathlib import Path
from types import FrameType
from typing import Any

OURS = Path(__file__).resolve().parents[1] / "templates"


class UndefinedVariable(AssertionError):
    """Names the variable and the template."""


class Loud(str):
    """What stands where a variable has no value."""

    def __contains__(self, part: object) -> bool:
        return part == "%s"

    def __bool__(self) -> bool:
        return True

    def __mod__(self, variable: object) -> str:
        template = _template(sys._getframe(1))
        if template.is_relative_to(OURS):
            raise UndefinedVariable(f"{variable} in {template.relative_to(OURS)}")
        return ""


def _template(frame: FrameType | None) -> Path:
    """The file being drawn: the nearest node on the stack knows where it came from."""
    while frame is not None:
        node: Any = frame.f_locals.get("self")
        origin = getattr(node, "origin", None)
        if origin is not None and hasattr(origin, "name"):
            return Path(str(origin.name))
        frame = frame.f_back
    return Path("?")
