"""Who of the invented people can sign in where (places of docs/oneup.md, suggested sandbox systems).

Rosa has a sign-in everywhere, so that one account of the portal can try every place. `fhirjason` is the
one the vendor documents print.
"""

from sandbox.charts import Chart, Login
from sandbox.patients import copper_basin, mateo, old_mill, rosa_harbor, rosa_prairie, summit, twin_rivers
from sandbox.patients.crowd import SYSTEM as BIG_CHART
from sandbox.patients.crowd import big_chart
from sandbox.patients.parts import TEST_DATA, Part
from sandbox.patients.people import person_of

ROSA = "Rosa Delgado, born 14 May 1968"
# What these do is the server's business (consent denied, slow, partial …); each knows a little of her.
ODD_PLACES = (4791, 4792, 4793, 4794, 4795)
_SMALL = 44  # resources of a small chart: two visits


def invented_logins(seed: int, big: int) -> list[Login]:
    """The sign-ins of the invented people; `big` is how many resources the big charts have."""
    harbor = rosa_harbor.chart()
    return [
        Login(harbor.system_id, "fhirjason", "epicepic1", ROSA, (harbor,)),
        _rosa(harbor),
        _login("mateo", mateo.chart()),
        _login("helen", _stranger(seed)),
        _rosa(rosa_prairie.chart()),
        _rosa(old_mill.chart()),
        _rosa_twice(old_mill.chart(), old_mill.second_chart()),
        *twin_rivers.logins(ROSA),
        _rosa(copper_basin.chart()),
        _rosa(summit.chart()),
        *(_rosa(_rosas_crowd_chart(system_id, _SMALL, seed)) for system_id in ODD_PLACES),
        _rosa(_rosas_crowd_chart(BIG_CHART, big, seed)),
        _login("arthur", _elder(seed, big)),
    ]


def _stranger(seed: int) -> Chart:
    """Somebody who is nobody's relative here, for the question whether a chart is the right person's."""
    person = _person("helen", "Helen", "Brandt", "1974-12-30", "female")
    return big_chart(_SMALL, seed + 1, patient=person, system_id=rosa_harbor.SYSTEM)


def _elder(seed: int, big: int) -> Chart:
    person = _person("arthur", "Arthur", "Lindqvist", "1941-01-03", "male")
    return big_chart(big, seed + 2, patient=person)


def _rosa(chart: Chart) -> Login:
    return Login(chart.system_id, "rosa", "rosa-demo", ROSA, (chart,))


def _rosa_twice(*charts: Chart) -> Login:
    person = f"{ROSA} (two records)"
    return Login(charts[0].system_id, "rosa.twice", "rosa-demo", person, charts)


def _login(username: str, chart: Chart) -> Login:
    return Login(chart.system_id, username, f"{username}-demo", person_of(chart.patient), (chart,))


def _rosas_crowd_chart(system_id: int, count: int, seed: int) -> Chart:
    person = _person(f"rosa-{system_id}", "Rosa", "Delgado", "1968-05-14", "female")
    return big_chart(count, seed * 100_003 + system_id, patient=person, system_id=system_id)


def _person(key: str, given: str, family: str, born: str, gender: str) -> Part:
    return {
        "resourceType": "Patient",
        "id": key,
        "meta": {"security": [TEST_DATA]},
        "active": True,
        "name": [{"use": "official", "family": family, "given": [given]}],
        "gender": gender,
        "birthDate": born,
    }
