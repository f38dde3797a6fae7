"""Which resources of a Patient's chart are that Patient's, in case a gateway sends more than was asked for.

One description of 1up says that a whole-chart call brings all of an account's places (docs/oneup.md §15.1).
What belongs to another Patient of the account comes with that Patient's own chart, or is somebody else's and
not for us to keep.
"""

import re
from collections.abc import Collection, Sequence

from records.fhir import parsing

_NAMED = re.compile(rb'"reference"\s*:\s*"(?:[^"]{0,500}/)?Patient/([A-Za-z0-9\-.]{1,64})(?=["/])')
_SPECIAL = re.compile(rb'"resourceType"\s*:\s*"(Patient|Binary)"')


def theirs(
    resources: Sequence[bytes], patient: str, others: Collection[str], *, strangers: bool
) -> tuple[bytes, ...]:
    """The resources that are this Patient's, or nobody's, such as a doctor.

    `others` are the account's other Patients. With `strangers` among them a file is left out as well: it does
    not say whose it is. One that a kept document names is fetched by itself later.
    """
    if not others:
        return tuple(resources)
    foreign = {each.encode() for each in others}
    return tuple(each for each in resources if _is_theirs(each, patient.encode(), foreign, strangers))


def _is_theirs(resource: bytes, patient: bytes, foreign: set[bytes], strangers: bool) -> bool:
    if _SPECIAL.search(resource):
        values = parsing.parse(resource)
        if values.get("resourceType") == "Patient":
            return str(values.get("id")).encode() not in foreign
        if values.get("resourceType") == "Binary":
            return not strangers
    named = set(_NAMED.findall(resource))
    return patient in named or not named & foreign
