"""What a sign-in page says about a person, and the sign-ins of people who come out of bundles."""

import calendar
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from sandbox.charts import Chart, Login, load

_MONTHS = calendar.month_name[1:]  # English unless somebody sets a locale, which nobody does here
_DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(\d\d))?)?", re.ASCII)


def person_of(patient: bytes) -> str:
    """ "Rosa Delgado, born 14 May 1968", from a Patient of any version."""
    resource = load(patient)
    name = " ".join(part for part in _name_parts(resource) if part) or "Name not recorded"
    born = resource.get("birthDate")
    return (
        f"{name}, born {spoken_date(born)}" if isinstance(born, str) else f"{name}, birth date not recorded"
    )


def spoken_date(date: str) -> str:
    """ "14 May 1968" of 1968-05-14, "May 1968" of 1968-05, "1968" of 1968; anything else as it is written."""
    match = _DATE.fullmatch(date)
    if match is None:
        return date
    year, month, day = match.groups()
    parts = [str(int(day)) if day else "", _MONTHS[int(month) - 1] if month else "", year]
    return " ".join(part for part in parts if part)


def sign_ins(charts: Iterable[Chart], taken: Iterable[str] = ()) -> list[Login]:
    """One sign-in for each chart: a user name made of the person's, the same with `-demo` as password."""
    used = set(taken)
    found = []
    for chart in charts:
        username = _free(_username(chart.patient), used)
        used.add(username)
        found.append(
            Login(chart.system_id, username, f"{username}-demo", person_of(chart.patient), (chart,)),
        )
    return found


def _name_parts(patient: Any) -> list[str]:
    names = [name for name in patient.get("name", ()) if isinstance(name, dict)]
    if not names:
        return []
    name = next((name for name in names if name.get("use") == "official"), names[0])
    return [_text(name.get("given")), _text(name.get("family"))]


def _text(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _username(patient: bytes) -> str:
    """Given name and family name in plain letters, with a full stop between them."""
    words = " ".join(part for part in _name_parts(load(patient)) if part)
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return ".".join(re.findall(r"[a-z]+", plain)) or "patient"


def _free(username: str, used: set[str]) -> str:
    number = 2
    chosen = username
    while chosen in used:
        chosen, number = f"{username}{number}", number + 1
    return chosen
