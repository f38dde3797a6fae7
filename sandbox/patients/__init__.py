"""The sandbox's people: invented ones, and whoever stands in a folder of FHIR bundles.

`logins` is what the pretend hospital portal offers: who can sign in where, and the charts that then arrive.
"""

from pathlib import Path

from sandbox.charts import Login

__all__ = ["logins"]


def logins(corpus: Path | None = None, *, seed: int = 1) -> list[Login]:
    """Every sign-in of the sandbox: the invented people first, then one for each bundle below `corpus`."""
    return []
