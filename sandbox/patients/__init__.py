"""The sandbox's people: invented ones, and whoever stands in a folder of FHIR bundles.

`logins` is what the pretend hospital portal offers: who can sign in where, and the charts that then
arrive. `big_chart`, `population` and `training_samples` are for benchmarks and for the product's
compression dictionary.
"""

from pathlib import Path

from sandbox.charts import Login
from sandbox.patients.bundles import BundleError, read_folder
from sandbox.patients.crowd import big_chart, population
from sandbox.patients.invented import invented_logins
from sandbox.patients.people import sign_ins
from sandbox.patients.samples import training_samples

__all__ = ["BundleError", "big_chart", "logins", "population", "training_samples"]

# Where the people of a folder sign in, by FHIR version (directory ids of sandbox/special_places.py).
FOLDER_SYSTEMS = {"r4": 4801, "stu3": 4802, "dstu2": 4803}


def logins(corpus: Path | None = None, *, seed: int = 1, big: int = 700) -> list[Login]:
    """Every sign-in of the sandbox: the invented people first, then one for each bundle below `corpus`.

    `big` is the number of resources in the big charts. User names do not repeat at one place. Raises
    BundleError for a folder that cannot be read.
    """
    invented = invented_logins(seed, big)
    taken = {login.username for login in invented}
    found = sign_ins(read_folder(corpus, FOLDER_SYSTEMS), taken) if corpus else []
    return invented + found
