"""The administration: what whoever runs the site sees and does, without a record and without a shell.

Who opens it is active staff with a second factor. Nothing that a patient's records say stands on its pages,
what somebody is searched by stays out of addresses, and each thing done is written down (decision 0031).
"""

from portal.admin import (
    announcing,
    audit,
    clinics,
    connections,
    people,
    places,
    quarantine,
    reports,
    runs,
    work,
)
from portal.admin.house import site

__all__ = [
    "announcing",
    "audit",
    "clinics",
    "connections",
    "people",
    "places",
    "quarantine",
    "reports",
    "runs",
    "site",
    "work",
]
