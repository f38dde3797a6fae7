"""Who is looking: a plain value that `portal` builds from a request, and jobs build for themselves.

A value and not a user, so that a link or a background job can be a viewer too.
"""

from dataclasses import dataclass
from typing import Literal

#: Where a session keeps whose records somebody with several looks at: the patient's public id.
CHOSEN = "patient"

ViewerKind = Literal["patient", "staff", "carer", "preview", "link", "job", "admin"]
"""`staff` looks for a clinic, `carer` as a person whom the patient named, `link` holds a link to a summary,
`preview` is the patient who looks at what one grant would show. What these four see, a grant says
(`records.access`). `admin` helps with accounts and connections, and is shown no record at all.
"""


@dataclass(frozen=True, slots=True)
class Viewer:
    """One looker, the patients in reach, and on what ground.

    `patients` holds the primary keys of the patients this viewer may reach at all; what of their records is
    shown is decided by `records.access`. `clinic_id` only for staff. `grant_id`: by which grant they look,
    where it is one; a link and a preview name theirs. `reason` is a value of `ground.models.Reason` where
    people give one, and `words` what they wrote beside it: both stand in each look.
    """

    kind: ViewerKind
    patients: tuple[int, ...]
    user_id: int | None = None
    clinic_id: int | None = None
    grant_id: int | None = None
    reason: str = ""
    words: str = ""


def job_viewer(patient_id: int) -> Viewer:
    """The viewer a background job is while it works for one patient."""
    return Viewer(kind="job", patients=(patient_id,))
